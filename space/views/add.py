"""Add yours: the command that ranks a visitor's data, and the queue of requests where there is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markup import columns, table
from notices import notices
from page import Page
from text import h, link

_ID = re.compile(r"[\w./-]{1,200}", re.ASCII)


def render(page: Page, requests: Sequence[dict[str, Any]] | None = None) -> str:
    """Return the commands; ``requests`` is the queue, none where this page takes none."""
    dataset = page.chosen.board.dataset if page.chosen.board and _ID.fullmatch(page.chosen.board.dataset) else "user/birds"
    target = page.results.name if "/" in page.results.name and _ID.fullmatch(page.results.name) else "YOU/hubscore-results"
    send = f"hubscore publish ranking.json --to results --results-repo {h(target)}"
    return (
        f"{notices(page)}<h3>Rank models for your data</h3><p>On your machine; your images stay there. A folder with a sub-folder for each "
        "class, a CSV or Parquet file, or a data set of the Hub:</p>"
        "<pre>pip install hubscore\nhubscore rank ./my-photos --max-params 50M --out ranking.json</pre>"
        "<p>The same for the data set that is shown here, with candidates of your choice:</p>"
        f"<pre>hubscore rank {h(dataset)} --models ORG/NAME ORG/OTHER --out ranking.json</pre>"
        "<h3>Publish the ranking</h3><p>Without <code>--yes</code> it shows what would be sent, and sends nothing. "
        f"What comes out are estimates, and they are published as such.</p><pre>{send}\n{send} --yes</pre>{_queue(page, requests)}"
    )


def _queue(page: Page, requests: Sequence[dict[str, Any]] | None) -> str:
    if requests is None:
        return ""
    lines = "".join(
        f'<tr><th scope="row">{link(page.endpoint, row.get("dataset"), kind="datasets/")}</th>'
        f"<td>{h(row.get('candidates') or 'default')}</td>"
        f"<td>{h(row.get('user') or '')}</td><td>{h(str(row.get('date') or '')[:10])}</td><td><b>{h(row.get('status') or '')}</b></td></tr>"
        for row in list(requests)[::-1][:100]
    )
    head = columns(("data set", "candidates", "asked by", "date", "status"))
    return f"<h3>Requests</h3>{table('small', head, lines, label='Requests') if lines else '<p class=dim>Nobody has asked yet.</p>'}"
