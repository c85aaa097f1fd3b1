"""Our results and sections out of a card, taken out as text: every byte that is not ours stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yaml.nodes import MappingNode, Node

from hubscore.publish.cards.frontmatter import BREAK, CardRefused, FrontMatter, child, content_end, read_front_matter
from hubscore.publish.cards.ours import check_unmixed, is_ours, results_of
from hubscore.publish.cards.section import sections_of, set_section
from hubscore.publish.cards.splice import Edit, apply_edits, check_plain, index_entries, item_span
from hubscore.publish.cards.strays import without_strays
from hubscore.publish.cards.verify import check_parses
from hubscore.types import Json

_INDEX = "model-index"
_URL = re.compile(r"\]\((\S+/runs/[\w-]+\.json)\)", re.ASCII)
_COMMENT = re.compile(r"(?:^|\s)#")
_TEMPLATE = re.compile(r"# For reference on model card metadata, see the spec: ")
_TITLE = re.compile(r"\s*# Model Card for ")


def records_in(text: str) -> list[str]:
    """Return the address of the run's record of every result and section of ours; empty where one names none.

    Raises:
        CardRefused: the card is malformed.
    """
    results = [_record(entry) for entry in results_of(read_front_matter(text).data()) if is_ours(entry)]
    return [*results, *(_linked(section) for _, section in sections_of(text))]


def take_out(text: str, model: str, gone: Callable[[str], bool]) -> str:
    """Return a card without some of our results and sections; the same text where there is none of them.

    Where nothing else is left in an entry of ``model-index`` that we made, it goes too, and so do an empty
    ``model-index`` and empty front matter.

    Args:
        text: the card.
        model: the repo, by whose name we call entries.
        gone: whether what links to a record goes, by the record's address.

    Raises:
        CardRefused: the card is malformed, or written in a way that nothing can be taken out of as text.
    """
    text = without_strays(text, lambda entry: gone(""))  # which link to no record
    text = _without_results(text, model, gone)
    for key, section in sections_of(text):
        if gone(_linked(section)):
            text = set_section(text, key, None)
    return text


def _record(entry: Mapping[str, Any]) -> str:
    return str(entry["source"].get("url") or "")


def _linked(section: str) -> str:
    found = _URL.search(section)
    return found[1] if found else ""


def _without_results(text: str, model: str, gone: Callable[[str], bool]) -> str:
    front = read_front_matter(text)
    before = front.data()

    def goes(entry: Any) -> bool:
        return is_ours(entry) and gone(_record(entry))

    index = child(front.root, _INDEX) if front.root is not None else None
    going = [entry for entry in results_of(before) if goes(entry)]
    if index is None or not going:
        return text
    check_unmixed(going)
    changed = _unfenced(apply_edits(text, _edits(front, index, before[_INDEX], model, goes)))
    left = read_front_matter(changed)
    after = left.data()
    if any(goes(entry) for entry in results_of(after)) or _rest(before, goes) != _rest(after, goes):
        raise CardRefused("other metadata in it would have changed")
    if left.exists:
        check_parses(changed)
    return changed


def _edits(
    front: FrontMatter, index: tuple[Node, Node], told: Sequence[Json], model: str, goes: Callable[[Any], bool]
) -> list[Edit]:
    key, value = index
    check_plain(front, key)
    entries = index_entries(value)
    edits: list[Edit] = []
    whole = 0
    for number, ((entry, results), said) in enumerate(zip(entries, told, strict=True)):
        listed = said["results"] or ()
        spans = [item_span(front, results, place) for place, one in enumerate(listed) if goes(one)]
        span = item_span(front, value, number)
        if not spans or len(spans) < len(listed):
            edits.extend((*one, "") for one in spans)
        elif said.get("name") == model and set(said) == {"name", "results"} and not _comments(front, span, spans):
            whole += 1
            edits.append((*span, ""))
        else:
            edits.extend([*((*one, "") for one in spans), _emptied(front, entry)])
    everything = front.line_start(key.start_mark.index), front.after_line(content_end(value))
    if whole == len(entries) and not _comments(front, everything, [(start, end) for start, end, _ in edits]):
        return [(*everything, _braces(front))]
    if whole == len(entries):
        edits.append(_emptied(front, front.root, _INDEX))
    return edits


def _braces(front: FrontMatter) -> str:
    """Return the ``{}`` that stood in the Hub's template for a card, where nothing else has been filled in since."""
    alone = front.root is not None and len(front.root.value) == 1
    below = BREAK.search(front.text, front.end)
    title = below is not None and _TITLE.match(front.text, below.end())
    return f"{{}}{front.newline}" if alone and (title or _TEMPLATE.match(front.text, front.start)) else ""


def _comments(front: FrontMatter, span: tuple[int, int], ours: Sequence[tuple[int, int]]) -> bool:
    """Whether there is a comment in a span outside of what is ours."""
    begin, pieces = span[0], []
    for start, end in ours:
        pieces.append(front.text[begin:start])
        begin = end
    return any(_COMMENT.search(piece) for piece in (*pieces, front.text[begin : span[1]]))


def _emptied(front: FrontMatter, node: MappingNode | None, name: str = "results") -> Edit:
    """Write an empty list behind a key."""
    found = child(node, name) if node is not None else None
    if found is None:
        raise CardRefused(f"its {_INDEX} has an entry without a list of results")
    where = front.text.index(":", front.start + found[0].end_mark.index) + 1
    return where, where, " []"


def _unfenced(text: str) -> str:
    """Take out front matter in which there is nothing; not where what follows would be read as front matter then."""
    front = read_front_matter(text)
    if not front.exists or front.text[front.start : front.end]:
        return text
    close = BREAK.search(text, front.end)
    bare = text[: text.rfind("---", 0, front.start)] + (text[close.end() :] if close else "")
    try:
        return text if read_front_matter(bare).exists else bare
    except CardRefused:
        return text


def _rest(data: Mapping[str, Any], goes: Callable[[Any], bool]) -> str:
    """Return everything in the metadata that stays, as text that tells 1 from 1.0."""
    index = [
        {**entry, "results": [one for one in entry.get("results") or () if not goes(one)]}
        for entry in data.get(_INDEX) or ()
    ]
    kept = [entry for entry in index if entry["results"] or set(entry) - {"name", "results"}]
    return repr(({key: value for key, value in data.items() if key != _INDEX}, kept))
