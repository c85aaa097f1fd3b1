"""The measures of a transfer table as a file: CSV, JSON, Markdown, LaTeX, PNG or SVG, by the ending of the name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.bench.transfer_measures import Measured
from hubscore.errors import UsageError
from hubscore.report.map_pictures import encoded
from hubscore.report.transfer_picture import draw_measures
from hubscore.report.transfer_tables import across, latex, markdown, modes, plain, records
from hubscore.text import clean, csv_cell

ENDINGS = (".csv", ".json", ".md", ".tex", ".png", ".svg")


def check_measures_path(path: Path, endings: Sequence[str] = ENDINGS) -> None:
    """Raise unless measures can be saved under a path; call it before the work starts.

    Raises:
        UsageError: another ending, or a folder that does not exist.
    """
    if path.suffix.lower() not in endings:
        known = f"{', '.join(endings[:-1])} or {endings[-1]}" if len(endings) > 1 else endings[0]
        why = f"the ending must be {known}"
        raise UsageError(f"Cannot save a transfer table as '{clean(path)}'", why, f"--out measures{endings[0]}")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"Cannot save '{clean(path)}'", "its folder does not exist", f"mkdir -p {clean(path.parent)}")


def save_measures(made: Sequence[Measured], path: Path) -> None:
    """Write measures: CSV and JSON with every group, Markdown and LaTeX with the means and each group's correlation.

    Args:
        made: one, or one for each of PARC's modes.
        path: where; the picture shows the first.

    Raises:
        UsageError: another ending, or a folder that does not exist.
        StorageError: the place cannot be written.
    """
    check_measures_path(path)
    ending = path.suffix.lower()
    if ending in (".png", ".svg"):
        content = encoded(draw_measures(made[0]), ending[1:])
    elif ending in (".md", ".tex"):
        content = _text(made, markdown if ending == ".md" else latex).encode()
    else:
        rows = [row for one in made for row in records(one, by_group=True)]
        text = json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n" if ending == ".json" else ""
        content = (text or _csv(rows)).encode()
    write_atomically(path, content)


def _text(made: Sequence[Measured], write: Callable[[Sequence[str], Sequence[Sequence[str]]], str]) -> str:
    parts = [write(*plain(one)) for one in made]
    parts += [write(*across(one)) for one in made if len(one.groups) <= _MOST_COLUMNS]
    if len(made) > 1:
        parts.insert(0, write(*modes(made)))
    return "\n\n".join(parts) + "\n"


_MOST_COLUMNS = 30
"""Groups of which each has a column."""


def _csv(rows: Sequence[dict[str, object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(["" if cell is None else csv_cell(cell) for cell in row.values()])
    return buffer.getvalue()
