"""Models that not everybody can see on the Hub: found, and left nameless in what is published."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from hubscore.hub.errors import explain_error
from hubscore.hub.retry import retry
from hubscore.publish.cards.targets import who
from hubscore.types import Json

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_REPO = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*", re.ASCII)
_AT_ONCE = 8


def private_models(ranking: Mapping[str, Any], api: HfApi) -> tuple[str, ...]:
    """Return the repos that a ranking names and that the Hub does not show to strangers, in the ranking's order.

    Gated repos are shown, though their files are not. One that is gone or was renamed counts as private, since nobody
    can tell. Of what a search left out, only repos of the user and of the owners of private models are asked about.

    Args:
        ranking: its JSON.
        api: the Hub client; asked without a token, but for the user's name.

    Raises:
        HubError: the Hub could not be asked, so that nobody knows.
    """
    ranked = list(dict.fromkeys(_ranked(ranking)))
    found = _unseen(ranked, api)
    account = who(api)
    owners = {name.partition("/")[0].lower() for name in found} | {
        name.lower() for name in (account.namespaces if account else ())
    }
    others = [
        name
        for name in dict.fromkeys(_left_out(ranking))
        if name.partition("/")[0].lower() in owners and name not in ranked
    ]
    return (*found, *_unseen(others, api))


def without_names(ranking: Mapping[str, Any], models: tuple[str, ...]) -> Json:
    """Return a ranking's JSON in which ``private-1``, ``private-2``, ... stand for models, in every text and key."""
    names = {model.lower(): f"private-{number}" for number, model in enumerate(models, start=1)}
    told = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    named = re.compile(rf"(?<![\w-])(?<!\w\.)(?:{told})(?![\w-]|\.\w)", re.IGNORECASE)

    def renamed(value: Any) -> Any:
        if isinstance(value, str):
            return named.sub(lambda match: names[match[0].lower()], value)
        if isinstance(value, Mapping):
            return {renamed(key): renamed(item) for key, item in value.items()}
        return [renamed(item) for item in value] if isinstance(value, (list, tuple)) else value

    if not names:
        return dict(ranking)
    probe = dict(renamed(ranking.get("probe") or {}))
    if "dataset" in probe:  # it may be called like one of the models
        probe["dataset"] = ranking["probe"]["dataset"]
    return {**renamed(ranking), "probe": probe}


def _ranked(ranking: Mapping[str, Any]) -> Iterator[str]:
    record = ranking.get("record") or {}
    local = [
        str(row["model"]) for row in ranking.get("rows") or () if str(row.get("revision") or "").startswith("local-")
    ]
    rows = [*(ranking.get("rows") or ()), *(ranking.get("skipped") or ()), record.get("reference") or {}]
    names = [
        str(row["model"])
        for row in rows
        if row.get("model") and not str(row.get("revision") or "").startswith("local-")
    ]
    yield from _repos(name for name in (*names, *(record.get("extractions") or ())) if name not in local)


def _left_out(ranking: Mapping[str, Any]) -> Iterator[str]:
    for names in ((ranking.get("record") or {}).get("left_out") or {}).values():
        yield from _repos(names)


def _repos(names: Iterator[str] | list[str]) -> Iterator[str]:
    plain = (str(name).partition("@")[0] for name in names)
    yield from (name for name in plain if _REPO.fullmatch(name))  # a name without an owner is the Hub's own, and public


def _unseen(names: list[str], api: HfApi) -> list[str]:
    if not names:
        return []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [
            name for name, seen in zip(names, pool.map(lambda name: _seen(name, api), names), strict=True) if not seen
        ]


def _seen(name: str, api: HfApi) -> bool:
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError
    from huggingface_hub.utils import httpx

    try:
        return not retry(lambda: api.model_info(name, expand=["private"], token=False)).private
    except RepositoryNotFoundError:
        return False
    except HFValidationError:  # no repo can be called so
        return True
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, name) from error
