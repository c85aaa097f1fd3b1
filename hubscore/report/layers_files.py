"""A selection of layers as a file: JSON, CSV, HTML, PNG or SVG, by the ending of the name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.errors import UsageError
from hubscore.layers.result import CAUTION, Layer, LayerSelection
from hubscore.modalities.registry import items_of
from hubscore.report.html_figure import HtmlFigure
from hubscore.report.html_table import Cell
from hubscore.report.layers_picture import data_name, draw_layers, model_name, short
from hubscore.report.map_pictures import encoded
from hubscore.report.templating import render
from hubscore.text import DASH, clean, count, csv_cell, deep_clean, number

ENDINGS = (".json", ".csv", ".html", ".png", ".svg")
_CAPTION = (
    "Each score over the layers, from the input to the representation; the broken line marks the recommended layer."
)


def check_layers_path(path: Path) -> None:
    """Raise unless a selection can be saved under a path; call it before the work starts.

    Raises:
        UsageError: another ending, or a folder that does not exist.
    """
    if path.suffix.lower() not in ENDINGS:
        why = f"the ending must be {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
        raise UsageError(f"Cannot save layers as '{clean(path)}'", why, "--out layers.html")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"Cannot save '{clean(path)}'", "its folder does not exist", f"mkdir -p {clean(path.parent)}")


def save_layers(found: LayerSelection, path: Path) -> None:
    """Write a selection as JSON, CSV, HTML, PNG or SVG.

    Raises:
        UsageError: another ending, or a folder that does not exist.
        StorageError: the place cannot be written.
    """
    check_layers_path(path)
    ending = path.suffix.lower()
    if ending in (".png", ".svg"):
        content = encoded(draw_layers(found), ending[1:])
    elif ending == ".html":
        content = page(found).encode()
    elif ending == ".csv":
        content = _csv(found).encode()
    else:
        content = (json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
    write_atomically(path, content)


def page(found: LayerSelection) -> str:
    """Return a whole document: the curve, the table, what to freeze, and how it came about; nothing is loaded from
    elsewhere.
    """
    scores = list(found.directions)
    made_of = {"model": found.model, "revision": found.revision, **found.record}
    return render(
        "layers.html",
        title=f"Layers of {model_name(found)} on {data_name(found)}",
        model=model_name(found),
        data=data_name(found),
        best="No layer is recommended" if found.best is None else f"Estimate: transfer up to {found.best.name}",
        rule=found.rule,
        caution=CAUTION,
        facts=_facts(found),
        items=items_of(found.record.get("modality")),
        curve=HtmlFigure.of(draw_layers(found), "svg", alt="curve over layers", caption=_CAPTION),
        columns=("params", "features", *scores, "mean percentile"),
        layers=[{"best": layer.name == found.recommended, "cells": _cells(layer, scores)} for layer in found.layers],
        snippet=found.snippet,
        notes=found.notes,
        record=json.dumps(deep_clean(made_of), indent=1, ensure_ascii=False),
    )


def _facts(found: LayerSelection) -> dict[str, object]:
    guide = found.record["target_network"]
    facts = {
        items_of(found.record.get("modality")): found.record["images"],
        "layers": len(found.layers),
        "decided by": ", ".join(found.decided_by) or "nothing",
    }
    return (
        facts if guide is None else {**facts, "target network": short(guide["model"]), "lambda": found.record["lambda"]}
    )


def _cells(layer: Layer, scores: Sequence[str]) -> list[Cell]:
    known = [
        Cell(number(layer.scores[name])) if name in layer.scores else Cell(DASH, "none", layer.undefined[name])
        for name in scores
    ]
    place = DASH if layer.percentile is None else f"{layer.percentile:.2f}"
    return [Cell(layer.name, "model"), Cell(count(layer.parameters)), Cell(str(layer.width)), *known, Cell(place)]


def _csv(found: LayerSelection) -> str:
    rows = found.rows()
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: csv_cell(value) for key, value in row.items()})
    return buffer.getvalue()
