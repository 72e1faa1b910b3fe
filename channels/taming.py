"""Takes a provider's JSON apart field by field: what is wrong is said with its path, and no raw dictionary travels inwards."""

from __future__ import annotations

import json
from typing import Any

from channels.contract import Malformed

LARGEST_ID = 2**63


class Wild:
    """A value from outside and its path, "message.chat.id"."""

    __slots__ = ("_path", "_value")

    def __init__(self, value: Any, path: str = "body") -> None:
        self._value = value
        self._path = path

    @classmethod
    def from_json(cls, body: bytes) -> Wild:
        """The body as a JSON object; raises `Malformed`."""
        try:
            value = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError):
            raise Malformed("body: is not JSON in UTF-8") from None
        return cls(value).checked(dict, "an object")

    def __contains__(self, name: str) -> bool:
        return isinstance(self._value, dict) and name in self._value

    def checked(self, kind: type, wording: str) -> Wild:
        if not isinstance(self._value, kind) or (kind is int and isinstance(self._value, bool)):
            raise Malformed(f"{self._path}: must be {wording}")
        return self

    def get(self, name: str) -> Wild:
        """A field that must be there."""
        if name not in self:
            raise Malformed(f"{self._inside(name)}: is missing")
        return Wild(self._value[name], self._inside(name))

    def object(self, name: str) -> Wild:
        return self.get(name).checked(dict, "an object")

    def text(self, name: str) -> str:
        value: str = self.get(name).checked(str, "a text")._value
        return value

    def text_or(self, name: str, default: str) -> str:
        return self.text(name) if name in self else default

    def integer(self, name: str) -> int:
        value: int = self.get(name).checked(int, "a whole number")._value
        if abs(value) >= LARGEST_ID:
            raise Malformed(f"{self._inside(name)}: is too large")
        return value

    def names(self) -> tuple[str, ...]:
        return tuple(self._value)

    def _inside(self, name: str) -> str:
        return name if self._path == "body" else f"{self._path}.{name}"
