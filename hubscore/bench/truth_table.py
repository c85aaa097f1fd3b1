"""One CSV file of true accuracies: its rows, checked. The tables of PARC's repository are read as they are."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hubscore.calibration.dataset_names import same_dataset
from hubscore.candidates.listed_sizes import parse_size
from hubscore.errors import UsageError
from hubscore.finetune.recipe import Train

_ACCURACY = ("accuracy", "test_accuracy", "acc")
_ERROR = ("accuracy_se", "standard_error", "se")
_IMAGES = ("test_images", "images", "n_test")
PARC: Mapping[str, str] = {"Architecture": "architecture", "Source Dataset": "source", "Target Dataset": "target"}
"""Columns that every table of PARC's repository has, and what they are called here."""
PARC_MORE: Mapping[str, str] = {"Oracle": "accuracy", "Run": "probe"}
"""Columns that some of them have."""
_NAMES = {**PARC, **PARC_MORE}


@dataclass(frozen=True)
class TruthRow:
    """One fine-tuned model.

    Attributes:
        model: its name.
        accuracy: 0 to 1.
        error: standard error of the accuracy, where the table says so.
        test_images: how many images the accuracy was measured on, where the table says so.
        input_size: pixels per side of the fine-tuning, where the table says so.
    """

    model: str
    accuracy: float
    error: float | None = None
    test_images: int | None = None
    input_size: int | None = None


@dataclass(frozen=True)
class TruthTable:
    """One file.

    Attributes:
        rows: of one data set, without models whose source is that data set.
        left_out: models whose source is the data set itself.
        dataset: where the file says so.
    """

    rows: tuple[TruthRow, ...]
    left_out: tuple[str, ...] = ()
    dataset: str | None = None


def read_table(path: Path, *, target: str | None = None, ranked: str | None = None, train: Train = "all") -> TruthTable:
    """Read a CSV file with the columns ``model`` and ``accuracy``, and others where they are there.

    Args:
        path: the file.
        target: which data set's rows.
        ranked: the data set of the ranking, to advise on.
        train: whose accuracies: of fine-tuning ``all`` weights, or of re-training the ``head``.

    Raises:
        UsageError: the file cannot be read, lacks a column, or has a value that is none.
    """
    return table_of(read_rows(path), path, target=target, ranked=ranked, train=train)


def table_of(
    read: list[dict[str, str]],
    path: Path,
    *,
    target: str | None = None,
    ranked: str | None = None,
    train: Train = "all",
) -> TruthTable:
    """Return one data set's accuracies of a file that :func:`read_rows` read.

    Args:
        read: its rows.
        path: the file, for messages.
        target: which data set's rows.
        ranked: the data set of the ranking, to advise on.
        train: whose accuracies.

    Raises:
        UsageError: it lacks a column, or has a value that is none.
    """
    rows = _rows_of(read, path, target, ranked)
    accuracy, error = _column(rows, _names(rows, train, path), path), _first(rows, _ERROR)
    own = tuple(dict.fromkeys(row["model"] for row in rows if row.get("source") and row["source"] == row.get("target")))
    kept = [row for row in rows if row["model"] not in own]
    values = [_number(row[accuracy], row["model"], path) for row in kept]
    if not values:
        raise UsageError(
            f"Cannot use '{path}': no row is left", "it is empty, or every source is the target", "add rows"
        )
    scale = 100.0 if max(values) > 1 else 1.0
    if not all(0 <= value <= scale for value in values):
        raise UsageError(
            f"Cannot use '{path}': an accuracy is not between 0 and {scale:g}",
            "",
            "write accuracies as shares or percent",
        )
    made = [
        TruthRow(
            model=row["model"],
            accuracy=value / scale,
            error=_error(row.get(error or ""), row["model"], scale, path),
            test_images=_images(row),
            input_size=parse_size(row.get("input_size"), path, f"the row of {row['model']!r}"),
        )
        for row, value in zip(kept, values, strict=True)
    ]
    return TruthTable(tuple(made), own, kept[0].get("target") or None)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file with the column ``model``, or with the columns of PARC's repository.

    There a model is an architecture and a source data set, and accuracies (``Oracle``) of 0 or less are none.

    Raises:
        UsageError: the file cannot be read, or names no models.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"Cannot read '{path}'", getattr(error, "strerror", None) or str(error), "check the path: --truth FILE"
        ) from error
    if rows and PARC.keys() <= rows[0].keys():
        return [_of_parc(row) for row in rows if _known_to_parc(row)]
    if not rows or "model" not in rows[0]:
        has = f"its columns: {', '.join(map(str, rows[0]))}" if rows else "it has no rows"
        raise UsageError(f"'{path}' has no column 'model'", has, "write a CSV file with the columns model,accuracy")
    return rows


