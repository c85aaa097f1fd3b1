"""Our entry as lines of YAML that every reader reads the same way."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, ScalarNode

from hubscore.types import Json

ON_ONE_LINE = ("task", "dataset", "args", "source")
"""What is written as ``{key: value}``: a card should not grow by more than it must."""
_NUMBERLIKE = re.compile(r"[-+.]?[0-9]")


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Quotes every text that some reader of YAML could take for a number, such as a sha of digits with one ``e``."""


def _text(dumper: yaml.SafeDumper, value: str) -> ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if _NUMBERLIKE.match(value) else None)


def _line(dumper: yaml.SafeDumper, value: _Line) -> MappingNode:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Line, _line)


def item_lines(value: Json, column: int, newline: str) -> str:
    """Return one item of a sequence as lines, its dash in ``column``."""
    told = yaml.dump(
        [_lined(value)], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9, default_flow_style=False
    )
    return "".join(f"{' ' * column}{line}{newline}" for line in told.split("\n") if line)


def _lined(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _Line(item) if key in ON_ONE_LINE and isinstance(item, dict) else _lined(item)
            for key, item in value.items()
        }
    return [_lined(item) for item in value] if isinstance(value, list) else value
