"""A paragraph in the body of a card, between two comments that no reader sees."""

from __future__ import annotations

import hashlib
import re

from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.estimate import estimate_of
from hubscore.publish.cards.frontmatter import CardRefused, FrontMatter, read_front_matter
from hubscore.report.markdown import cell
from hubscore.types import Ranking

_NEWLINE = r"(?:\r\n|\n|\r)"
_BEGIN = re.compile(r"^<!-- hubscore:begin ([0-9a-f]{12}) -->[ \t]*$", re.MULTILINE)


def section_key(ranking: Ranking) -> str:
    """Return twelve digits that name the data set, its configuration and split, and not their revision."""
    told = "|".join(str(part or "") for part in (ranking.probe.dataset, ranking.probe.config, ranking.probe.split))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def set_section(text: str, key: str, lines: str | None) -> str:
    """Return a card whose section reads ``lines``; without a section where ``lines`` is none.

    A section that is there is replaced where it stands, a new one goes to the end. Taking a section out again gives
    back the card that was there before it, byte for byte.

    Raises:
        CardRefused: the section's two comments do not belong together.
    """
    front = read_front_matter(text)
    found = _find(front, key)
    if lines is None:
        return text if found is None else _without(text, *found)
    block = _block(key, lines, front.newline)
    if found is not None:
        return text[: found[0]] + block + text[found[1] :]
    if not text or text.endswith(("\n", "\r")):
        return f"{text}{front.newline}{block}{front.newline}"
    return f"{text}{front.newline}{front.newline}{block}"


def has_section(text: str, key: str) -> bool:
    """Whether the card has such a section."""
    return _find(read_front_matter(text), key) is not None


def sections_of(text: str) -> list[tuple[str, str]]:
    """Return the key and the text of every section of ours, in order.

    Raises:
        CardRefused: a section's two comments do not belong together.
    """
    front = read_front_matter(text)
    keys = dict.fromkeys(match[1] for match in _BEGIN.finditer(text.replace("\r", "\n"), front.end))
    found = [(key, place) for key in keys if (place := _find(front, key)) is not None]
    return [(key, text[start:end]) for key, (start, end) in found]


def make_section(entry: CardEntry, page: str) -> str:
    """Return the section's Markdown, one paragraph; every name in it is escaped.

    Args:
        entry: the model's place.
        page: address of the data set's page, empty where it has none.
    """
    name, told = cell(entry.dataset), estimate_of(entry)
    linked = f"[{name}]({page})" if page else name
    value = f"{cell(told.name)}: **{cell(told.value)}**" if told is not None else "undefined"
    tied = f", tied with {entry.tied}" if entry.tied else ""
    return (
        f"**Transferability to {linked} (estimate).** {value}{tied}. It is relative to these candidates, was made"
        f" without fine-tuning, and is not the accuracy of this model; [the run's record]({entry.url}) has every"
        " candidate, every score and the way to repeat it."
    )


def _block(key: str, lines: str, newline: str) -> str:
    told = (f"<!-- hubscore:begin {key} -->", *lines.split("\n"), f"<!-- hubscore:end {key} -->")
    return newline.join(told)


def _find(front: FrontMatter, key: str) -> tuple[int, int] | None:
    """Return where the section begins and ends; only comments on lines of their own, below the front matter, count."""
    begins, ends = (
        [
            match
            for match in re.finditer(
                rf"^<!-- hubscore:{word} {key} -->[ \t]*$", front.text.replace("\r", "\n"), re.MULTILINE
            )
        ]
        for word in ("begin", "end")
    )
    begins, ends = ([match for match in matches if match.start() >= front.end] for matches in (begins, ends))
    if not begins and not ends:
        return None
    if len(begins) != 1 or len(ends) != 1 or ends[0].start() < begins[0].start():
        raise CardRefused("the comments that enclose its hubscore section do not belong together")
    return begins[0].start(), ends[0].end()


def _without(text: str, start: int, end: int) -> str:
    """Undo what :func:`set_section` added around a new section."""
    ends_line = re.compile(_NEWLINE).match(text, end)
    if ends_line:
        return re.sub(rf"{_NEWLINE}\Z", "", text[:start]) + text[ends_line.end() :]
    return re.sub(rf"{_NEWLINE}{{1,2}}\Z", "", text[:start])
