"""Our result in the ``model-index`` of a card, put there as text: every byte that is not ours stays.

Written by hand, because every library that writes YAML, ruamel.yaml's round trip and ``huggingface_hub.ModelCard`` with
it, writes the whole front matter anew and so moves quotes, line breaks and comments that are somebody else's. PyYAML's
parser says where our lines begin and end, and nothing but those lines is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from hubscore.publish.cards.frontmatter import (
    BREAK,
    CardRefused,
    FrontMatter,
    child,
    content_end,
    is_nothing,
    read_front_matter,
)
from hubscore.publish.cards.ours import INDEX, check_unmixed, is_ours, own, results_of
from hubscore.publish.cards.verify import check_splice
from hubscore.publish.cards.yaml_lines import item_lines
from hubscore.types import Json

_COMMENT = re.compile(r"( *)#[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])")

Edit = tuple[int, int, str]
"""Start and end in the card, and what stands there instead."""


@dataclass(frozen=True)
class Place:
    """A ``results`` sequence, or where one could begin.

    Attributes:
        dash: the column of its dashes.
        after: the index behind which a new result goes, counted in the front matter.
        empty: the node of an empty value that is to give way, or none.
    """

    dash: int
    after: int
    empty: Node | None = None


def splice_result(text: str, result: Json, *, model: str, alone: bool = False) -> str:
    """Return a card with our result in its metadata; the same text when it is there already.

    A result of ours for the same data set, configuration and split, of whatever revision, is replaced where it stands,
    any other is added at the end of ``results``. Everything else stays as it is, byte for byte, but for blanks behind
    the opening fence, on account of which the Hub would not see the metadata.

    Args:
        text: the card.
        result: one entry of ``results``.
        model: the repo, for a card without a ``model-index``.
        alone: take the place of every result of ours, for whatever data.

    Raises:
        CardRefused: the card is malformed or written in a way that cannot be added to as text; the message says why.
    """
    front = read_front_matter(text)
    before = front.data()
    mine = is_ours if alone else own(result)
    found = [entry for entry in results_of(before) if mine(entry)]
    if found == [result] and front.blanks is None:
        return text
    check_unmixed(found)
    refused: CardRefused | None = None
    for edits in _ways(front, result, mine, model):
        edits.extend([(*front.blanks, "")] if front.blanks is not None else [])
        changed = apply_edits(text, edits)
        try:
            check_splice(before, changed, result, mine, kept=_kept(text, edits))
        except CardRefused as error:
            refused = error
            continue
        return changed
    raise refused or CardRefused("its metadata cannot be added to")


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with each edit made."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _kept(text: str, edits: Sequence[Edit]) -> tuple[str, ...]:
    """Return the pieces of the text that no edit touches, in order."""
    pieces, begin = [], 0
    for start, end, _ in sorted(edits):
        pieces.append(text[begin:start])
        begin = end
    return (*pieces, text[begin:])


def _ways(front: FrontMatter, result: Json, mine: Callable[[Any], bool], model: str) -> Iterator[list[Edit]]:
    """Yield the edits that would do, the best first."""
    index = child(front.root, INDEX) if front.root is not None else None
    if index is None:
        yield from _new_index(front, result, model)
        return
    key, value = index
    check_plain(front, key)
    if is_nothing(value):
        column = key.start_mark.column
        yield _filled(front, value, item_lines({"name": model, "results": [result]}, column, front.newline))
        return
    entries = index_entries(value)
    replaced = _replaced(front, entries, result, mine)
    if replaced:
        yield replaced
        return
    place = _place(_chosen(entries, model), value.start_mark.column - key.start_mark.column)
    item = item_lines(result, place.dash, front.newline)
    if place.empty is not None:
        yield _filled(front, place.empty, item)
        return
    where = _past_comments(front, front.after_line(place.after), place.dash)
    yield [(where, where, item)]


def _new_index(front: FrontMatter, result: Json, model: str) -> Iterator[list[Edit]]:
    column = front.root.start_mark.column if front.root is not None else 0
    entry = item_lines({"name": model, "results": [result]}, column, front.newline)
    block = f"{' ' * column}{INDEX}:{front.newline}{entry}"
    if front.braces is not None:
        yield _unbraced(front, *front.braces, block)
        return
    if not front.exists:
        fence = f"---{front.newline}"
        yield [(front.start, front.start, f"{fence}{block}{fence}")]
        return
    yield [(front.end, front.end, block)]
    if front.root is not None:  # a text block at the end would take up the line break before ours
        first = front.line_start(front.root.start_mark.index)
        yield [(first, first, block)]


def _unbraced(front: FrontMatter, start: int, end: int, block: str) -> list[Edit]:
    """Put a block in the place of ``{}``; a comment beside it stays."""
    first, below = front.line_start(start - front.start), front.after_line(end - front.start)
    alone = front.text[first:below].strip() == front.text[start:end]
    return [(first, below, block)] if alone else [(start, end, ""), (below, below, block)]


def check_plain(front: FrontMatter, key: Node) -> None:
    """Refuse a ``model-index`` that other parts of the card refer to, or that is tagged: text cannot be added to it
    safely.
    """
    keys = [other.start_mark.index for other, _ in front.root.value] if front.root is not None else []
    stop = min((index for index in keys if index > key.start_mark.index), default=len(front.text))
    for token in front.tokens:
        if (
            isinstance(token, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken))
            and key.start_mark.index <= token.start_mark.index < stop
        ):
            raise CardRefused(f"its {INDEX} uses anchors, aliases or tags")


def index_entries(value: Node) -> list[tuple[MappingNode, Node]]:
    """Return the entries of the index with their results."""
    if not isinstance(value, SequenceNode):
        raise CardRefused(f"its {INDEX} is not a list")
    found = []
    for entry in value.value:
        results = child(entry, "results") if isinstance(entry, MappingNode) else None
        if results is None or not (is_nothing(results[1]) or isinstance(results[1], SequenceNode)):
            raise CardRefused(f"its {INDEX} has an entry without a list of results")
        if value.flow_style or entry.flow_style or (results[1].value and getattr(results[1], "flow_style", False)):
            raise CardRefused(f"its {INDEX} is written in flow style")
        found.append((entry, results[1]))
    return found


def _chosen(entries: Sequence[tuple[MappingNode, Node]], model: str) -> tuple[MappingNode, Node]:
    """Return the entry that goes by the model's name, else the first."""
    names = (model, model.rpartition("/")[2])
    for entry in entries:
        named = child(entry[0], "name")
        if named is not None and isinstance(named[1], ScalarNode) and named[1].value in names:
            return entry
    return entries[0]


