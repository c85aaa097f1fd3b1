"""`hubscore scores`: what each score needs, where it comes from, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hubscore.cli.options import AsJson, Format, OutputFormat, Quiet
from hubscore.cli.output import Output
from hubscore.scores.info import SCORES, ScoreInfo

if TYPE_CHECKING:
    from rich.console import RenderableType


def scores(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Explain one score in plain words.", show_default=False)] = None,
    format: OutputFormat = Format.auto,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List every score, or explain one in plain words."""
    output = Output.chosen(format, json=json, quiet=quiet)
    if name is not None:
        output.value(explanation(SCORES.get(name)), id_key="name")
        return
    entries = list(SCORES)
    output.rows([summary(info) for info in entries], id_key="name", human=lambda width: _table(entries))
    for plugin, why in SCORES.broken.items():
        output.warning(f"The plugin '{plugin}' could not be loaded ({why})")
    output.hint("hubscore scores NAME explains one in plain words")


scores.epilog = """
[bold]Examples[/bold]

hubscore scores

hubscore scores logme
"""  # type: ignore[attr-defined]


def summary(info: ScoreInfo) -> dict[str, Any]:
    """Return what the list says of a score."""
    return {
        "name": info.name,
        "family": info.family,
        "needs": " ".join(sorted(info.needs)),
        "targets": " ".join(sorted(info.targets)),
        "best": info.direction,
        "range": info.range,
        "paper": info.paper,
        "cost": info.cost,
    }


def explanation(info: ScoreInfo) -> dict[str, Any]:
    """Return everything known about a score, in reading order."""
    options = ", ".join(f"{name}={value!r}" for name, value in info.options.items())
    return {
        "name": info.name,
        "title": info.title,
        "measures": info.measures,
        "misleads": info.misleads,
        "reading": info.reading,
        "best": f"{info.direction} is better",
        "range": info.range,
        "needs": ", ".join(sorted(info.needs)),
        "targets": ", ".join(sorted(info.targets)) or None,
        "family": info.family,
        "over": "a set of networks" if info.pool else "one network",
        "paper": info.paper,
        "checked_against": info.checked_against,
        "released": info.released or None,
        "options": options or None,
        "cost": info.cost,
    }


def _table(entries: list[ScoreInfo]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for header in ("NAME", "FAMILY", "NEEDS", "BEST", "RANGE", "PAPER"):
        table.add_column(header, no_wrap=header in ("NAME", "FAMILY", "BEST"), overflow="fold")
    for info in entries:
        cells = summary(info)
        table.add_row(Text(info.name, style="bold"), *(Text(cells[key]) for key in ("family", "needs", "best", "range", "paper")))
    return table
