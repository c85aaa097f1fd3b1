"""`hubscore scores`: what each score needs, where it comes from, and what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.scores.info import SCORES, ScoreInfo

if TYPE_CHECKING:
    from rich.console import RenderableType

_CAPACITY = "+l"
WIDE = 116
"""Columns from which on the list shows families and first authors too."""


@with_examples(
    "hubscore scores",
    "hubscore scores logme",
)
@with_options(OutputOptions)
def scores(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Explain one score in plain words.", show_default=False)
    ] = None,
    *,
    output: Output,
) -> None:
    """List every score, or explain one in plain words."""
    if name is not None:
        output.value(explained(name), id_key="name")
        return
    entries = list(SCORES)
    output.rows([summary(info) for info in entries], id_key="name", human=lambda width: _table(entries, width))
    for plugin, why in SCORES.broken.items():
        output.warning(f"The plugin '{plugin}' could not be loaded ({why})")
    output.hint(
        "hubscore scores NAME explains one in plain words, with its whole citation and cost; c is the number of classes"
    )


def summary(info: ScoreInfo) -> dict[str, Any]:
    """Return what the list says of a score."""
    return {
        "name": info.name,
        "family": info.family,
        "needs": " ".join(sorted(info.needs)),
        "targets": " ".join(sorted(info.targets)),
        "best": info.direction,
        "range": info.range,
        "beside_consensus": not info.averaged,
        "paper": info.paper,
        "cost": info.cost,
    }


def explained(name: str) -> dict[str, Any]:
    """Return everything known about a column of a ranking: a score, a score after a PCA, one with the capacity."""
    plain = name.removesuffix(_CAPACITY)
    if "@" not in plain and plain == name:
        return explanation(SCORES.get(name))
    from hubscore.ranking.columns import choose

    column = choose(plain)[0]
    told = explanation(column.info)
    made = []
    if "@" in plain:
        made.append(f"of the first {column.reduce} dimensions of an exact PCA of the features; all scores: --reduce")
    if plain != name:
        made.append("with each network's depth added (--capacity; PARC, Eq. 6)")
    return {"name": name, "title": told.pop("title"), "made": ", ".join(made), **{**told, "name": name}}


def explanation(info: ScoreInfo) -> dict[str, Any]:
    """Return everything known about a score, in reading order."""
    from hubscore.scores.measured import sentence

    options = ", ".join(f"{name}={value!r}" for name, value in info.options.items())
    return {
        "name": info.name,
        "title": info.title,
        "measures": info.measures,
        "misleads": info.misleads,
        "measured": sentence(info.name),
        "reading": info.reading,
        "best": f"{info.direction} is better",
        "range": info.range,
        "needs": ", ".join(sorted(info.needs)),
        "targets": ", ".join(sorted(info.targets)) or None,
        "family": info.family,
        "over": "a set of networks" if info.pool else "one network",
        "consensus": None if info.averaged else "stands beside it and is not averaged",
        "paper": info.paper,
        "checked_against": info.checked_against,
        "released": info.released or None,
        "readings": "; ".join(f"{name}: {what}" for name, what in info.readings.items()) or None,
        "options": options or None,
        "cost": info.cost,
    }


def speed(cost: str) -> str:
    """Say in a word or two what a registered cost amounts to.

    Example:
        >>> speed("O(n s)"), speed("ten rounds of O(n s + c s)"), speed("free")
        ('closed form', 'iterative', 'free')
    """
    for word, pace in _SPEEDS.items():
        if word in cost:
            return pace
    return cost


_SPEEDS = {
    "free": "free",
    "backward": "backprop",
    **dict.fromkeys(("fits", "mixture"), "seconds"),
    **dict.fromkeys(("rounds", "hundred products"), "iterative"),
    **dict.fromkeys(("O(", "SVD", "Gram", "solve", "that of"), "closed form"),
}
"""Looked for in this order: what takes longest first."""


def short_paper(paper: str, *, author: bool = False) -> str:
    """Return where and when a paper appeared, and with ``author`` its first author.

    Example:
        >>> papers = "You, Liu, Wang, Long, ICML 2021, Eq. 2", "Deshpande et al., A framework, 2021"
        >>> short_paper(papers[0], author=True), short_paper(papers[1])
        ('You, ICML 2021', '2021')
        >>> short_paper("none: chance")
        '-'
    """
    venue = _VENUE.search(paper) or _YEAR.search(paper)
    if venue is None:
        return "-"
    first = re.split(r",| et al| and ", paper)[0]
    return f"{first}, {venue[0]}" if author else venue[0].replace(" PKDD", "")


_VENUE = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?: PKDD)? (?:19|20)\d\d\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def short_range(span: str) -> str:
    """Write a range in the letters of the cost: c classes.

    Example:
        >>> short_range("-classes (classes - 1) .. 0.0"), short_range("0.0 .. 1.0")
        ('-c(c-1) .. 0', '0 .. 1')
    """
    return span.replace("classes", "c").replace("c (c", "c(c").replace(" - 1", "-1").replace(".0", "")


def widths(columns: Mapping[str, Sequence[str]], room: int, *, gap: int = 1) -> dict[str, int]:
    """Say how wide to print columns, and leave out those for which there is no room unless words are broken.

    Args:
        columns: cells by header; those of ``NEEDS`` and ``COST`` may take several lines.
        room: characters of a line.
        gap: characters between columns.

    Example:
        >>> columns = {"NAME": ["logme"], "NEEDS": ["features, labels"], "COST": ["closed form"]}
        >>> widths(columns, 40), widths(columns, 28), widths(columns, 20)
        ({'NAME': 5, 'NEEDS': 16, 'COST': 11}, {'NAME': 5, 'NEEDS': 10, 'COST': 11}, {'NAME': 5, 'NEEDS': 14})
    """
    most = {head: max(map(len, (head, *cells))) for head, cells in columns.items()}
    least = {
        head: max(len(word) for cell in (head, *columns[head]) for word in cell.split())
        for head in _FOLDED
        if head in columns
    }
    chosen = most | least
    for head in _SPARED:
        if sum(chosen.values()) + gap * (len(chosen) - 1) > room:
            chosen.pop(head, None)
    spare = max(room - sum(chosen.values()) - gap * (len(chosen) - 1), 0)
    for head in _FOLDED:
        if head in chosen:
            more = min(spare, most[head] - chosen[head])
            chosen[head], spare = chosen[head] + more, spare - more
    return chosen


_SPARED = ("PAPER", "COST", "RANGE")
"""What a narrow list leaves out, the first one first; the explanation of a score has it all."""
_FOLDED = ("COST", "NEEDS")
"""Columns that may take several lines; what room there is goes to the first."""


def _table(entries: list[ScoreInfo], width: int) -> RenderableType:
    """Return one line per score; family and first author where there is room for them."""
    from rich.table import Table
    from rich.text import Text

    wide = width >= WIDE
    gap = 2 if wide else 1
    columns: dict[str, list[str]] = {
        "NAME": [info.name for info in entries],
        **({"FAMILY": [info.family for info in entries]} if wide else {}),
        "NEEDS": [", ".join(sorted(info.needs)) for info in entries],
        "BEST": [info.direction for info in entries],
        "RANGE": [short_range(info.range) for info in entries],
        "PAPER": [short_paper(info.paper, author=wide) for info in entries],
        "COST": [speed(info.cost) for info in entries],
    }
    shown = widths(columns, width, gap=gap)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, gap, 0, 0))
    for head in (head for head in columns if head in shown):
        table.add_column(
            head,
            width=shown[head],
            no_wrap=head not in _FOLDED,
            overflow="fold",
            style="bold" if head == "NAME" else None,
        )
    for cells in zip(*(cells for head, cells in columns.items() if head in shown), strict=True):
        table.add_row(*(Text(cell) for cell in cells))
    return table
