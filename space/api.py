"""What programs read: the lines of a board as an API endpoint and as CSV, under the same filters as the page."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import gradio as gr
import pandas as pd
from boards import sort_column
from page import Page, Pages
from pins import listed
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Route
from starlette.types import Scope
from state import State, parse, renamed
from text import ESTIMATES, clean

_MOST = 10_000


def leaderboard(pages: Pages) -> Callable[..., dict[str, Any]]:
    """Return the function behind ``/leaderboard``."""

    def rows(
        data: str = "",
        run: str = "",
        search: str = "",
        license: list[str] | None = None,
        library: list[str] | None = None,
        family: list[str] | None = None,
        min_parameters: str = "",
        max_parameters: str = "",
        sort: str = "rank",
        reverse: bool = False,
        limit: int = 1000,
    ) -> dict[str, Any]:
        """Return the models of one data set with their estimates, in the order of the page.

        ``data`` is a data set's id or a board's key (the newest board when empty), ``run`` is a run's id (when empty,
        all runs over the same rows together, each row with its own ``run`` and ``publisher``), sizes are written 25M,
        and ``sort`` is rank, a score's name or a fact. Models that share a tie_group cannot be told apart. What is not
        there is an error, not another row.
        """
        state = State(
            data=data,
            run=run,
            search=search,
            licenses=tuple(license or ()),
            libraries=tuple(library or ()),
            families=tuple(family or ()),
            smallest=min_parameters,
            largest=max_parameters,
            sort=sort,
            reverse=reverse,
        )
        page = pages.open(state)
        if problem := refusal(page):
            raise gr.Error(problem, print_exception=False)
        board = page.chosen.board
        return {
            "note": ESTIMATES,
            "problem": page.results.problem,
            "data": board.key if board else None,
            "run": page.chosen.run or None,
            "boards": {each.key: each.title for each in page.boards},
            "total": len(page.chosen.shown),
            "rows": _records(page.chosen.shown.iloc[: max(0, min(limit, _MOST))]),
        }

    return rows


def refusal(page: Page) -> str:
    """Return why a program does not get what it asked for, empty where it does: it reads no warnings."""
    state, chosen = page.state, page.chosen
    if page.gone or state.unread or chosen.board is None:
        return page.gone or (f"{state.unread[0]!r} is not a size; write 25M" if state.unread else "")
    return (
        ""
        if state.sort == "rank" or sort_column(chosen.rows, state.sort) != "rank"
        else f"{state.sort!r} is not a column here"
    )


def flat(page: Page) -> pd.DataFrame:
    """Return the lines that are shown, pinned ones first, with the columns of the results that hold something."""
    rows = listed(page).drop(columns=["place", "shared"])
    every = page.chosen.rows
    return rows[[name for name in rows if name in ("rank", "tie_group", "model") or _filled(every[name])]]


def _filled(values: pd.Series) -> bool:
    return bool((values.notna() & (values.astype(object) != "")).any())


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    told = rows.drop(columns=["place", "shared"]).to_dict("records")
    return [{name: None if value != value or value == "" else value for name, value in row.items()} for row in told]


def csv(page: Page) -> str:
    """Return the lines that are shown as CSV; no cell begins like a formula."""
    rows = flat(page)
    for name in rows:
        if rows[name].dtype.kind not in "iufb":
            rows = rows.assign(**{name: rows[name].map(_harmless)})
    buffer = io.StringIO()
    rows.to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def _harmless(cell: object) -> str:
    told = clean(cell)
    return f"'{told}" if told[:1] and told[0] in "=+-@" else told


class OlderAddress(Route):
    """The page under an address of names that the framework has itself; every other address is not its business."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what an older page wrote into the address bar."""
        asks = scope["type"] == "http" and renamed(scope["query_string"].decode("latin-1")) is not None
        return super().matches(scope) if asks else (Match.NONE, {})


def routes(pages: Pages) -> list[Route]:
    """Return ``GET /leaderboard.csv?...``, which takes the query of the page, and what sends older addresses on."""

    def download(request: Request) -> Response:
        page = pages.open(parse(request.url.query))
        if problem := refusal(page):
            return PlainTextResponse(problem, 404)
        name = (page.chosen.board.dataset if page.chosen.board else "empty").replace("/", "-")
        safe = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "-_."))
        header = {"Content-Disposition": f'attachment; filename="hubscore-estimates-{safe}.csv"'}
        return Response(csv(page), media_type="text/csv; charset=utf-8", headers=header)

    def send_on(request: Request) -> Response:
        return RedirectResponse(f"?{renamed(request.url.query)}", 307)  # relative: a proxy may have cut off a prefix

    return [Route("/leaderboard.csv", download), OlderAddress("/", send_on)]
