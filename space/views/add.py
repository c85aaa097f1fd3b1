"""Add yours: the command that ranks a visitor's data, and the queue of requests where there is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from install import INSTALL
from markup import columns, table
from notices import notices
from page import Page
from text import h, hub_url, link

_ID = re.compile(r"[\w./-]{1,200}", re.ASCII)


def render(page: Page, requests: Sequence[dict[str, Any]] | None = None) -> str:
    """Return the commands; ``requests`` is the queue, none where this page takes none."""
    dataset = (
        page.chosen.board.dataset if page.chosen.board and _ID.fullmatch(page.chosen.board.dataset) else "user/birds"
    )
    shown, send = page.results.name, "hubscore publish ranking.json --to results"
    here = (
        f" Who may write to {link(page.endpoint, shown, kind='datasets/')}, shown here, adds <code>--results-repo"
        f" {h(shown)}</code>."
    )
    return (
        f'{notices(page)}<p><span class="tag">estimates</span> A ranking is an estimate from a probe of your data, not'
        " an accuracy.</p>"
        f"<h2>Rank models for your data</h2><p>On your machine; your data stays there. A folder with a sub-folder for"
        f" each "
        "class, a CSV or Parquet file, or a data set of the Hub:</p>"
        f"<pre>{h(INSTALL)}\nhubscore rank ./my-data --max-params 50M --out ranking.json</pre>"
        "<p>The same for the data set that is shown here, with candidates of your choice:</p>"
        f"<pre>hubscore rank {h(dataset)} --models ORG/NAME ORG/OTHER --out ranking.json</pre>"
        "<h2>Publish the ranking</h2><p>As a data set of yours, with a page like this one. Without <code>--yes</code>"
        " each command "
        f"shows what would be sent, and sends nothing.{here if hub_url(page.endpoint, shown) else ''}</p>"
        f"<pre>{send} --yes\nhubscore publish --to space --yes</pre>{_queue(page, requests)}"
    )


def _queue(page: Page, requests: Sequence[dict[str, Any]] | None) -> str:
    if requests is None:
        return ""
    lines = "".join(
        f'<tr><th scope="row">{link(page.endpoint, row.get("dataset"), kind="datasets/")}</th>'
        f"<td><b>{h(row.get('status') or '')}</b></td><td>{h(row.get('user') or '')}</td><td>{h(str(row.get('date') or '')[:10])}</td>"
        f"<td>{h(row.get('candidates') or 'the usual ones')}</td></tr>"
        for row in list(requests)[::-1][:100]
    )
    head = columns(("data set", "status", "asked by", "date", "candidates"))
    return f"<h2>Requests</h2>{table('small', head, lines, label='Requests') if lines else '<p class=dim>Nobody has asked yet.</p>'}"
