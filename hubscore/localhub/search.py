"""Listing repos: filters, order and pages."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from starlette.responses import Response

from hubscore.localhub.bounded_reading import check_plain
from hubscore.localhub.calls import Call
from hubscore.localhub.cards import words
from hubscore.localhub.info import FULL, LISTED, Describer, tags_of, wanted
from hubscore.localhub.refusals import Refusal
from hubscore.localhub.revisions import Repo
from hubscore.localhub.scan import RepoKey

logger = logging.getLogger("hubscore.localhub")

LARGEST_PAGE = 1000
UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
RANGE = re.compile(r"(min|max):(\d+(?:\.\d+)?)([KMBT]?)", re.IGNORECASE)
Filter = Callable[[Describer], bool]
ORDERS: dict[str, Callable[[Describer], Any]] = {
    "downloads": lambda it: it.sidecar.downloads,
    "likes": lambda it: it.sidecar.likes,
    "likes30d": lambda it: it.sidecar.likes,
    "trendingScore": lambda it: it.sidecar.likes,
    "createdAt": lambda it: it.sidecar.created_at,
    "lastModified": Describer.last_modified,
}


def list_repos(call: Call) -> Response:
    """``GET /api/{kind}s``: the repos that pass every filter, one page of them."""
    kind = call.key.kind
    order = ORDERS.get(call.query.get("sort", "trendingScore"))
    if order is None:
        raise Refusal(400, f"sort: {call.query['sort']!r} is none of {', '.join(ORDERS)}")
    extra: tuple[str, ...] = FULL if call.flag("full") else ()
    extra += tuple(name for name in ("cardData", "config") if call.flag(name))
    names = wanted(kind, call.expanded(), LISTED[kind] + extra)
    filters = list(_filters(call))
    found = [it for repo in call.hub.repos(kind, call.user, _named(call)) if (it := _described(call, repo, filters))]
    found.sort(
        key=order, reverse=call.query.get("direction", "-1") != "1"
    )  # stable: equal ones stay in order of their ids
    start = call.number("cursor", 0, 0, 10**9)
    size = call.number("limit", LARGEST_PAGE, 1, LARGEST_PAGE)
    page = [said for it in found[start : start + size] if (said := _said(it, names))]
    return call.page(page, start, size, len(found))


def _described(call: Call, repo: Repo, filters: Sequence[Filter]) -> Describer | None:
    """The repo, if it passes every filter; what is wrong with one never keeps the others from being found."""
    try:
        it = Describer(call.hub, repo)
        return it if all(passes(it) for passes in filters) else None
    except Exception as error:
        _left_out(repo, error)
        return None


def _said(it: Describer, names: tuple[str, ...]) -> dict[str, Any] | None:
    """What is listed of a repo, if it can be sent."""
    try:
        said = it.object(names)
        check_plain(said)
        return said
    except Exception as error:
        _left_out(it.repo, error)
        return None


def _left_out(repo: Repo, error: Exception) -> None:
    why = error.message if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"
    logger.warning("%s is left out of a list: %s", repo.key.url_path, why)


def _named(call: Call) -> Callable[[RepoKey], bool]:
    """What a repo's name alone decides, which is asked first: whoever has other names needs not be read."""
    asked = [word.lower() for text in call.query.getlist("search") for word in text.split()]
    author = call.query.get("author", "").lower()
    return lambda key: author in ("", key.namespace.lower()) and all(word in key.repo_id.lower() for word in asked)


def _filters(call: Call) -> Iterator[Filter]:
    query = call.query
    for tag in (tag for text in query.getlist("filter") for tag in text.split(",") if tag):
        yield _tagged(tag)
    if task := query.get("pipeline_tag"):
        yield lambda it: it.card.task == task
    if library := query.get("library"):
        yield lambda it: it.card.library == library
    if "gated" in query:
        yield lambda it: bool(it.hub.gated(it.repo)) == call.flag("gated")
    if text := query.get("num_parameters"):
        low, high = parameter_range(text)
        yield lambda it: it.card.safetensors is not None and low <= it.card.safetensors["total"] <= high
    for name in ("datasets", "models"):
        for value in query.getlist(name):
            yield _naming(name, value)
    if any(name in query for name in ("inference", "inference_provider", "apps")):
        yield lambda it: False  # nothing is served for inference here


def _tagged(tag: str) -> Filter:
    return lambda it: tag in tags_of(it.card)


def _naming(name: str, value: str) -> Filter:
    return lambda it: value in words(it.card.data.get(name))


def parameter_range(text: str) -> tuple[float, float]:
    """Read ``min:6M,max:1B``.

    Raises:
        Refusal: 400 for anything else.
    """
    low, high = 0.0, float("inf")
    for part in text.split(","):
        match = RANGE.fullmatch(part.strip())
        if not match:
            raise Refusal(400, f"num_parameters: {text!r} does not read like min:6M,max:1B")
        value = float(match[2]) * UNITS[match[3].upper()]
        low, high = (value, high) if match[1].lower() == "min" else (low, value)
    return low, high
