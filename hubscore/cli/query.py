"""The search options as a query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hubscore.errors import UsageError

if TYPE_CHECKING:
    from hubscore.candidates.query import Query


def query_from(
    models: Sequence[str] | None,
    *,
    search: str | None,
    task: str | None,
    library: Sequence[str] | None,
    license: Sequence[str] | None,
    max_params: str | None,
    min_params: str | None,
    author: str | None,
    tag: Sequence[str] | None,
    base_model: str | None,
    sort: str | None,
    limit: int | None,
    diverse: bool | None,
) -> Query | None:
    """Return what to search for, or none when the models are named.

    Raises:
        UsageError: models are named and searched for at once, or a value cannot be read.
    """
    from hubscore.candidates.query import Query, parse_count

    asked: dict[str, Any] = {
        "search": search,
        "task": task,
        "libraries": tuple(library) if library else None,
        "licenses": tuple(license) if license else None,
        "author": author,
        "tags": tuple(tag) if tag else None,
        "base_model": base_model,
        "sort": sort,
        "limit": limit,
        "diverse": diverse,
    }
    given = {key: value for key, value in asked.items() if value is not None}
    for name, text in (("max_params", max_params), ("min_params", min_params)):
        if text is not None:
            given[name] = parse_count(text, f"--{name.replace('_', '-')}")
    if models and given:
        first = next(iter(given))
        option = "--" + {"libraries": "library", "licenses": "license", "tags": "tag"}.get(first, first).replace(
            "_", "-"
        )
        raise UsageError(
            f"--models and {option} exclude each other",
            "--models names the candidates, so nothing is searched",
            "drop one",
        )
    return None if models else Query(**given)