def _of_parc(row: Mapping[str, str]) -> dict[str, str]:
    """Give a row of PARC's tables the names of ours."""
    known = {_NAMES.get(name, name): value for name, value in row.items() if name}
    return {"model": f"{known['architecture']} {known['source']}", **known}


def _known_to_parc(row: Mapping[str, str]) -> bool:
    """Whether PARC's code keeps a row: models whose fine-tuning is not known have -1."""
    value = _parsed(row.get("Oracle"))
    return "Oracle" not in row or value is None or value > 0


def _rows_of(rows: list[dict[str, str]], path: Path, target: str | None, ranked: str | None) -> list[dict[str, str]]:
    """Keep one data set's rows."""
    targets = sorted({row["target"] for row in rows if row.get("target")})
    if target is None and len(targets) > 1:
        same = [name for name in targets if ranked is not None and same_dataset(name, ranked)]
        why = ", ".join(targets) + (f"; the ranking is about {ranked}" if ranked else "")
        fix = f"--on-dataset {(same or targets)[0]}"
        if ranked and not same:
            fix = "--on-dataset NAME, of the data set that the ranking is about"
        raise UsageError(f"'{path}' has accuracies on {len(targets)} data sets", why, fix)
    if target is None or not targets:
        return rows
    if target not in targets:
        near = difflib.get_close_matches(target, targets, n=1) or targets[:1]
        raise UsageError(
            f"'{path}' has no accuracies on '{target}'", f"it has {', '.join(targets)}", f"--on-dataset {near[0]}"
        )
    return [row for row in rows if row["target"] == target]


def _names(rows: list[dict[str, str]], train: Train, path: Path) -> tuple[str, ...]:
    """Return what the column of accuracies may be called; the column ``train`` says what they are of."""
    if train == "head" and "head_accuracy" in rows[0]:
        return ("head_accuracy",)
    said = {row.get("train") for row in rows}
    if train == "head" and said != {"head"}:
        why = "it has no column 'head_accuracy', and none 'train' that says head"
        raise UsageError(f"'{path}' has no accuracies of re-trained heads", why, "--train all")
    if train == "all" and "head" in said:
        raise UsageError(f"'{path}' has accuracies of re-trained heads", "its column 'train' says so", "--train head")
    return _ACCURACY


def _first(rows: list[dict[str, str]], names: Sequence[str]) -> str | None:
    return next((name for name in names if name in rows[0]), None)


def _column(rows: list[dict[str, str]], names: Sequence[str], path: Path) -> str:
    found = _first(rows, names)
    if found is None:
        raise UsageError(
            f"'{path}' has no column '{names[0]}'", f"its columns: {', '.join(rows[0])}", f"name a column '{names[0]}'"
        )
    return found


def _number(text: str | None, model: str, path: Path) -> float:
    value = _parsed(text)
    if value is None:
        raise UsageError(
            f"'{path}' has no accuracy of '{model}'", f"it says '{text}'", "write a number, or leave the row out"
        )
    return value


def _error(text: str | None, model: str, scale: float, path: Path) -> float | None:
    """Return a standard error; an empty cell is none."""
    if not (text or "").strip():
        return None
    value = _parsed(text)
    if value is None or value < 0:
        raise UsageError(
            f"'{path}' has no standard error of '{model}'", f"it says '{text}'", "write a number, or leave it empty"
        )
    return value / scale


def _parsed(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _images(row: dict[str, str]) -> int | None:
    return next((int(row[name]) for name in _IMAGES if (row.get(name) or "").strip().isdigit()), None)
