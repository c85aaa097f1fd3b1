"""The leaderboard as one page without a server: the same data inside, sorted and filtered by the reader's browser."""

from __future__ import annotations

import hashlib
import html
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from runpy import run_path
from typing import TYPE_CHECKING, Any

from hubscore.column_table import TableColumn, columns_in
from hubscore.install import INSTALL
from hubscore.modalities.nouns import in_nouns_of
from hubscore.modalities.registry import DEFAULT
from hubscore.publish.space.folder import app_folder
from hubscore.results.kinds import kinds_of
from hubscore.results.leaderboard import BOARD, GROUPS
from hubscore.results.union import ALL
from hubscore.text import clean
from hubscore.types import Json

if TYPE_CHECKING:
    from hubscore.results.read import Results

_CARD = """---
title: hubscore leaderboard
emoji: 🎯
colorFrom: blue
colorTo: indigo
sdk: static
app_file: index.html
pinned: false
license: apache-2.0
short_description: Which checkpoint should transfer best to data like yours?
datasets:
- {repo}
tags:
- leaderboard
- hubscore
---
# hubscore leaderboard

Estimates of how well pre-trained checkpoints transfer to data sets, from [{repo}](https://huggingface.co/datasets/{repo}).
None of the numbers is an accuracy, but for those that say *measured*.
`hubscore publish --to space --results-repo {repo} --yes` brings this page up to date.
"""
SCRIPTS = ("data", "state", "select", "controls", "notes", "ranking", "plot", "compare", "main")
"""The parts of the page's script, in the order in which they run."""
_DIGITS = 6
_MARK = re.compile("@(TITLE|STYLE|SCRIPT|DATA|INSTALL)@")


def static_files(results: Results, endpoint: str) -> dict[str, bytes]:
    """Return the files of a static Space."""
    return {"index.html": static_page(results, endpoint), "README.md": _CARD.format(repo=results.source).encode()}


