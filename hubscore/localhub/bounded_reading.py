"""JSON and YAML that strangers wrote, read in bounded time and memory, or refused as a whole.

What passes can be sent on as JSON: it nests no deeper than a hundred levels, its numbers are finite and its text is
Unicode.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import yaml

DEEPEST = 100
LONGEST_INTEGER_BITS = 1024
LARGEST_YAML = 1_000_000
MOST_YAML_EVENTS = 300_000
LARGEST_EXPANSION = 10_000_000
LONGEST_YAML_NUMBER = 400
# libyaml where there is it: a hundred times as fast, and its parser does not recurse
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")


class Unreadable(ValueError):  # noqa: N818 - a property of the text
    """The text is damaged, or would take too much to read; the message says in a few words what is wrong."""


def read_json(content: str | bytes) -> Any:
    """Return what a JSON text says.

    Raises:
        Unreadable: it is no JSON (NaN and Infinity are not), or nests too deeply, or holds what no JSON can carry.

    Example:
        >>> read_json('{"a": [1, 2.5, null]}')
        {'a': [1, 2.5, None]}
    """
    try:
        value = json.loads(content, parse_constant=_no_constant)
    except Unreadable:
        raise
    except RecursionError as error:
        raise Unreadable("it nests too deeply") from error
    except ValueError as error:
        raise Unreadable(_first_line(error)) from error
    check_plain(value)
    return value


def read_yaml(text: str) -> Any:
    """Return what a YAML document says, as JSON would: dates and the like become texts.

    Aliases are expanded only where the whole stays small.

    Raises:
        Unreadable: it is no YAML, or nests, grows or runs too far.

    Example:
        >>> read_yaml("{license: mit, date: 2024-05-01}")
        {'license': 'mit', 'date': '2024-05-01'}
    """
    if len(text) > LARGEST_YAML:
        raise Unreadable(f"it is longer than {LARGEST_YAML} characters")
    try:
        _check_nesting(text)
        value = _construct(text)
        # json makes keys and values of YAML's own types texts
        return read_json(json.dumps(value, default=str))
    except Unreadable:
        raise
    except RecursionError as error:
        raise Unreadable("it nests too deeply") from error
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
        raise Unreadable(_first_line(error)) from error


def check_plain(value: Any) -> None:
    """Check that a value can travel as JSON.

    Raises:
        Unreadable: it nests too deeply, a number is not finite or absurdly long, or a text is not Unicode.
    """
    level, depth = [value], 0
    while level:
        if depth > DEEPEST:
            raise Unreadable("it nests too deeply")
        level, depth = [inner for outer in level for inner in _inside(outer)], depth + 1


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise Unreadable("a number is not finite")
    elif isinstance(value, int) and value.bit_length() > LONGEST_INTEGER_BITS:
        raise Unreadable("a number is too long")
    elif isinstance(value, dict):
        for key in value:
            _check_text(key)
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _check_text(text: str) -> None:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise Unreadable("a text is not Unicode") from error


def _no_constant(name: str) -> Any:
    raise Unreadable(f"{name} is not JSON")


def _check_nesting(text: str) -> None:
    """Walk through the events, which are produced one by one, before anything recurses over the document."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable("it nests too deeply")
        if count > MOST_YAML_EVENTS:
            raise Unreadable("it has too many entries")


def _construct(text: str) -> Any:
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _Expansion().measure(node, 0)
        return loader.construct_document(node)
    finally:
        loader.dispose()


class _Expansion:
    """How large and deep a document is once its aliases are expanded; nothing is expanded to find out."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int] | None] = {}

    def measure(self, node: yaml.Node, depth: int) -> tuple[int, int]:
        """Return size and height of a node."""
        if id(node) in self._known:
            known = self._known[id(node)]
            if known is None:
                raise Unreadable("it contains itself")
            if depth + known[1] > DEEPEST:
                raise Unreadable("it nests too deeply")
            return known
        self._known[id(node)] = None
        if depth > DEEPEST:
            raise Unreadable("it nests too deeply")
        size, height = _own_size(node), 0
        for child in _children(node):
            more, below = self.measure(child, depth + 1)
            size, height = size + more, max(height, below + 1)
        if size > LARGEST_EXPANSION:
            raise Unreadable("its aliases grow without end")
        self._known[id(node)] = (size, height)
        return size, height


def _own_size(node: yaml.Node) -> int:
    if not isinstance(node, yaml.ScalarNode):
        return 16
    if node.tag in _NUMBERS and len(node.value) > LONGEST_YAML_NUMBER:
        raise Unreadable("a number is too long")
    return 16 + len(node.value)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
