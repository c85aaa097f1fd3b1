"""A selection of layers as a file: JSON, CSV, HTML, PNG or SVG, by the ending of the name."""

from __future__ import annotations

import base64
import csv
import io
import json
from pathlib import Path

from hubscore.atomic import write_atomically
from hubscore.errors import UsageError
from hubscore.layers.result import CAUTION, Layer, LayerSelection
from hubscore.report import style
from hubscore.report.html_table import h
from hubscore.report.layers_picture import data_name, draw_layers, model_name, short
from hubscore.report.map_html import STYLE, h_block
from hubscore.report.map_pictures import encoded
from hubscore.text import DASH, clean, count, csv_cell, deep_clean, number

ENDINGS = (".json", ".csv", ".html", ".png", ".svg")
_PRE = """
.hubscore pre.code {
  background: var(--soft); border-radius: 8px; padding: 10px 14px; overflow-x: auto; font-size: 12.5px;
}
.hubscore tr.best td { background: rgb(var(--blue) / .12); font-weight: 600; }
"""


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
    title = h(f"Layers of {model_name(found)} on {data_name(found)}")
    picture = base64.b64encode(encoded(draw_layers(found), "svg")).decode("ascii")
    caption = (
        "Each score over the layers, from the input to the representation; the broken line marks the recommended layer."
    )
    parts = [
        _header(found),
        (
            '<figure><img alt="curve over layers"'
            f' src="data:image/svg+xml;base64,{picture}"><figcaption>{caption}</figcaption></figure>'
        ),
        _table(found),
        _freeze(found),
        f'<ul class="notes">{"".join(f"<li>{h(note)}</li>" for note in found.notes)}</ul>' if found.notes else "",
        (
            "<h2>What it was made of</h2><details><summary>Images and"
            f" versions</summary><pre>{h_block(_record(found))}</pre></details>"
        ),
        "<footer>Made by hubscore.</footer>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport"'
        ' content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy"'
        " content=\"default-src 'none'; style-src 'unsafe-inline'; img-src"
        f' data:"><title>{title}</title><style>{style.FRAGMENT}{style.PAGE}{STYLE}{_PRE}</style></head>\n<body'
        f' class="hubscore"><main>{"".join(parts)}</main></body></html>\n'
    )


def _header(found: LayerSelection) -> str:
    guide = found.record["target_network"]
    chips = {
        "images": found.record["images"],
        "layers": len(found.layers),
        "decided by": ", ".join(found.decided_by) or "nothing",
    }
    chips |= {} if guide is None else {"target network": short(guide["model"]), "lambda": found.record["lambda"]}
    listed = "".join(f"<li>{h(key)} <b>{h(value)}</b></li>" for key, value in chips.items())
    best = "No layer is recommended" if found.best is None else f"Estimate: transfer up to {found.best.name}"
    return (
        f"<header><h1>Which layer of {h(model_name(found))} for {h(data_name(found))}?</h1><p><b>{h(best)}</b></p>"
        f'<p class="dim">Chosen: {h(found.rule)}. {h(CAUTION)}.</p><ul class="chips">{listed}</ul></header>'
    )


def _table(found: LayerSelection) -> str:
    names = list(found.directions)
    head = "".join(f"<th>{h(name)}</th>" for name in ("params", "features", *names, "mean percentile"))
    lines = "".join(
        f'<tr class="{"best" if layer.name == found.recommended else "group"}"><td class="model">{h(layer.name)}</td>'
        f"<td>{count(layer.parameters)}</td><td>{layer.width}</td>{''.join(_cell(layer, name) for name in names)}"
        f"<td>{DASH if layer.percentile is None else f'{layer.percentile:.2f}'}</td></tr>"
        for layer in found.layers
    )
    return (
        '<div class="scroll"><table><thead><tr><th'
        f' class="text">layer</th>{head}</tr></thead><tbody>{lines}</tbody></table></div>'
    )


def _cell(layer: Layer, name: str) -> str:
    if name in layer.scores:
        return f"<td>{number(layer.scores[name])}</td>"
    return f'<td><span class="none" title="{h(layer.undefined[name])}">{DASH}</span></td>'


def _freeze(found: LayerSelection) -> str:
    if not found.snippet:
        return ""
    return f'<h2>What to freeze</h2><pre class="code">{h_block(found.snippet)}</pre>'


def _record(found: LayerSelection) -> str:
    return json.dumps(
        deep_clean({"model": found.model, "revision": found.revision, **found.record}), indent=1, ensure_ascii=False
    )


def _csv(found: LayerSelection) -> str:
    rows = found.rows()
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: csv_cell(value) for key, value in row.items()})
    return buffer.getvalue()
