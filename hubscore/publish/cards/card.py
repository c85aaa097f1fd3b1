"""One card, from what it says now to what it should say."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.estimate import make_result
from hubscore.publish.cards.frontmatter import CardRefused, read_front_matter
from hubscore.publish.cards.ours import about_same, is_ours, newer_run, results_of, same_data, samples_of, stronger
from hubscore.publish.cards.section import has_section, make_section, section_key, sections_of, set_section
from hubscore.publish.cards.splice import splice_result
from hubscore.publish.cards.strays import without_strays
from hubscore.text import amount, clean

OPT_OUT = "hubscore"


@dataclass(frozen=True)
class CardUpdate:
    """What a card should hold.

    Attributes:
        entry: the model's place in the ranking.
        page: address of the data set's page, empty where it has none.
        section: whether the card gets a section; none keeps one up to date that is there, and adds none.
        alone: no other entry of ours stays in the card: the one over the most rows, and of those the newest.
    """

    entry: CardEntry
    page: str
    section: bool | None = None
    alone: bool = False


def edit_card(content: bytes, update: CardUpdate) -> bytes:
    """Return a card with our result, and with or without our section; the same bytes when nothing has to change.

    Raises:
        CardRefused: the card is not UTF-8, is malformed, or cannot be added to as text, or holds the entry of a newer
            run; or of one over more rows, or newer, where one stays alone.
    """
    text = decode(content)
    result = make_result(update.entry)
    if not result["metrics"]:
        raise CardRefused("no score of the consensus is defined for it")
    there = read_front_matter(text).data()
    if newer := newer_run(there, result):
        raise CardRefused(f"a newer run is there, of {newer[:10]} {newer[11:13]}:{newer[14:16]} UTC")
    if update.alone and (other := stronger(there, result)) is not None:
        raise CardRefused(_outweighed(other, result))
    text = without_strays(text, lambda entry: about_same(entry, result))
    text = splice_result(text, result, model=clean(update.entry.row.model.partition("@")[0]), alone=update.alone)
    key = section_key(update.entry.ranking)
    for other_key, _ in sections_of(text) if update.alone else ():
        text = text if other_key == key else set_section(text, other_key, None)
    wanted = has_section(text, key) if update.section is None else update.section
    return set_section(text, key, make_section(update.entry, update.page) if wanted else None).encode()


def decode(content: bytes) -> str:
    """Return a card's text, its byte-order mark included.

    Raises:
        CardRefused: it is not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CardRefused("its text is not UTF-8") from error


def opted_out(content: bytes) -> bool:
    """Whether the card's metadata say ``hubscore: opt-out``."""
    word = read_front_matter(decode(content)).data().get(OPT_OUT)
    return word is False or (isinstance(word, str) and re.sub(r"[-_ ]", "", word).lower() in ("optout", "no", "never"))


def has_entry(content: bytes) -> bool:
    """Whether the card holds a result of ours, for whatever data."""
    return any(is_ours(entry) for entry in results_of(read_front_matter(decode(content)).data()))


def displaced(content: bytes, update: CardUpdate) -> list[Mapping[str, Any]]:
    """Return the results of ours for other data that give way to the one that stays alone."""
    result = make_result(update.entry)
    there = results_of(read_front_matter(decode(content)).data()) if update.alone else ()
    return [entry for entry in there if is_ours(entry) and not same_data(entry, result)]


def name_of(entry: Mapping[str, Any]) -> str:
    """Say about what data, and how much of it, a result of ours is."""
    dataset, rows = entry.get("dataset"), samples_of(entry)
    name = clean(dataset.get("type") if isinstance(dataset, Mapping) else dataset)
    return f"{name} over {amount(rows, 'row', 'rows')}" if rows else name


def _outweighed(other: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    why = "newer" if samples_of(other) == samples_of(result) else f"more than {samples_of(result):,}"
    return f"its entry for {name_of(other)} stays, which is {why}; a repo of others gets one entry"


def diff(before: bytes, after: bytes, repo: str) -> str:
    """Return a unified diff of a repo's card; lines end where the file's lines end."""
    # Not splitlines: only a line feed ends a line of a diff.
    old, new = (list(io.StringIO(content.decode("utf-8", "replace"), newline="\n")) for content in (before, after))
    told = unified_diff(old, new, f"a/{repo}/README.md", f"b/{repo}/README.md")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in told)
