"""What came of many tasks as a file: JSON, CSV, PNG or SVG, by the ending of the name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.bench.tasks_run import TaskResult
from hubscore.bench.tasks_summary import summarize
from hubscore.errors import UsageError
from hubscore.report.map_pictures import encoded
from hubscore.report.tasks_picture import draw_tasks
from hubscore.text import clean, csv_cell

ENDINGS = (".json", ".csv", ".png", ".svg")


def check_tasks_path(path: Path) -> None:
    """Raise unless results can be saved under a path; call it before the work starts.

    Raises:
        UsageError: another ending, or a folder that does not exist.
    """
    if path.suffix.lower() not in ENDINGS:
        why = f"the ending must be {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise UsageError(f"Cannot save tasks as '{clean(path)}'", why, "--out tasks.csv")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"Cannot save '{clean(path)}'", "its folder does not exist", f"mkdir -p {clean(path.parent)}")


def save_tasks(results: Sequence[TaskResult], path: Path, dataset: str = "") -> None:
    """Write every task and what came of it: JSON has the summary too, CSV a row a task, a picture the three figures.

    Raises:
        UsageError: another ending, or a folder that does not exist.
        StorageError: the place cannot be written.
    """
    check_tasks_path(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        content = _csv(results).encode()
    elif ending == ".json":
        plain = {"dataset": dataset, "tasks": [one.to_json() for one in results], **summarize(results).to_json()}
        content = (json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    else:
        content = encoded(draw_tasks(results, dataset), ending[1:])
    write_atomically(path, content)


def _csv(results: Sequence[TaskResult]) -> str:
    scores = list(dict.fromkeys(name for one in results for name in one.scores))
    kinds = list(dict.fromkeys(kind for one in results for kind in one.reached))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    about = ("task", "classes", "class_names", "train", "test")
    writer.writerow(
        ["source", *about, *scores, *(f"{kind}_{what}" for kind in kinds for what in ("accuracy", "f1", "epochs"))]
    )
    for one in results:
        cells = [one.source, *(" | ".join(it) if isinstance(it := one.about[key], list) else it for key in about)]
        cells += [one.scores.get(name, "") for name in scores]
        for kind in kinds:
            made = one.reached.get(kind)
            cells += ["", "", ""] if made is None else [made.accuracies[0], made.f1, _epochs(made.epochs)]
        writer.writerow([csv_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()


def _epochs(accuracies: Sequence[float]) -> str:
    return " ".join(f"{accuracy:.4g}" for accuracy in accuracies)
