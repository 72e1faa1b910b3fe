"""Logs an unexpected failure with its place in the code but without its message, which may quote what a person wrote."""

from __future__ import annotations

import logging
import traceback


def log_failure(logger: logging.Logger, doing: str, error: BaseException) -> None:
    places = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s failed: %s\n%s", doing, type(error).__name__, places)
