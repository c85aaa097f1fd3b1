"""The leaderboard as one page without a server: the same data inside, sorted and filtered by the reader's browser."""

from __future__ import annotations

import html
import json
import math
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hubscore.column_table import TableColumn, columns_in

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
None of the numbers is an accuracy.
`hubscore publish --to space --results-repo {repo} --yes` brings this page up to date.
"""


def static_files(results: Results, endpoint: str) -> dict[str, bytes]:
    """Return the files of a static Space."""
    return {"index.html": static_page(results, endpoint), "README.md": _CARD.format(repo=results.source).encode()}


def static_page(results: Results, endpoint: str) -> bytes:
    """Return ``index.html``: nothing is loaded from elsewhere, and no text of the data is ever read as markup.

    Args:
        results: what it shows.
        endpoint: the Hub that links lead to.
    """
    rows = results.table.to_pylist()
    columns = (
        [name for name in results.table.column_names if any(row[name] is not None for row in rows)] if rows else []
    )
    data = {
        "source": results.source,
        "endpoint": endpoint,
        "columns": columns,
        "rows": [[_plain(row[name]) for name in columns] for row in rows],
        "facts": [_fact(column) for column in columns_in("space")],
        "scores": {name: _words(facts) for name, facts in results.scores.items()},
    }
    page = files("hubscore.publish.space").joinpath("static.html").read_text(encoding="utf-8")
    before, _, after = page.partition("@DATA@")  # not replace(): the data may hold the mark
    return (before.replace("@TITLE@", html.escape(results.source)) + _inside_script(data) + after).encode()


def _fact(column: TableColumn) -> dict[str, Any]:
    """Return what the page needs to know about a column."""
    name = column.flat_names("leaderboard")[0]
    return {
        "name": name,
        "title": column.title_in("space"),
        "text": column.kind == "text",
        "count": column.show == "count",
        "ascending": column.sort == "ascending",
    }


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


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


def _inside_script(data: Any) -> str:
    """Return JSON that no HTML parser sees the end of a script in."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