def static_page(results: Results, endpoint: str) -> bytes:
    """Return ``index.html``: nothing is loaded from elsewhere, and no text of the data is ever read as markup.

    Numbers have six digits. Its address holds what is shown, under the names that the Gradio Space has.

    Args:
        results: what it shows.
        endpoint: the Hub that links lead to.
    """
    folder = files("hubscore.publish.space").joinpath("static_page")
    scripts = [folder.joinpath(f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS]
    parts = {
        "TITLE": html.escape(results.source),
        "INSTALL": html.escape(INSTALL),
        "STYLE": folder.joinpath("page.css").read_text(encoding="utf-8"),
        "SCRIPT": "\n".join(scripts),
        "DATA": _inside_script(page_data(results, endpoint)),
    }
    page = folder.joinpath("page.html").read_text(encoding="utf-8")
    return _MARK.sub(lambda found: parts[found[1]], page).encode()  # in one go: the data may hold such a mark


def page_data(results: Results, endpoint: str) -> dict[str, Any]:
    """Return what the page holds: lines by run, what each score measures, and what columns are called."""
    table = results.table
    rows = table.to_pylist()
    columns = [name for name in table.column_names if any(row[name] is not None for row in rows)]
    described = {name: _words(facts) for name, facts in results.scores.items()}
    kinds = kinds_of(results)
    groups = {group: [name.removeprefix(group) for name in columns if name.startswith(group)] for group in GROUPS}
    groups["score_"].sort(key=lambda name: list(described).index(name) if name in described else len(described))
    return {
        "source": results.source,
        "endpoint": endpoint,
        "columns": columns,
        "groups": groups,
        "runs": [*_runs(rows, columns), *_unions(results, columns)],
        "modalities": {run: kind for run, kind in kinds.items() if kind != DEFAULT},
        "facts": [_fact(column, "space") for column in columns_in("space")],
        "compare": [_fact(column, "compare") for column in columns_in("compare")],
        "scores": described,
        "worded": {kind: _worded(described, kind) for kind in sorted(set(kinds.values()) - {DEFAULT})},
        "commercial": _commercial({row["license"] for row in rows}),
    }


def _commercial(licences: Collection[str | None]) -> list[str]:
    """Return which of these licences allow commercial use, as the Gradio Space has it: its own file decides."""
    allows = run_path(str(app_folder() / "licences.py"))["allows_commercial_use"]
    return sorted(licence for licence in licences if licence and allows(licence))


def _runs(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the lines of each run."""
    parts: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        parts.setdefault((*(row[name] for name in BOARD), row["run"]), []).append(row)
    return [_lines(str(key[-1] or ""), key[:-1], lines, columns) for key, lines in parts.items()]


def _unions(results: Results, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the runs over the same rows as one, where there are several."""
    found: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in results.together.to_pylist():
        found.setdefault(tuple(row[name] for name in BOARD), []).append(row)
    table = results.table
    parts = zip(*(table[name].to_pylist() for name in (*BOARD, "run")), strict=True)
    runs = Counter(key[:-1] for key in set(parts))
    return [_lines(ALL, key, lines, columns) for key, lines in found.items() if runs[key] > 1]


def _lines(run: str, board: Sequence[str | None], lines: list[Mapping[str, Any]], columns: Sequence[str]) -> Json:
    """Return lines: a value that all of them share once, and the others as lists."""
    values = {name: [_plain(line.get(name)) for line in lines] for name in columns}
    same = {name: told[0] for name, told in values.items() if all(one == told[0] for one in told)}
    listed = {name: _packed(told) for name, told in values.items() if name not in same}
    same = {name: value for name, value in same.items() if value is not None}
    return {"id": run, "key": board_key(board), "count": len(lines), "same": same, "columns": listed}


def board_key(facts: Sequence[str | None]) -> str:
    """Return how an address names a data set and its rows; the same as in the Gradio Space.

    Args:
        facts: data set, configuration, split, revision and fingerprint.

    Example:
        >>> board_key(("user/birds", None, "train", "a" * 40, "f" * 64))
        'user/birds~ea33977d'
    """
    told = [clean(fact or "") for fact in facts]
    return f"{told[0]}~{hashlib.sha256(chr(0).join(told).encode()).hexdigest()[:8]}"


def _packed(values: list[Any]) -> Any:
    """Return texts that come several times once each, with where they stand."""
    different = list(dict.fromkeys(values))
    if not any(isinstance(value, str) for value in different) or 2 * len(different) > len(values):
        return values
    places = {value: place for place, value in enumerate(different)}
    return {"of": different, "at": [places[value] for value in values]}


def _fact(column: TableColumn, place: Any) -> dict[str, Any]:
    """Return what the page needs to know about a column."""
    return {
        "name": column.flat_names("leaderboard")[0],
        "title": column.title_in(place),
        "text": column.kind == "text",
        "count": column.show in ("count", "bytes"),
        "tenths": column.show in ("tenths", "seconds"),
        "unit": column.unit,
        "ascending": column.sort == "ascending",
    }


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def _words(facts: Any) -> dict[str, str]:
    words = (
        facts.get("plain_words")
        if isinstance(facts.get("plain_words"), dict)
        else {"measures": facts.get("plain_words") or ""}
    )
    told = {
        "title": facts.get("title"),
        "direction": facts.get("direction"),
        "range": facts.get("range"),
        "paper": facts.get("paper"),
        **words,
    }
    return {key: str(value) for key, value in told.items() if value}


def _worded(described: Mapping[str, Mapping[str, str]], modality: str) -> Json:
    """Return what is said otherwise of scores where they ranked another kind of items, by name."""
    said = {
        name: {key: new for key, text in words.items() if (new := in_nouns_of(modality, text)) != text}
        for name, words in described.items()
    }
    return {name: words for name, words in said.items() if words}


def _inside_script(data: Any) -> str:
    """Return JSON that no HTML parser sees the end of a script in."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
