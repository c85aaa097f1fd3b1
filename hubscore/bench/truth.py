"""True accuracies, from a table that fine-tuning filled."""

from __future__ import annotations

import csv
import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hubscore.calibration.dataset_names import same_dataset
from hubscore.candidates.listed_sizes import parse_size
from hubscore.errors import UsageError

_ACCURACY = ("accuracy", "test_accuracy", "acc")
_IMAGES = ("test_images", "images", "n_test")


@dataclass(frozen=True)
class Truth:
    """True accuracies on one data set.

    Attributes:
        accuracies: 0 to 1, by model.
        test_images: how many images one accuracy was measured on; none where the table does not say.
        left_out: models whose source is the target itself; they would make every score look good.
        dataset: which data set the accuracies are on; none where the table does not say.
        input_sizes: pixels per side of the fine-tuning, by model, where the table says so.
    """

    accuracies: Mapping[str, float]
    test_images: int | None = None
    left_out: tuple[str, ...] = ()
    dataset: str | None = field(default=None, compare=False)
    input_sizes: Mapping[str, int] = field(default_factory=dict, compare=False)


def read_truth(
    path: Path, *, target: str | None = None, test_images: int | None = None, ranked: str | None = None
) -> Truth:
    """Read a CSV file with the columns ``model`` and ``accuracy``.

    Further columns are used where they are there: ``target`` (the data set; needed to choose where there are several),
    ``source`` (rows where it is the target are left out), ``test_images`` and ``input_size``. Accuracies above 1 make
    the whole column percent.

    Args:
        path: the file.
        target: which data set's rows.
        test_images: how many images one accuracy was measured on, where the file does not say.
        ranked: the data set of the ranking, to advise on.

    Raises:
        UsageError: the file cannot be read, lacks a column, or has none or several accuracies of a model.
    """
    rows = _rows_of(_read(path), path, target, ranked)
    accuracy = _column(rows, _ACCURACY, path)
    own = tuple(dict.fromkeys(row["model"] for row in rows if row.get("source") and row["source"] == row.get("target")))
    kept = [row for row in rows if row["model"] not in own]
    twice = [row["model"] for row in kept if sum(row["model"] == other["model"] for other in kept) > 1]
    if twice:
        what = f"Cannot use '{path}': it has several accuracies of '{twice[0]}'"
        raise UsageError(what, "", "keep one row per model, or choose with --on-dataset")
    values = {row["model"]: _number(row[accuracy], row["model"], path) for row in kept}
    if not values:
        raise UsageError(
            f"Cannot use '{path}': no row is left", "it is empty, or every source is the target", "add rows"
        )
    scale = 100.0 if max(values.values()) > 1 else 1.0
    if not all(0 <= value <= scale for value in values.values()):
        raise UsageError(
            f"Cannot use '{path}': an accuracy is not between 0 and {scale:g}",
            "",
            "write accuracies as shares or percent",
        )
    shares = {model: value / scale for model, value in values.items()}
    sizes = {row["model"]: parse_size(row.get("input_size"), path, f"the row of {row['model']!r}") for row in kept}
    known = {model: size for model, size in sizes.items() if size is not None}
    return Truth(shares, _images(kept) or test_images, own, kept[0].get("target") or None, known)


def write_truth(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write fine-tuning results as :func:`read_truth` reads them.

    Args:
        path: the file; overwritten.
        rows: with the same keys, ``model`` and ``accuracy`` among them.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _read(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"Cannot read '{path}'", getattr(error, "strerror", None) or str(error), "--truth truth.csv"
        ) from error
    if not rows or "model" not in rows[0]:
        has = f"its columns: {', '.join(rows[0])}" if rows else "it has no rows"
        raise UsageError(f"'{path}' has no column 'model'", has, "write a CSV file with the columns model,accuracy")
    return rows


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


def _column(rows: list[dict[str, str]], names: Sequence[str], path: Path) -> str:
    for name in names:
        if name in rows[0]:
            return name
    raise UsageError(
        f"'{path}' has no column '{names[0]}'", f"its columns: {', '.join(rows[0])}", f"name a column '{names[0]}'"
    )


def _number(text: str | None, model: str, path: Path) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(
            f"'{path}' has no accuracy of '{model}'", f"it says '{text}'", "write a number, or leave the row out"
        )
    return value


def _images(rows: list[dict[str, str]]) -> int | None:
    """Return the smallest number of test images named: the most uncertain accuracy speaks for all."""
    counts = [row[name] for name in _IMAGES for row in rows if (row.get(name) or "").strip().isdigit()]
    return min(map(int, counts), default=None)
