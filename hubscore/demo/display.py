"""The demo's result for eyes: estimate and truth side by side, how well each order matched, and what to try next."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hubscore.bench.interpretation import sentences
from hubscore.bench.tables import short_table
from hubscore.demo.plan import DemoResult, Line

WELL_KNOWN = ("logme", "leep", "h_score", "parc", "knn", "logistic")
"""Scores shown beside the consensus, chosen beforehand; `hubscore bench` shows all."""
BAR = 20
EIGHTHS = " ▏▎▍▌▋▊▉"
ROOMY = 120
"""Columns below which the table says nothing of what a network learnt: names and accuracies come first."""


def picture(result: DemoResult, width: int) -> RenderableType:
    """Return everything that a person sees at the end.

    Args:
        result: what the demo found.
        width: columns of the terminal.
    """
    return Group(
        "",
        Text("Which of these networks will be best at telling digits 5 to 9 apart?", style="bold"),
        Text(
            "EXPECTED is hubscore's estimate of the accuracy, without any training; SHORT is measured after two epochs"
            " of the first ones, which RANK knows; TRUE is the rank by the accuracy that fine-tuning reached"
            f" ({result.test_images} test pictures).",
            style="dim",
        ),
        "",
        Padding(_lines(result.lines, width), (0, 0, 0, 1)),
        "",
        Text("How well each order matched the truth", style="bold"),
        "",
        Padding(short_table(result.comparison, WELL_KNOWN), (0, 0, 0, 1)),
        "",
        *(Text(sentence) for sentence in sentences(result.comparison)),
        Text(_times(result), style="dim"),
        "",
        *_next(result),
    )


def bar(share: float, width: int = BAR) -> str:
    """Draw a share of 0 to 1 as a bar, exact to an eighth of a column.

    Example:
        >>> bar(0.5, 4), bar(1.0, 4), bar(0.03, 4)
        ('██', '████', '▏')
    """
    eighths = max(0, min(8 * width, int(share * 8 * width + 0.5)))
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()


def _share(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _lines(lines: Sequence[Line], width: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    roomy = width >= ROOMY
    table.add_column("RANK", justify="right", no_wrap=True)
    table.add_column("MODEL", no_wrap=True)
    if roomy:
        table.add_column("LEARNT BEFORE", style="dim", no_wrap=True)
    table.add_column("EXPECTED", justify="right", no_wrap=True)
    table.add_column("SHORT", justify="right", no_wrap=True)
    table.add_column("TRUE", justify="right", no_wrap=True)
    table.add_column("TRUE ACCURACY", no_wrap=True)
    best = max(line.accuracy for line in lines)
    for line in lines:
        top = line.accuracy == best
        accuracy = Text.assemble(
            (f"{100 * line.accuracy:5.1f} % ", "bold" if top else ""),
            (f"± {100 * line.standard_error:.1f}  ", "dim"),
            (bar(line.accuracy, BAR if roomy else BAR // 2), "green" if top else "cyan"),
        )
        table.add_row(
            Text(str(line.rank), style="bold"),
            Text(line.model, style="bold" if top else ""),
            *([Text(line.learnt)] if roomy else []),
            _share(line.expected),
            _share(line.measured),
            Text(f"{line.true_rank}"),
            accuracy,
        )
    return table


def _times(result: DemoResult) -> str:
    rank, tune = result.seconds["rank"], result.seconds["fine-tune"]
    total = sum(result.seconds.values())
    return (
        f"Ranking took {rank:.0f} s, starting Python included; fine-tuning took {tune:.0f} s; the whole demo"
        f" {total:.0f} s."
    )


def _next(result: DemoResult) -> list[Text]:
    """Say what to type next; with files kept, commands that run on them."""
    if result.folder is None:
        commands = {
            "keep the networks, the pictures and the ranking": "hubscore demo --keep demo",
            "what ranking for your own pictures would download": "hubscore rank ./photos --plan",
            "what a score means": "hubscore scores logme",
        }
    else:
        ranking, truth, hub = (shlex.quote(f"{result.folder}/{name}") for name in ("ranking.json", "truth.csv", "hub"))
        commands = {
            "every score against the truth": f"hubscore bench {ranking} --truth {truth}",
            "serve the demo's Hub again": f"hubscore localhub {hub} --port 8090",
            "and in another terminal rank from it": (
                f"HF_ENDPOINT=http://127.0.0.1:8090 {result.command} --out ranking.html"
            ),
        }
    lines = [Text("Try next", style="bold")]
    for why, command in commands.items():
        lines += [Text(f"  # {why}", style="dim"), Text(f"  {command}")]
    return lines
