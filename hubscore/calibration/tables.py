"""Transfer tables: CSV files of models, data sets, accuracies after fine-tuning and scores of the kernel probes."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from hubscore.calibration.evidence import ACCURACY, LAYER_ACCURACY, SCORES
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError
from hubscore.text import clean

SPELLINGS = {
    "model": ("model",),
    "target": ("target", "dataset"),
    "source": ("source",),
    "accuracy": ("accuracy", "test_accuracy", "acc"),
    "standard_error": ("standard_error", "stderr"),
    "test_images": ("test_images", "images", "n_test"),
    "input_size": ("input_size",),
    "family": ("family", "architecture"),
    "classes": ("classes",),
    "samples": ("samples", "n"),
    "modality": ("modality",),
    "fingerprint": ("fingerprint",),
    **{score: (score,) for score in SCORES},
}
"""Columns, and under which names a table may have them."""


def read_table(path: Path) -> list[Transfer]:
    """Read a CSV file with the columns ``model`` and ``target``, and accuracies, scores, or both.

    Further columns: ``source`` (where it is the target, the row teaches nothing), ``standard_error`` or
    ``test_images``, ``input_size``, ``family`` or ``architecture``, ``classes`` and ``samples`` of the probe.
    Accuracies above 1 make the whole column percent; empty cells are not known.

    Args:
        path: the file.

    Raises:
        UsageError: the file cannot be read, lacks a column, or holds a number that cannot be; the line is named.
    """
    rows = _read(path)
    where = _columns(rows[0], path)
    scale = _scale(rows, where, path)
    return [_transfer(row, where, _place(path, line), scale) for line, row in enumerate(rows, start=2)]


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [{key: value or "" for key, value in row.items() if key} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"Cannot read '{clean(path)}'", why, "hubscore calibrate transfers.csv") from error
    if not rows:
        raise UsageError(f"'{clean(path)}' has no rows", "", "write one line for every model and data set")
    return rows


def _columns(row: dict[str, str], path: Path) -> dict[str, str]:
    """Return under which name each column stands."""
    where = {name: next((one for one in spelled if one in row), "") for name, spelled in SPELLINGS.items()}
    for name in ("model", "target"):
        if not where[name]:
            what = f"'{clean(path)}' has no column '{name}'"
            raise UsageError(what, f"its columns: {clean(', '.join(row))}", f"add it: {','.join(SPELLINGS)}")
    if not where["accuracy"] and not any(where[score] for score in SCORES):
        what = f"'{clean(path)}' has neither accuracies nor scores"
        why = f"its columns: {clean(', '.join(row))}"
        raise UsageError(what, why, f"add the column accuracy, or {', '.join(SCORES)}")
    return {name: column for name, column in where.items() if column}


def _place(path: Path, line: int) -> str:
    return f"'{clean(path)}', line {line}"


def _scale(rows: Sequence[Mapping[str, str]], where: Mapping[str, str], path: Path) -> float:
    """Return what accuracies are shares of: 1, or 100 where one is above 1."""
    if "accuracy" not in where:
        return 1.0
    cells = [row[where["accuracy"]] for row in rows]
    known = [_number(cell, "accuracy", _place(path, line)) for line, cell in enumerate(cells, start=2)]
    best = max((value for value in known if value is not None), default=0.0)
    if 1 < best < 2 or best > 100:
        line = known.index(best) + 2
        why = "that is above 1 as a share, and as a percentage it is too low to be the best" if best < 2 else ""
        fix = "correct it: accuracies are shares from 0 to 1, or percent"
        raise UsageError(f"{_place(path, line)}: the accuracy is {best:g}", why or "no accuracy is above 100 %", fix)
    return 100.0 if best > 1 else 1.0


def _transfer(row: Mapping[str, str], where: Mapping[str, str], place: str, scale: float) -> Transfer:
    words = {name: row[column].strip() for name, column in where.items()}
    for name in ("model", "target"):
        if not words[name]:
            raise UsageError(f"{place} names no {name}", "", "fill the cell, or take the line out")

    def number(name: str, least: float = 0.0, most: float = math.inf) -> float | None:
        return _number(words.get(name, ""), name, place, least, most)

    limits = {score: 1.0 if score in (ACCURACY, LAYER_ACCURACY) else math.inf for score in SCORES}
    scores = {score: number(score, most=limits[score]) for score in SCORES}
    accuracy, error, images = number("accuracy"), number("standard_error"), number("test_images", least=1)
    share = None if accuracy is None else accuracy / scale
    if error is not None:
        error /= scale
    elif share is not None and images is not None:
        error = math.sqrt(share * (1 - share) / images)
    return Transfer(
        words["model"],
        words["target"],
        source=words.get("source") or None,
        accuracy=share,
        standard_error=error,
        input_size=number("input_size", least=1),
        family=words.get("family") or None,
        classes=_whole(number("classes", least=2)),
        samples=_whole(number("samples", least=2)),
        scores={score: value for score, value in scores.items() if value is not None},
        modality=words.get("modality") or None,
        fingerprints=tuple(words.get("fingerprint", "").split()),
    )


def _number(text: str, name: str, place: str, least: float = 0.0, most: float = math.inf) -> float | None:
    """Return a cell's number, none where the cell is empty."""
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and least <= value <= most):
        bound = f"from {least:g} to {most:g}" if math.isfinite(most) else f"of {least:g} or more"
        what = f"{place}: {name} is '{clean(text)}'"
        raise UsageError(what, f"it must be a number {bound}", "correct it, or leave the cell empty if it is not known")
    return value


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
