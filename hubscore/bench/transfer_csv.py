"""Transfer tables as CSV: those that hubscore writes, those of PARC's repository, and anybody's own scores."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.bench.compare import Kind
from hubscore.bench.transfer_table import Known, TransferRow, TransferTable
from hubscore.bench.truth import truth_of
from hubscore.bench.truth_table import read_rows, table_of
from hubscore.errors import UsageError
from hubscore.finetune.recipe import Train
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.text import clean, csv_cell

FACTS = frozenset(
    "model source target architecture family accuracy test_accuracy acc val_accuracy probe run seed seconds lr"
    " input_size params parameters classes samples n test_images images n_test accuracy_se standard_error se stderr"
    " fingerprint modality library revision license layers bytes rank variant train f1 epochs".split()
)
"""Columns that are no scores."""
ACCURACY = ("accuracy", "test_accuracy", "acc")
HEADS = "head_"
"""Beginning of the columns that are about head re-training in a table of accuracies."""
TIME = "ms_"
"""Beginning of the columns that say what a score takes."""
COUNTS = ("downloads", "likes")
"""Baselines that are counts of the Hub."""
NAMED: Mapping[str, Kind] = {
    "consensus": "consensus",
    "expected accuracy": "expected accuracy",
    "combined accuracy": "combined accuracy",
}


def read_scores(path: Path) -> TransferTable:
    """Read the scores of a CSV file: every numeric column that is no fact about a transfer.

    Columns ``model`` and ``target`` (or PARC's), ``probe`` where there are several; further facts as
    :func:`~hubscore.bench.truth.read_truth` knows them. Larger values promise more, except of hubscore's own scores for
    which lower is better. Empty cells and NaN are undefined.

    Args:
        path: the file.

    Raises:
        UsageError: it cannot be read, lacks a column, or gives a model two values on one probe.
    """
    rows = read_rows(path)
    if not rows or "target" not in rows[0]:
        why = f"its columns: {clean(', '.join(map(str, rows[0])))}" if rows else "it has no rows"
        raise UsageError(f"'{clean(path)}' has no column 'target'", why, "name the data set of each row")
    names, text = _score_columns(rows)
    made: dict[tuple[str, str, int], TransferRow] = {}
    for row in _made(rows, names, path):
        key = (row.model, row.target, row.probe)
        if key in made and made[key].scores != row.scores:
            what = f"'{clean(path)}' has two rows of {clean(row.model)} on {clean(row.target)} with other scores"
            raise UsageError(what, "which is one probe's cannot be told", "number them in a column 'probe': 0, 1, ...")
        made[key] = row
    times = {name.removeprefix(TIME): _mean(rows, name) for name in rows[0] if name and name.startswith(TIME)}
    notes = [f"Columns of '{path.name}' that hold text and are no scores: {', '.join(text)}."] if text else []
    return TransferTable(
        tuple(made.values()),
        {name: kind_of(name) for name in names},
        frozenset(name for name in names if (info := _info(name)) is not None and info.direction == "lower"),
        {name: value for name, value in times.items() if value is not None},
        notes=tuple(notes),
    )


def read_known(paths: Sequence[Path], *, test_images: int | None = None, train: Train = "all") -> Known:
    """Read the accuracies of CSV files on every data set; several files, and several rows of a model, are runs.

    Args:
        paths: files as :func:`~hubscore.bench.truth.read_truth` takes them, or of PARC's repository.
        test_images: how many images one accuracy was measured on, where the files do not say.
        train: whose accuracies: of fine-tuning ``all`` weights, or of re-training the ``head``.

    Raises:
        UsageError: a file cannot be read, has no data sets, or a value that is none.
    """
    by_target: dict[str, list[tuple[list[dict[str, str]], Path]]] = {}
    sources: dict[str, str] = {}
    architectures: dict[str, str] = {}
    for path in paths:
        rows = read_rows(path)
        if not rows or "target" not in rows[0]:
            raise UsageError(
                f"'{clean(path)}' does not say which data set its accuracies are on", "", "add a column 'target'"
            )
        for row in rows:
            if row.get("source"):
                sources.setdefault(row["model"], row["source"])
            if architecture := row.get("architecture") or row.get("family"):
                architectures.setdefault(row["model"], architecture)
        for target in dict.fromkeys(row["target"] for row in rows if row.get("target")):
            mine = [row for row in rows if row["target"] == target]
            if any(row.get("source") != target for row in mine):
                by_target.setdefault(target, []).append((mine, path))
    truths = {
        target: truth_of([table_of(rows, path, train=train) for rows, path in found], test_images=test_images)
        for target, found in by_target.items()
    }
    return Known(truths, sources, architectures)


def has_accuracies(path: Path) -> bool:
    """Whether a CSV file has accuracies beside, or in place of, scores."""
    rows = read_rows(path)
    return bool(rows) and any(name in rows[0] for name in ACCURACY)


def save_table(table: TransferTable, path: Path) -> None:
    """Write a table as :func:`read_scores` and :func:`read_known` read it.

    Raises:
        StorageError: the place cannot be written.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    strange = {name for name in table.lower if _info(name) is None}  # nobody could tell that lower values are better
    heads = [f"minus {name}" if name in strange else name for name in table.kinds]
    facts = ("model", "source", "architecture", "target", "probe", "accuracy", "seconds")
    writer.writerow([*facts, *heads, *(f"{TIME}{name}" for name in table.milliseconds)])
    for row in table.rows:
        values = [table.turned(row, name) if name in strange else row.scores.get(name) for name in table.kinds]
        about = [getattr(row, name) for name in facts]
        cells = [*about, *values, *table.milliseconds.values()]
        writer.writerow(["" if cell is None else csv_cell(cell) for cell in cells])
    write_atomically(path, buffer.getvalue().encode())


def kind_of(name: str) -> Kind:
    """Return what a column is, by its name.

    Example:
        >>> kind_of("logme"), kind_of("heuristic"), kind_of("consensus"), kind_of("mine")
        ('score', 'baseline', 'consensus', 'score')
    """
    if name in NAMED:
        return NAMED[name]
    info = _info(name)
    return "baseline" if name in COUNTS or (info is not None and info.baseline) else "score"


def _info(name: str) -> ScoreInfo | None:
    """Return what is known of a score by its column's name, behind which a reduction may stand."""
    plain = name.partition("@")[0]
    return next((info for info in SCORES if info.name == plain), None)


def _score_columns(rows: Sequence[Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """Return the columns that hold numbers, and those that hold text, without facts."""
    names = [name for name in rows[0] if name and name not in FACTS and not name.startswith((TIME, HEADS))]
    numeric = [name for name in names if all(_number(row.get(name)) is not None for row in rows)]
    return numeric, [name for name in names if name not in numeric]


def _made(rows: Sequence[Mapping[str, str]], names: Sequence[str], path: Path) -> Iterator[TransferRow]:
    probes: dict[tuple[str, str], int] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        if not row.get("target"):
            raise UsageError(
                f"'{clean(path)}' names no data set of {clean(row['model'])}", "", "fill the column target"
            )
        told = (row.get("probe") or "0").strip()
        target = row["target"]
        if (target, told) not in probes:
            probes[target, told] = numbers[target] = numbers.get(target, -1) + 1
        values = {name: _number(row.get(name)) for name in names}
        seconds = _number(row.get("seconds"))
        yield TransferRow(
            row["model"],
            target,
            row.get("source") or None,
            row.get("architecture") or row.get("family") or None,
            probes[target, told],
            scores={name: value for name, value in values.items() if value is not None and math.isfinite(value)},
            seconds=seconds if seconds is not None and math.isfinite(seconds) else None,
        )


def _number(cell: str | None) -> float | None:
    """Return a cell's number, NaN where it is empty, none where it is text."""
    text = (cell or "").strip()
    if not text:
        return math.nan
    try:
        return float(text)
    except ValueError:
        return None


def _mean(rows: Sequence[Mapping[str, str]], name: str) -> float | None:
    found = [value for row in rows if (value := _number(row.get(name))) is not None and math.isfinite(value)]
    return sum(found) / len(found) if found else None