def _place(entry: tuple[MappingNode, Node], indent: int) -> Place:
    node, results = entry
    if not is_nothing(results):
        return Place(results.start_mark.column, content_end(results))
    key = child(node, "results")
    return Place((key[0] if key else node).start_mark.column + max(indent, 0), 0, results)


def _filled(front: FrontMatter, empty: Node, item: str) -> list[Edit]:
    """Take out ``[]`` or ``null`` and put the item on the lines below."""
    start, end = front.start + empty.start_mark.index, front.start + empty.end_mark.index
    written = front.text[start:end]
    if re.search(r"[\r\n]", written):
        raise CardRefused("its empty list of results spans several lines")
    below = front.after_line(empty.end_mark.index) if end < front.end else front.end
    while written and front.text[start - 1] == " " and front.text[end : end + 1] in "\r\n":
        start -= 1
    return [(start, end, ""), (below, below, item)] if written else [(below, below, item)]


def _replaced(
    front: FrontMatter, entries: Sequence[tuple[MappingNode, Node]], result: Json, mine: Callable[[Any], bool]
) -> list[Edit]:
    """Return the edits that put our result in the place of its older self, and take out further copies of it."""
    edits: list[Edit] = []
    for (_, results), told in zip(entries, front.data()[INDEX], strict=True):
        for number, entry in enumerate(told["results"] or ()):
            if mine(entry):
                start, end = item_span(front, results, number)
                edits.append(
                    (start, end, "" if edits else item_lines(result, results.start_mark.column, front.newline))
                )
    return edits


def item_span(front: FrontMatter, results: Node, number: int) -> tuple[int, int]:
    """Return where the lines of one item of a sequence begin and end."""
    item, column = results.value[number], results.start_mark.column
    dashes = [
        token.start_mark.index
        for token in front.tokens
        if isinstance(token, yaml.BlockEntryToken)
        and token.start_mark.column == column
        and token.start_mark.index <= item.start_mark.index
    ]
    begin = front.line_start(dashes[-1])
    if front.text[begin : front.start + dashes[-1]].strip(" "):
        raise CardRefused("its results do not begin on lines of their own")
    return begin, front.after_line(content_end(item))


def _past_comments(front: FrontMatter, where: int, dash: int) -> int:
    """Skip the comments below the last result: those as deep as its dash are about it, and those less deep are too
    where no other key follows them.
    """
    place = where
    while comment := _COMMENT.match(front.text, place, front.end):
        place = comment.end()
        if len(comment[1]) >= dash:
            where = place
    return place if place == front.end or BREAK.match(front.text, place) else where
