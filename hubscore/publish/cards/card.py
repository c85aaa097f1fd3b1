"""One card, from what it says now to what it should say."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from difflib import unified_diff

from hubscore.publish.cards.entry import CardEntry, make_result
from hubscore.publish.cards.frontmatter import CardRefused, read_front_matter
from hubscore.publish.cards.section import has_section, make_section, section_key, set_section
from hubscore.publish.cards.splice import newer_run, results_of, same_data, splice_result
from hubscore.text import clean

OPT_OUT = "hubscore"


@dataclass(frozen=True)
class CardUpdate:
    """What a card should hold.

    Attributes:
        entry: the model's place in the ranking.
        page: address of the data set's page, empty where it has none.
        section: whether the card gets a section; none keeps one up to date that is there, and adds none.
    """

    entry: CardEntry
    page: str
    section: bool | None = None


def edit_card(content: bytes, update: CardUpdate) -> bytes:
    """Return a card with our result, and with or without our section; the same bytes when nothing has to change.

    Raises:
        CardRefused: the card is not UTF-8, is malformed, or cannot be added to as text, or holds the entry of a newer
            run.
    """
    text = decode(content)
    result = make_result(update.entry)
    if not result["metrics"]:
        raise CardRefused("no score of the consensus is defined for it")
    if newer := newer_run(read_front_matter(text).data(), result):
        raise CardRefused(f"a newer run is there, of {newer[:10]} {newer[11:13]}:{newer[14:16]} UTC")
    text = splice_result(text, result, model=clean(update.entry.row.model.partition("@")[0]))
    key = section_key(update.entry.ranking)
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


def has_entry(content: bytes, update: CardUpdate) -> bool:
    """Whether the card holds a result of ours for the same data, of whatever revision."""
    result = make_result(update.entry)
    return any(same_data(entry, result) for entry in results_of(read_front_matter(decode(content)).data()))


def diff(before: bytes, after: bytes, repo: str) -> str:
    """Return a unified diff of a repo's card; lines end where the file's lines end."""
    # Not splitlines: only a line feed ends a line of a diff.
    old, new = (list(io.StringIO(content.decode("utf-8", "replace"), newline="\n")) for content in (before, after))
    told = unified_diff(old, new, f"a/{repo}/README.md", f"b/{repo}/README.md")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in told)
