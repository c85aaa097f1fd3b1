"""A model map as a file to pass on: JSON, CSV, HTML, PNG or SVG, by the ending of the name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hubscore.atomic import write_atomically
from hubscore.errors import Undefined, UsageError
from hubscore.modelmap.model_map import ModelMap
from hubscore.modelmap.structure import distances, neighbours, plane, tree
from hubscore.report.map_pictures import PICTURES, Picture
from hubscore.text import clean, csv_cell
from hubscore.types import Json

ENDINGS = (".json", ".csv", ".html", ".png", ".svg")


def check_map_path(path: Path, picture: str = "heat") -> None:
    """Raise unless a map can be saved under a path; call it before the work starts.

    Raises:
        UsageError: another ending, a folder that does not exist, or an unknown picture.
    """
    if picture not in PICTURES:
        raise UsageError(
            f"There is no picture '{clean(picture)}'", f"there are {', '.join(PICTURES)}", "--picture heat"
        )
    if path.suffix.lower() not in ENDINGS:
        why = f"the ending must be {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise UsageError(f"Cannot save a model map as '{clean(path)}'", why, "--out map.html")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"Cannot save '{clean(path)}'", "its folder does not exist", f"mkdir -p {clean(path.parent)}")


def save_map(
    model_map: ModelMap,
    path: Path,
    *,
    picture: Picture = "heat",
    models: Sequence[str] = (),
    images: Sequence[int] = (),
) -> None:
    """Write a map as JSON, CSV (the table of similarities), HTML, PNG or SVG.

    Args:
        model_map: to write.
        path: its ending decides the kind.
        picture: which one, for PNG and SVG.
        models: whose maps, where maps are shown.
        images: which of the probe's images, where maps are shown.

    Raises:
        UsageError: another ending, a folder that does not exist, or a picture that the map does not have.
        Undefined: there is nothing to draw.
        StorageError: the place cannot be written.
    """
    check_map_path(path)
    ending = path.suffix.lower()
    if ending in (".png", ".svg"):
        from hubscore.report.map_pictures import draw, encoded

        content = encoded(draw(model_map, picture, models=models, images=images), ending[1:])
    elif ending == ".html":
        from hubscore.report.map_html import page

        content = page(model_map, models=models, images=images).encode()
    elif ending == ".csv":
        content = _csv(model_map).encode()
    else:
        content = (json.dumps(to_json(model_map), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    write_atomically(path, content)


def to_json(model_map: ModelMap) -> Json:
    """Return all that the map says, as plain values."""
    return {
        "schema": 1,
        "method": {**model_map.method.to_json(), "words": model_map.method.words, "best": model_map.method.best},
        "probe": model_map.probe,
        "models": list(model_map.models.values()),
        "similarities": [
            [float(value) if np.isfinite(value) else None for value in row] for row in model_map.similarities
        ],
        "neighbours": {name: neighbours(model_map, name) for name in model_map.names},
        **_drawn(model_map),
        "notes": list(model_map.notes),
        "skipped": [item.to_json() for item in model_map.skipped],
    }


def _drawn(model_map: ModelMap) -> Json:
    try:
        found = distances(model_map)
    except Undefined as reason:
        return {"tree": None, "plane": None, "undrawn": reason.reason}
    placed = plane(found)
    points = dict(zip(placed.names, placed.points.tolist(), strict=True))
    return {
        "tree": tree(found).newick,
        "plane": {"points": points, "kept": placed.kept},
        "undrawn": ", ".join(found.left_out) or None,
    }


def _csv(model_map: ModelMap) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["model", *map(csv_cell, model_map.names)])
    for name, row in zip(model_map.names, model_map.similarities, strict=True):
        writer.writerow([csv_cell(name), *(f"{value:.9g}" if np.isfinite(value) else "" for value in row)])
    return buffer.getvalue()
