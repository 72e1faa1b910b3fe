"""What our logs leave out."""

from __future__ import annotations

import logging


class NotProbes(logging.Filter):
    """Drops the lines of `/readyz` answering 503 while the parts start: whoever asked reads the answer itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path", None) != "/readyz"
