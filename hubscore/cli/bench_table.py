"""What `hubscore bench` prints of many rankings or of a table of scores: the papers' measures over data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hubscore.cli.output import Mode, Output
from hubscore.errors import UsageError
from hubscore.run.keywords import Options, option
from hubscore.run.options import WORD, WORDS
from hubscore.text import amount

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hubscore.bench.transfer_measures import Measured
    from hubscore.finetune.recipe import Train

TABLE = "Several data sets"
MODES = ("both", "source", "architecture", "target", "all")


@dataclass(frozen=True, kw_only=True)
class TableOptions(Options):
    """What is shown of several data sets, and where it is kept."""

    parameter: ClassVar[str] = "table"

    vary: str | None = option(
        None,
        "What varies in a group: both (PARC's mean PC), source, architecture, target, or all four.",
        "--vary",
        WORD,
        TABLE,
        "KIND",
    )
    by_group: bool = option(False, "Also each group, such as each data set.", "--by-group", bool, TABLE)
    leave_out: str | Sequence[str] = option(
        (), "Data sets to leave out; repeatable.", "--leave-out", WORDS, TABLE, "NAME,..."
    )
    out: Path | None = option(
        None,
        "Keep the measures: .csv .json .md .tex .png .svg; with --tasks the tasks.",
        "--out",
        Path | None,
        TABLE,
        "FILE",
    )
    save_table: Path | None = option(
        None, "Keep the table itself: a row for each transfer.", "--save-table", Path | None, TABLE, "FILE.csv"
    )

    @property
    def given(self) -> list[str]:
        """The options that only a table has."""
        named = {
            "--vary": self.vary,
            "--by-group": self.by_group,
            "--leave-out": self.leave_out,
            "--out": self.out,
            "--save-table": self.save_table,
        }
        return [name for name, value in named.items() if value]


def is_table(sources: Sequence[str], table: TableOptions) -> bool:
    """Whether it takes a table over data sets: everything but one saved ranking, or an option that only a table has."""
    return bool(sources) and (len(sources) > 1 or not sources[0].lower().endswith(".json") or bool(table.given))


def check_table(given: Mapping[str, object]) -> None:
    """Refuse what goes with one ranking alone.

    Raises:
        UsageError: something is given.
    """
    named = [name for name, value in given.items() if value is not None]
    if named:
        what = f"{named[0]} goes with one ranking, and a table over data sets was asked for"
        fix = "--leave-out NAME" if named[0] == "--on-dataset" else f"leave out {named[0]}"
        raise UsageError(
            what, "it is several rankings, a folder, a CSV file, or an option of tables", fix, options=(named[0],)
        )


def bench_table(
    sources: Sequence[str],
    truths: Sequence[Path],
    table: TableOptions,
    test_images: int | None,
    k: int,
    relevant: int,
    trained: Sequence[Train],
    output: Output,
) -> None:
    """Measure every score over data sets, and keep what was asked for."""
    from hubscore.bench.parc import with_note
    from hubscore.bench.transfer_csv import save_table
    from hubscore.bench.transfer_measures import VARY, measure
    from hubscore.bench.transfer_sources import open_table
    from hubscore.report.transfer_files import check_measures_path, save_measures
    from hubscore.report.transfer_tables import records

    vary = table.vary or "both"
    if vary not in MODES:
        raise UsageError(f"Cannot vary '{vary}'", f"there are {', '.join(MODES)}", "--vary source")
    if table.out is not None:
        check_measures_path(table.out)
    if table.save_table is not None:
        check_measures_path(table.save_table, (".csv",))
    opened = open_table(sources, truths, test_images=test_images, train=_one(trained))
    left = [table.leave_out] if isinstance(table.leave_out, str) else table.leave_out
    opened = opened.without(name.strip() for one in left for name in one.split(",") if name.strip())
    opened = with_note(opened)
    modes = [one for one in VARY if vary in (one, "all")]
    made = [measure(opened, vary=one, k=k, relevant=relevant) for one in modes]
    rows = [row for one in made for row in records(one, by_group=table.by_group)]
    output.rows(rows, id_key="name", human=lambda width: _shown(made, by_group=table.by_group))
    if table.out is not None:
        save_measures(made, table.out)
        output.note(f"Saved {table.out}")
    if table.save_table is not None:
        save_table(opened, table.save_table)
        output.note(f"Saved {table.save_table}")
    if output.mode is not Mode.quiet:
        for line in _sentences(made):
            output.note(line)


def _one(trained: Sequence[Train]) -> Train:
    """Return which accuracies a table is judged by; there is one truth."""
    if len(trained) > 1:
        why = "a table is judged by heads or by all weights, one at a time"
        raise UsageError("--train both goes with one ranking", why, "--train head")
    return trained[0]


def _shown(made: Sequence[Measured], *, by_group: bool) -> RenderableType:
    """Return what a person sees: one table, or PARC's four modes side by side."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from hubscore.report.transfer_tables import modes, terminal

    if len(made) == 1:
        return terminal(made[0], by_group=by_group)
    header, lines = modes(made)
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for place, name in enumerate(header):
        table.add_column(name, justify="right" if place else "left", no_wrap=place > 0, overflow="fold")
    for line in lines:
        table.add_row(*map(Text, line))
    return Group(table, *(part for one in made for part in ("", terminal(one, by_group=True)))) if by_group else table


def _sentences(made: Sequence[Measured]) -> list[str]:
    """Say what was measured, on what, and what was left out."""
    from hubscore.report.transfer_tables import VARIES

    lines = []
    for one in made:
        groups = amount(len(one.groups), "group", "groups")
        count = f"{amount(sum(one.transfers.values()), 'transfer', 'transfers')} in {groups}"
        probes = f", {one.probes} probes: ± is the deviation over them" if one.probes > 1 else ""
        lines.append(f"Varying {VARIES[one.vary]}: {count}{probes}.")
    lines.append("MEAN_PC in percent; LOST is in points of accuracy; MS for one model and probe, features apart.")
    if any(line.kind == "ceiling" for one in made for line in one.lines):
        lines.append(
            "A perfect order is simulated with the noise of the accuracies; another run is one run by another."
        )
    if any(line.share < 1 for one in made for line in one.lines):
        lines.append("A share behind a name: for so many transfers it is defined, and on those it is measured.")
    return list(dict.fromkeys((*lines, *(note for one in made for note in one.notes))))
