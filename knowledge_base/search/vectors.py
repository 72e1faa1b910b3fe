"""Array types. Kept apart so that deciding and scoring need not load the encoder's libraries."""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Vector = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float32]


def log_softmax(values: Array) -> Array:
    """Logarithms of shares that sum to one."""
    shifted = values - values.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def softmax(values: Array) -> Array:
    """Shares that sum to one; minus infinity has none."""
    powers = np.exp(values - values.max())
    return np.asarray(powers / powers.sum())
