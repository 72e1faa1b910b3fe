"""One way to read YAML and one way to write it.

Reading is stricter than YAML 1.1: a key given twice is an error; only ``true`` and ``false`` are booleans (so the
country ``no`` stays text), ``0800`` and ``12:30`` stay text, and decimals keep their digits (``Decimal``).
Writing is canonical: keys in the order given, block style except for nodes marked `Flow`, unicode as it is.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

WIDTH = 110


class DuplicateKey(yaml.MarkedYAMLError):
    """The same key stands twice in one mapping."""


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise DuplicateKey(problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)

    def construct_decimal(self, node: yaml.ScalarNode) -> Decimal:
        return Decimal(str(node.value))


_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?[0-9]+\.[0-9]+$"), list("-0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:timestamp", re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), list("0123456789")
)
_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_decimal)


def read_yaml(text: str) -> Any:
    """The value of a YAML text: dict, list, str, int, Decimal, bool, date or None.

    Raises `yaml.MarkedYAMLError` (`DuplicateKey` among them) or `ValueError` for an impossible date.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader subclass


class Flow:
    """Marks a mapping or list to be written on one line: ``{en: ..., ur: ...}``."""

    def __init__(self, value: Mapping[str, Any] | Sequence[Any]) -> None:
        self.value = value


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_flow(dumper: yaml.SafeDumper, flow: Flow) -> yaml.Node:
    if isinstance(flow.value, Mapping):
        return dumper.represent_mapping("tag:yaml.org,2002:map", flow.value.items(), flow_style=True)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", flow.value, flow_style=True)


def _represent_decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))


_Dumper.add_representer(Flow, _represent_flow)
_Dumper.add_representer(Decimal, _represent_decimal)
_Dumper.add_representer(
    date, lambda dumper, day: dumper.represent_scalar("tag:yaml.org,2002:timestamp", day.isoformat())
)


def write_yaml(value: Mapping[str, Any]) -> str:
    """The canonical YAML of a mapping, ending in a newline."""
    return yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, default_flow_style=False, sort_keys=False, width=WIDTH
    )
