"""Accuracies after fine-tuning from a CSV table: one line for every model and data set."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from hubscore.calibration.dataset_names import same_dataset
from hubscore.errors import UsageError
from hubscore.recommend.cells import MOST_CELLS, MOST_MODELS, Cell, too_large
from hubscore.recommend.history import ModelFacts, TaskFacts
from hubscore.text import amount, clean

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "model": ("model",),
    "task": ("target", "dataset", "task", "target_dataset"),
    "accuracy": ("accuracy", "test_accuracy", "acc", "oracle"),
    "source": ("source", "source_dataset"),
    "family": ("family", "architecture"),
    "parameters": ("parameters", "params"),
    "layers": ("layers",),
    "license": ("license",),
    "revision": ("revision", "model_revision"),
    "classes": ("classes",),
    "samples": ("samples", "n"),
    "date": ("date",),
    "modality": ("modality",),
    "fingerprint": ("fingerprint",),
}
"""Columns, and under which names a table may have them; capitals and spaces do not count."""
COLUMNS = "model,target,accuracy"
_MISSING = frozenset(("", "nan", "none", "-", "-1", "-1.0"))
"""What people write where there is no accuracy."""


def read_cells(path: Path) -> tuple[list[Cell], list[str]]:
    """Read a transfer table.

    A table without a column ``model`` may name an architecture and the data set that it was trained on instead.
    Accuracies above 1 make the whole column percent. A model on its own source is left out, since it knows the task
    already; an empty cell is missing, and so is -1.

    Args:
        path: the CSV file.

    Returns:
        The values, and what was left out, in sentences.

    Raises:
        UsageError: the file cannot be read, lacks a column or holds an accuracy that cannot be; the line is named.
    """
    rows = _rows(path)
    where = _columns(rows[0], path)
    known = [_accuracy(row, where, path, line) for line, row in enumerate(rows, start=2)]
    scale = _scale(known, path)
    cells, missing, own = [], 0, 0
    for row, accuracy in zip(rows, known, strict=True):
        words = {name: row[column].strip() for name, column in where.items()}
        source, task = words.get("source", ""), words["task"]
        if source and same_dataset(source, task):
            own += 1
            continue
        missing += accuracy is None
        model = words["model"] if "model" in words else f"{words['family']}_{source}"
        if not model or not task:
            raise UsageError(f"'{clean(path)}' has a line without a model or data set", "", "fill the cell")
        value = None if accuracy is None else accuracy / scale
        cells.append(Cell(model, task, value, True, words.get("date", ""), _model(words), _task(words)))
    notes = []
    if own:
        notes.append(
            f"Left out: {amount(own, 'accuracy', 'accuracies')} of models on the data set they were trained on"
        )
    if missing:
        notes.append(f"{amount(missing, 'cell is', 'cells are')} empty or -1 in the table")
    return cells, notes


def _rows(path: Path) -> list[dict[str, str]]:
    rows, models = [], set[str]()
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                rows.append({_plain(key): value or "" for key, value in row.items() if key})
                models.add(rows[-1].get("model", ""))
                if len(rows) > MOST_CELLS:
                    raise too_large("values", MOST_CELLS)
                if len(models) > MOST_MODELS:
                    raise too_large("models", MOST_MODELS)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"Cannot read '{clean(path)}'", why, "hubscore history build accuracies.csv") from error
    if not rows:
        raise UsageError(
            f"'{clean(path)}' has no rows", "", f"write the columns {COLUMNS}, one line per model and data set"
        )
    return rows


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower())


def _columns(row: Mapping[str, str], path: Path) -> dict[str, str]:
    found = {name: next((one for one in spelled if one in row), "") for name, spelled in SPELLINGS.items()}
    where = {name: column for name, column in found.items() if column}
    missing = [name for name in ("task", "accuracy") if name not in where]
    if "model" not in where and not {"family", "source"} <= where.keys():
        missing.insert(0, "model")
    if missing:
        what = f"'{clean(path)}' has no column '{SPELLINGS[missing[0]][0]}'"
        raise UsageError(what, f"its columns: {clean(', '.join(row))[:200]}", f"write the columns {COLUMNS}")
    return where


def _accuracy(row: Mapping[str, str], where: Mapping[str, str], path: Path, line: int) -> float | None:
    text = row[where["accuracy"]].strip()
    if text.lower() in _MISSING:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 100:
        what = f"'{clean(path)}', line {line}: the accuracy is '{clean(text)[:40]}'"
        raise UsageError(what, "it must be a share from 0 to 1, or percent", "correct it, or leave the cell empty")
    return value


def _scale(known: Sequence[float | None], path: Path) -> float:
    best = max((value for value in known if value is not None), default=0.0)
    if 1 < best < 2:
        line = known.index(best) + 2
        why = "that is above 1 as a share, and as a percentage it is too low to be the best"
        raise UsageError(f"'{clean(path)}', line {line}: the accuracy is {best:g}", why, "correct it")
    return 100.0 if best > 1 else 1.0


def _model(words: Mapping[str, str]) -> ModelFacts:
    return ModelFacts(
        revision=words.get("revision") or None,
        parameters=_whole(words.get("parameters")),
        layers=_whole(words.get("layers")),
        family=words.get("family") or None,
        license=words.get("license") or None,
    )


def _task(words: Mapping[str, str]) -> TaskFacts:
    return TaskFacts(
        words["task"],
        classes=_whole(words.get("classes")),
        samples=_whole(words.get("samples")),
        modality=words.get("modality") or "image",
        fingerprints=tuple(words.get("fingerprint", "").split()),
    )


def _whole(text: str | None) -> int | None:
    """Return a count; none where the cell does not say one."""
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return round(value) if 0 < value < 1e15 else None
