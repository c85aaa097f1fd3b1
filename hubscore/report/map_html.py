"""A model map as an HTML page; nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from hubscore.errors import HubscoreError, reason_of
from hubscore.modalities.registry import items_of
from hubscore.modelmap.model_map import ModelMap
from hubscore.modelmap.structure import distances, neighbours, short_names
from hubscore.report import style
from hubscore.report.html_table import h
from hubscore.report.map_pictures import Picture, data_name, draw, encoded
from hubscore.similarity.info import SIMILARITIES
from hubscore.text import DASH, deep_clean
from hubscore.types import Json

NEAREST = 3
STYLE = """
.hubscore figure {
  margin: 14px 0; background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 12px; overflow-x: auto;
}
.hubscore figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
.hubscore figcaption { color: #4a515c; font-size: 12.5px; margin: 8px 4px 0; max-width: 100ch; }
.hubscore table.near td.text { white-space: normal; overflow-wrap: anywhere; vertical-align: top; }
"""
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
    title = h(f"Model map over {data_name(model_map)}")
    kinds: tuple[Picture, ...] = ("heat", "tree", "plane")
    parts = [
        _header(model_map),
        *(_figure(model_map, kind) for kind in kinds),
        "<h2>Nearest models</h2>",
        _nearest(model_map),
    ]
    if model_map.method.needs_maps:
        parts += ["<h2>Where they look</h2>", _figure(model_map, "maps", models, images)]
    parts += [_skipped(model_map), _record(model_map), "<footer>Made by hubscore.</footer>"]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport"'
        ' content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src"
        f' data:"><title>{title}</title><style>{style.FRAGMENT}{style.PAGE}{STYLE}</style></head>\n<body'
        f' class="hubscore"><main>{"".join(parts)}</main></body></html>\n'
    )


def _header(model_map: ModelMap) -> str:
    info = SIMILARITIES.get(model_map.method.name)
    chips = {
        "models": len(model_map),
        items_of(model_map.probe.get("modality")): model_map.probe.get("images"),
        "method": model_map.method.words,
        "split": model_map.probe.get("split"),
    }
    listed = "".join(f"<li>{h(key)} <b>{h(value)}</b></li>" for key, value in chips.items() if value)
    return (
        f'<header><h1>Which models are alike on {h(data_name(model_map))}?</h1><p class="dim">{h(info.measures)}'
        f' {h(info.misleads)}</p><ul class="chips">{listed}</ul></header>'
    )


def _figure(model_map: ModelMap, kind: Picture, models: Sequence[str] = (), images: Sequence[int] = ()) -> str:
    try:
        picture = draw(model_map, kind, models=models, images=images)
        notes = (*distances(model_map).notes,) if kind != "maps" else ()
    except HubscoreError as error:
        return f'<div class="warn">{h(error.what)}: {h(reason_of(error))}</div>'
    ending, mime = ("png", "image/png") if kind == "maps" else ("svg", "image/svg+xml")
    data = base64.b64encode(encoded(picture, ending)).decode("ascii")
    caption = h(" ".join([CAPTIONS[kind], *(f"{note[0].upper()}{note[1:]}." for note in notes)]))
    return f'<figure><img alt="{h(kind)}" src="data:{mime};base64,{data}"><figcaption>{caption}</figcaption></figure>'


def _nearest(model_map: ModelMap) -> str:
    """Return a table: each model and the models nearest to it, with the similarity."""
    short = dict(zip(model_map.names, short_names(model_map.names), strict=True))
    lines = []
    for name in model_map.names:
        near = neighbours(model_map, name, NEAREST)
        cells = "".join(f'<td class="text">{_near(item, short)}</td>' for item in near)
        lines.append(f'<tr class="group"><td class="model" title="{h(name)}">{h(short[name])}</td>{cells}</tr>')
    head = "".join(f'<th class="text">{place}</th>' for place in range(1, min(NEAREST, len(model_map) - 1) + 1))
    return (
        f'<div class="scroll"><table class="near"><thead><tr><th class="text">model</th>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _near(item: Json, short: dict[str, str]) -> str:
    if item["similarity"] is None:
        return f'<span class="none" title="{h(item["reason"] or "")}">{DASH}</span>'
    breakable = h(short[item["model"]]).replace("/", "/<wbr>").replace("_", "_<wbr>")
    return f'{breakable} <span class="dim">{item["similarity"]:.3f}</span>'


def _skipped(model_map: ModelMap) -> str:
    notes = [f"{item.model} was left out: {item.reason}" for item in model_map.skipped] + list(model_map.notes)
    return f'<ul class="notes">{"".join(f"<li>{h(note)}</li>" for note in notes)}</ul>' if notes else ""


def _record(model_map: ModelMap) -> str:
    models = [{key: value for key, value in facts.items() if key != "path"} for facts in model_map.models.values()]
    record = {"method": model_map.method.to_json(), "probe": model_map.probe, "models": models}
    text = json.dumps(deep_clean(record), indent=1, ensure_ascii=False)
    return (
        "<h2>What it was made of</h2><details><summary>Models, images and"
        f" method</summary><pre>{h_block(text)}</pre></details>"
    )


def h_block(text: str) -> str:
    """Return several lines that HTML shows as they are."""
    return "\n".join(" " * (len(line) - len(line.lstrip())) + h(line) for line in text.splitlines())
