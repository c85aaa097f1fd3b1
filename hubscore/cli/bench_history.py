"""What `hubscore bench --history` prints: Fennec's Table 1 for any history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.cli.output import Output
from hubscore.errors import UsageError
from hubscore.text import DASH, clean

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hubscore.bench.history_table import Method


def bench_history(source: str, truth: Sequence[Path], score: str, seed: int, output: Output) -> None:
    """Leave data sets of a history out in turn, and show how well each method orders the models there."""
    from hubscore.bench.history_source import open_for_bench
    from hubscore.bench.history_table import history_table, sentences

    opened = open_for_bench(source, truth, score=score)
    made = history_table(opened.history, opened.truth, rankings=opened.rankings, seed=seed)
    output.rows([asdict(line) for line in made.methods], id_key="name", human=lambda width: _table(made.methods))
    for line in sentences(made):
        output.note(line)
    output.note("MS is for one data set, the fit of the history and passes of a proxy or of models apart")


def check_alone(ranking: Sequence[str] | None, given: dict[str, object]) -> None:
    """Refuse what has no meaning beside ``--history``.

    Raises:
        UsageError: something is given.
    """
    named = [name for name, value in {"RANKING": ranking, **given}.items() if value is not None]
    if named:
        what = f"--history and {named[0]} exclude each other"
        raise UsageError(
            what,
            "a history is judged without a ranking of its own",
            f"leave out {named[0]}",
            options=(named[0], "--history"),
        )


def _table(methods: Sequence[Method]) -> RenderableType:
    """Return the table that a person sees."""
    from rich.table import Table
    from rich.text import Text

    from hubscore.bench.tables import hundredths, points

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("METHOD", no_wrap=True)
    for header in ("PEARSON", "WEIGHTED_TAU", "POINTS_LOST", "MS", "LABELS", "DATA_SETS"):
        table.add_column(header, justify="right", no_wrap=True)
    before = False
    for line in methods:
        if line.needs_forward_pass and not before:
            table.add_row("")
        before = line.needs_forward_pass
        cells = (
            clean(line.name),
            hundredths(line.pearson),
            hundredths(line.weighted_tau),
            points(line.regret),
            DASH if line.milliseconds is None else f"{line.milliseconds:.3g}",
            "yes" if line.needs_labels else "no",
            str(line.datasets),
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table
