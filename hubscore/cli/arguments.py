"""Arguments and options that several verbs have, and what they make of them."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer

from hubscore.cli.output import Output
from hubscore.errors import ErrorCode, UsageError
from hubscore.hub.outage import CODES
from hubscore.run.options import LIMITS, RESULTS
from hubscore.types import Skipped

PARTIAL = 3
"""The exit code of a run that is complete but for candidates that the Hub failed for."""

Dataset = Annotated[
    str | None,
    typer.Argument(
        metavar="DATASET", help="Hub id or address, folder of images or texts, or CSV/Parquet file.", show_default=False
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--plan", "--dry-run", help="Show names, bytes and minutes; download nothing.", rich_help_panel=LIMITS
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="A skipped candidate is a failure (exit code 1).", rich_help_panel=RESULTS)
]
All = Annotated[
    bool,
    typer.Option("--all", help="Show every row, not the first 20; files and JSON hold all.", rich_help_panel=RESULTS),
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAMES",
        help="Shown beside rank and model: EXPECTED,PARAMS,logme.",
        rich_help_panel=RESULTS,
    ),
]
Wide = Annotated[
    bool,
    typer.Option("--wide", help="Show every column, however wide the table becomes.", rich_help_panel=RESULTS),
]
Out = Annotated[
    list[str] | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Also save: .json .csv .parquet .md .html; may be repeated. FOLDER/: all of them. -: JSON to stdout.",
        rich_help_panel=RESULTS,
    ),
]
Picture = Annotated[
    list[str] | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Also save: .json .csv .html .png .svg; may be repeated. FOLDER/: all of them.",
        rich_help_panel=RESULTS,
    ),
]


def require_dataset(dataset: str | None, verb: str, models: Sequence[str] | None = None) -> str:
    """Return the data set's name.

    Args:
        dataset: as it was typed.
        verb: the command.
        models: what ``--models`` took.

    Raises:
        UsageError: none was given; says how to give one.
    """
    if dataset is not None:
        return dataset
    if not models:
        raise UsageError(
            "No data set was named", "", f"hubscore {verb} DATASET (a Hub id, or a folder of images or texts)"
        )
    *others, last = models
    why = "--models takes every word up to the next option, so the data set comes before it"
    names = shlex.join(others or [last])
    fix = f"hubscore {verb} {shlex.quote(last) if others else 'DATASET'} --models {names}"
    raise UsageError("No data set was named", why, fix)


def exit_code(output: Output, skipped: Sequence[Skipped], *, strict: bool) -> int:
    """Return the exit code of a run that skipped some candidates; where it may skip none, say why it failed, and where
    the Hub failed for some or the disk had no room for them, that the result is partial.
    """
    if strict and skipped:
        output.error(f"Error: {len(skipped)} of the candidates cannot be ranked, and --strict allows none")
        return 1
    lost, large = sum(one.code in CODES for one in skipped), sum(one.code == ErrorCode.DISK_FULL for one in skipped)
    if large:
        what = f"Partial: the disk had no room for {large} of the candidates"
        output.error(f"{what}; free some, or use --evict, and the same command asks for them again")
    if lost:
        output.error(f"Partial: the Hub failed for {lost} of the candidates; the same command asks for them again")
    return PARTIAL if lost or large else 0
