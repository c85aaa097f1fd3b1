"""A model map as an HTML page; nothing is loaded from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hubscore.errors import HubscoreError, reason_of
from hubscore.modalities.registry import items_of
from hubscore.modelmap.model_map import ModelMap
from hubscore.modelmap.structure import distances, neighbours, short_names
from hubscore.report.html_figure import HtmlFigure
from hubscore.report.map_pictures import Picture, data_name, draw
from hubscore.report.templating import render
from hubscore.similarity.info import SIMILARITIES
from hubscore.text import DASH, deep_clean

NEAREST = 3
CAPTIONS = {
    "heat": "Every two models; yellow is more alike. Rows and columns stand in the order of the tree at the left.",
    "tree": (
        "Models that join further to the right are more alike; groups join at their mean distance. Colours are"
        " architecture families."
    ),
    "plane": "Near points are alike as far as two axes can show it; the share below the picture says how far that is.",
    "maps": "Where each model looks: bright pixels count most for its representation. Every map is scaled by itself.",
}


def page(model_map: ModelMap, *, models: Sequence[str] = (), images: Sequence[int] = ()) -> str:
    """Return a whole document: heat map, tree, plane, nearest models, maps side by side, and what it was made of.

    Args:
        model_map: to show.
        models: whose maps are shown side by side; the first 12 by default.
        images: of the probe, for the maps; the first 8 by default.
    """
    kinds: tuple[Picture, ...] = ("heat", "tree", "plane")
    looking = model_map.method.needs_maps
    return render(
        "map.html",
        title=f"Model map over {data_name(model_map)}",
        data=data_name(model_map),
        about=SIMILARITIES.get(model_map.method.name),
        facts=_facts(model_map),
        figures=[_figure(model_map, kind) for kind in kinds],
        places=min(NEAREST, len(model_map) - 1),
        nearest=_nearest(model_map),
        dash=DASH,
        maps=_figure(model_map, "maps", models, images) if looking else None,
        notes=[f"{item.model} was left out: {item.reason}" for item in model_map.skipped] + list(model_map.notes),
        items=items_of(model_map.probe.get("modality")),
        record=_record(model_map),
    )


def _facts(model_map: ModelMap) -> dict[str, object]:
    known = {
        "models": len(model_map),
        items_of(model_map.probe.get("modality")): model_map.probe.get("images"),
        "method": model_map.method.words,
        "split": model_map.probe.get("split"),
    }
    return {key: value for key, value in known.items() if value}


def _figure(model_map: ModelMap, kind: Picture, models: Sequence[str] = (), images: Sequence[int] = ()) -> HtmlFigure:
    try:
        picture = draw(model_map, kind, models=models, images=images)
        notes = (*distances(model_map).notes,) if kind != "maps" else ()
    except HubscoreError as error:
        return HtmlFigure(missing=f"{error.what}: {reason_of(error)}")
    caption = " ".join([CAPTIONS[kind], *(f"{note[0].upper()}{note[1:]}." for note in notes)])
    return HtmlFigure.of(picture, "png" if kind == "maps" else "svg", alt=kind, caption=caption)


def _nearest(model_map: ModelMap) -> list[dict[str, object]]:
    """Return each model and the models nearest to it, with the similarity or the reason why there is none."""
    short = dict(zip(model_map.names, short_names(model_map.names), strict=True))
    return [
        {
            "name": name,
            "short": short[name],
            "near": [
                {
                    "short": short[item["model"]],
                    "similarity": None if item["similarity"] is None else f"{item['similarity']:.3f}",
                    "reason": item["reason"],
                }
                for item in neighbours(model_map, name, NEAREST)
            ],
        }
        for name in model_map.names
    ]


def _record(model_map: ModelMap) -> str:
    models = [{key: value for key, value in facts.items() if key != "path"} for facts in model_map.models.values()]
    record = {"method": model_map.method.to_json(), "probe": model_map.probe, "models": models}
    return json.dumps(deep_clean(record), indent=1, ensure_ascii=False)
