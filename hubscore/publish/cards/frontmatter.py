"""Where things stand in the front matter of a model card, found through the marks of the YAML parser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
LARGEST = 500_000
"""Characters of front matter that are read: the parser takes seconds for each million."""
MOST_NODES = 200_000
LONG = 20_000
"""Characters of front matter from which libyaml reads it, ten times as fast as the parser in Python."""
_DEEPEST = 100
"""Levels of nesting that libyaml is given: it calls itself for each, and nothing but the stack would stop it."""

# The Hub's own grammar (see REGEX_YAML_BLOCK in huggingface_hub.repocard); in JavaScript a byte-order mark counts as
# white space.
_BLOCK = re.compile(r"\A\ufeff?\s*---(\r\n|\r|\n)([\S\s]*?)(\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\Z)")
_EMPTY = re.compile(r"\A\ufeff?\s*---(\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\Z)")
_LOOSE = re.compile(r"\A\ufeff?\s*---[ \t]+(\r\n|\r|\n)([\S\s]*?)(\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\Z)")
_OPENED = re.compile(r"\A\ufeff?\s*---[ \t]*(?:\r\n|\r|\n|\Z)")

_BEGINS = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
_ENDS = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)


class CardRefused(Exception):  # noqa: N818 - a fact about the card, told as the reason why it is skipped
    """A card that is left as it is; the message says why."""


@dataclass(frozen=True)
class FrontMatter:
    """The front matter of a card.

    Attributes:
        text: the whole card.
        start: where the YAML begins.
        end: where the line that closes it begins; equal to ``start`` where there is nothing in it.
        said: where the Hub stops to read it: before the line break that belongs to the closing line.
        exists: whether the card has any.
        newline: the line ending in use.
        root: the parsed mapping, none where it is empty.
        tokens: of the YAML, their marks counted from ``start``.
        blanks: where blanks stand behind the opening fence, on account of which the Hub sees no front matter.
        braces: where an empty ``{}`` stands for the mapping, as in the Hub's own template.
        loader: that read it.
    """

    text: str
    start: int
    end: int
    said: int
    exists: bool
    newline: str
    root: MappingNode | None
    tokens: tuple[yaml.Token, ...]
    blanks: tuple[int, int] | None = None
    braces: tuple[int, int] | None = None
    loader: Any = yaml.SafeLoader

    def line_start(self, index: int) -> int:
        """Return where the line that holds a place begins, counted in the whole card."""
        begin = self.start
        for match in BREAK.finditer(self.text, self.start, self.start + index):
            begin = match.end()
        return begin

    def after_line(self, index: int) -> int:
        """Return where the line after a place begins; a place behind a line break is its own."""
        place = self.start + index
        if index and BREAK.fullmatch(self.text[place - 1]):
            return place
        found = BREAK.search(self.text, place)
        return found.end() if found else len(self.text)

    def data(self) -> dict[str, Any]:
        """Return what the front matter says; not to be changed.

        Raises:
            CardRefused: it holds what only a program could read.
        """
        return self._data

    @cached_property
    def _data(self) -> dict[str, Any]:
        try:
            data = yaml.load(self.text[self.start : self.said], Loader=self.loader)
        except (yaml.YAMLError, ValueError, TypeError) as error:
            raise CardRefused(f"its front matter cannot be read: {first_line(error)}") from error
        return data if isinstance(data, dict) else {}


@lru_cache(maxsize=4)
def read_front_matter(text: str) -> FrontMatter:
    """Find and parse the front matter of a card.

    Raises:
        CardRefused: it is malformed, has duplicate keys, is written as one flow mapping, or is too large to be read
            safely.
    """
    match = _BLOCK.match(text)
    empty = _EMPTY.match(text)
    if match and (empty or match[1] == "\r") and match[2].startswith("---"):
        raise CardRefused("its front matter is empty and followed by a second ---, so readers disagree where it ends")
    if empty:
        end = empty.end(1)
        return FrontMatter(text, end, end, end, True, empty[1], None, ())
    if match is None and (loose := _LOOSE.match(text)):
        return _read_loose(text, loose)
    if match is None and _OPENED.match(text):
        raise CardRefused("its front matter has no end")
    if match is None:
        start = 1 if text.startswith("\ufeff") else 0
        found = re.search(r"\r\n|\n|\r", text)
        return FrontMatter(text, start, start, start, False, found[0] if found else "\n", None, ())
    return _read_block(text, match)


def _read_loose(text: str, match: re.Match[str]) -> FrontMatter:
    """Read front matter behind ``---`` and blanks, unless it may as well be a line across the page."""
    front = _read_block(text, match)
    if front.root is None:
        raise CardRefused("blanks stand behind its first ---, and no metadata below it")
    return replace(front, blanks=(text.index("---") + 3, match.start(1)))


def _read_block(text: str, match: re.Match[str]) -> FrontMatter:
    if match[2].startswith("\ufeff"):
        raise CardRefused("its front matter begins with a stray byte-order mark, which readers take differently")
    if len(match[2]) > LARGEST:
        raise CardRefused(f"its front matter is longer than {LARGEST:,} characters")
    start = match.start(2)
    root, tokens, loader = _parse(text[start : match.end(3)])
    front = FrontMatter(text, start, match.end(3), match.end(2), True, match[1], root, tokens, loader=loader)
    if root is not None and root.flow_style:
        if root.value:
            raise CardRefused("its front matter is written in flow style")
        return replace(front, root=None, braces=(start + root.start_mark.index, start + root.end_mark.index))
    return front


def _parse(block: str) -> tuple[MappingNode | None, tuple[yaml.Token, ...], Any]:
    try:
        loader, tokens = _scanned(block)
        root = yaml.compose(block, Loader=loader)
        tokens = tokens or tuple(yaml.scan(block, Loader=loader))
        _check(root)
    except (yaml.YAMLError, RecursionError) as error:
        raise CardRefused(f"its front matter is not valid YAML: {first_line(error)}") from error
    if root is None:
        return None, tokens, loader
    if not isinstance(root, MappingNode):
        raise CardRefused("its front matter is not a mapping")
    return root, tokens, loader


def _scanned(block: str) -> tuple[Any, tuple[yaml.Token, ...]]:
    """Return what reads a block, and its tokens where they are known: libyaml where it is long, not nested deeply, and
    nothing is wrong with it.
    """
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is None or len(block) < LONG:
        return yaml.SafeLoader, ()
    try:
        tokens = tuple(yaml.scan(block, Loader=fast))
    except yaml.YAMLError:
        return yaml.SafeLoader, ()  # which says better what is wrong
    deep = max(accumulate(isinstance(token, _BEGINS) - isinstance(token, _ENDS) for token in tokens))
    return (fast, tokens) if deep <= _DEEPEST else (yaml.SafeLoader, ())


def _check(root: Node | None) -> None:
    """Refuse duplicate keys, and aliases that make the content refer to itself or grow without bound."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: Node) -> int:
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in open_nodes:
            raise CardRefused("its front matter refers to itself")
        open_nodes.add(id(node))
        if isinstance(node, MappingNode):
            _unique(node)
        sizes[id(node)] = total = 1 + sum(size(child) for child in _children(node))
        open_nodes.discard(id(node))
        return total

    if root is not None and size(root) > MOST_NODES:
        raise CardRefused(f"its front matter has more than {MOST_NODES:,} values")


def _unique(node: MappingNode) -> None:
    keys = [(key.tag, key.value) for key, _ in node.value if isinstance(key, ScalarNode)]
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CardRefused(f"its front matter has the key {twice[1]!r} twice")


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, SequenceNode):
        yield from node.value


def child(node: MappingNode, name: str) -> tuple[Node, Node] | None:
    """Return key and value of a key of a mapping."""
    return next(((key, value) for key, value in node.value if isinstance(key, ScalarNode) and key.value == name), None)


def is_nothing(node: Node) -> bool:
    """Whether a value is null or an empty sequence."""
    if isinstance(node, ScalarNode):
        return node.tag == "tag:yaml.org,2002:null"
    return isinstance(node, SequenceNode) and not node.value


def content_end(node: Node) -> int:
    """Return where the last character of a value ends; block collections themselves claim what follows, up to the
    next token.
    """
    if isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return content_end(last[1] if isinstance(node, MappingNode) else last)
    return node.end_mark.index


def first_line(error: Exception) -> str:
    """Return what a parser said, on one line, with the line of the front matter where it knows it."""
    problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
    told = problem or next(iter(str(error).strip().splitlines()), type(error).__name__)
    return f"{told} (line {mark.line + 2})" if mark is not None else str(told)
