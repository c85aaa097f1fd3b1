"""Strings for the page: what strangers wrote made harmless, numbers made short."""

from __future__ import annotations

import html
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from install import HOME

DASH = "-"
ESTIMATES = "Estimates from a small probe of the data, not measured accuracies: fine-tune the first few to know."
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{40}")
_COUNT = re.compile(r"(\d+(?:[._]\d+)*(?:e\d+)?)\s*([kmbgt]?)")
_SIZES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "g": 1e9, "t": 1e12}
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def clean(value: object) -> str:
    """Return text on one line without control, direction or invisible characters."""
    text = str(value)
    if text.isprintable() and "  " not in text and text == text.strip():
        return text
    spaced = " ".join(text.split())
    return "".join(character for character in spaced if unicodedata.category(character) not in _INVISIBLE)


def h(value: object) -> str:
    """Return text that HTML shows as it is; every string that comes from outside goes through here."""
    return html.escape(clean(value), quote=True)


def known(value: object) -> bool:
    """Whether a table cell holds something."""
    return value is not None and value != "" and value == value  # NaN differs from itself


def number(value: float | None) -> str:
    """Write a score with three decimals, or with an exponent where that says nothing."""
    if value is None or math.isnan(value):
        return DASH
    size = abs(value)
    if size >= 1e6 or 0 < size < 5e-4:
        return f"{value:.2e}"
    return f"{value:.0f}" if size >= 1000 else f"{value:.1f}" if size >= 100 else f"{value:.3f}"


def count(value: float | None) -> str:
    """Write a count the way model cards do: 25.6M."""
    if value is None or math.isnan(value):
        return DASH
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.0f}"


def parse_count(value: object) -> float | None:
    """Read ``25M``, ``1.5b``, ``5e6`` or ``800_000``, as the command line does; none for anything else."""
    match = _COUNT.fullmatch(clean(value or "").lower().replace(" ", "").replace(",", "_"))
    try:
        return float(match[1].replace("_", "")) * _SIZES[match[2]] or None if match else None
    except ValueError:
        return None


def percent(share: float) -> str:
    """Write a share of 1."""
    return "<1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def interval(low: object, high: object, digits: int = 2) -> str:
    """Write ``0.61 to 0.80``, or nothing."""
    return f"{float(low):.{digits}f} to {float(high):.{digits}f}" if known(low) and known(high) else ""  # type: ignore[arg-type]


def hub_url(endpoint: str, repo_id: object, revision: object = None, *, kind: str = "") -> str | None:
    """Return a repo's page, none for what is not a Hub id (a local folder, a hostile name)."""
    if not _HUB_ID.fullmatch(str(repo_id)) or not endpoint.startswith(("https://", "http://")):
        return None
    pinned = f"/tree/{revision}" if revision is not None and _SHA.fullmatch(str(revision)) else ""
    return f"{endpoint.rstrip('/')}/{kind}{repo_id}{pinned}"


def name(value: object) -> str:
    """Return a name that may be broken after each of its parts, where a line is too short for it."""
    return re.sub(r"([/_.-])(?=[^/_.-])", r"\1<wbr>", h(value))


def link(endpoint: str, repo_id: object, revision: object = None, *, kind: str = "") -> str:
    """Return a link to a repo, or its name alone."""
    url = hub_url(endpoint, repo_id, revision, kind=kind)
    return (
        name(repo_id)
        if url is None
        else f'<a href="{h(url)}" target="_blank" rel="noopener noreferrer">{name(repo_id)}</a>'
    )


def with_pages(told: object) -> str:
    """Return a text in which pages of hubscore's documents, such as ``docs/truth.md``, are links."""
    page = rf'<a href="{HOME}/blob/main/\g<0>" target="_blank" rel="noopener noreferrer">\g<0></a>'
    return re.sub(r"(?<![\w/.-])docs/[\w-]+\.md\b", page, h(told), flags=re.ASCII)


def paper_link(paper: object) -> str:
    """Return a citation, its arXiv number or DOI as a link."""
    told = h(paper)
    told = re.sub(
        r"arXiv:\s?(\d{4}\.\d{4,5})",
        r'<a href="https://arxiv.org/abs/\1" target="_blank" rel="noopener noreferrer">\g<0></a>',
        told,
    )
    return re.sub(
        r"\b(10\.\d{4,9}/[\w.()/:-]+\w)",
        r'<a href="https://doi.org/\1" target="_blank" rel="noopener noreferrer">\1</a>',
        told,
    )


def words_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the plain words of a score, whether they were written as one text or as several."""
    words = facts.get("plain_words") or {}
    words = words if isinstance(words, Mapping) else {"measures": words}
    return {name: str(words.get(name) or facts.get(name) or "") for name in ("measures", "misleads", "reading")}
