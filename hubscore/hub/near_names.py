"""Names that look like one that does not exist: repos on the Hub, files of this machine, words of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.hub.listing import KINDS, Kind, exists, list_repos

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_ALIKE = 0.6
_LISTED = 1000
_STEM = 4


def near_names(repo_id: str, api: HfApi, *, kind: Kind = "model") -> list[str]:
    """Return at most two ids on the Hub that look like ``repo_id``: of the same owner, else with such a name; at most
    three requests. A hint is not worth an error of its own.
    """
    from huggingface_hub.utils import httpx

    owner, _, name = repo_id.rpartition("/")
    searches: list[dict[str, str]] = [{"author": owner}] if owner else []
    searches += [{"search": name}, {"search": name[:_STEM]}]
    try:
        for asked in searches:
            listing = list_repos(api, kind, sort="downloads", limit=_LISTED, **asked)
            near = _most_alike(repo_id, [str(one["id"]) for one in listing])
            if near:
                return near
    except (OSError, ValueError, TypeError, httpx.HTTPError):
        return []
    return []


def near_owners(owner: str, api: HfApi) -> list[str]:
    """Return users and organisations with models whose name looks like one, that one first where it is right."""
    from huggingface_hub.utils import httpx

    try:
        listing = list_repos(api, search=owner[: _STEM - 1], limit=_LISTED)
        return near_words(owner, dict.fromkeys(str(one["id"]).rpartition("/")[0] for one in listing))
    except (OSError, ValueError, TypeError, httpx.HTTPError):
        return []


def other_kind(repo_id: str, api: HfApi, *, kind: Kind) -> Kind | None:
    """Return what a repo is that is not of ``kind``, or none where there is no such repo at all."""
    from huggingface_hub.utils import httpx

    try:
        return next((other for other in KINDS if other != kind and exists(api, repo_id, other)), None)
    except (OSError, ValueError, httpx.HTTPError):
        return None


def near_paths(name: str, endings: Collection[str] = ()) -> list[str]:
    """Return the files and folders beside ``name`` that are called alike, written as ``name`` is.

    Args:
        name: a path that does not exist.
        endings: of the files that count, in lower case; none counts otherwise, folders do.
    """
    path = Path(name).expanduser()
    try:
        beside = [one for one in path.parent.iterdir() if one.is_dir() or one.suffix.lower() in endings]
    except OSError:
        return []
    near = near_words(path.name, [one.name for one in beside if not one.name.startswith(".")])
    typed = name.rstrip("/")
    return [typed[: len(typed) - len(path.name)] + one for one in near]


def near_words(word: str, known: Iterable[str], count: int = 2) -> list[str]:
    """Return the known words that look like one: those that begin with it first.

    Example:
        >>> near_words("apache", ["mit", "apache-2.0"]), near_words("image-clasification", ["image-classification"])
        (['apache-2.0'], ['image-classification'])
    """
    spelled = {one.lower(): one for one in known}
    begun = sorted(one for one in spelled if len(word) > 2 and one.startswith(word.lower()))
    alike = get_close_matches(word.lower(), spelled, n=count, cutoff=_ALIKE)
    return [spelled[one] for one in dict.fromkeys([*begun, *alike])][:count]


def did_you_mean(near: Iterable[str]) -> str:
    """Return the question, or nothing where nothing is near.

    Example:
        >>> did_you_mean(["org/net", "org/nets"]), did_you_mean([])
        ('did you mean org/net or org/nets?', '')
    """
    names = " or ".join(near)
    return f"did you mean {names}?" if names else ""


def _most_alike(repo_id: str, ids: list[str]) -> list[str]:
    """Return the two most alike, the most downloaded first among equals."""
    likeness = {other: _likeness(repo_id.lower(), other.lower()) for other in ids}
    least = max(_ALIKE, max(likeness.values(), default=0) - 0.1)
    return [other for other in sorted(ids, key=lambda other: -likeness[other]) if likeness[other] >= least][:2]


def _likeness(wanted: str, other: str) -> float:
    """Return how much two ids are alike, 0 to 1; one that goes on behind the name that was typed is nearly it."""
    owner, _, name = wanted.rpartition("/")
    other_owner, _, other_name = other.rpartition("/")
    if name == other_name:
        return 1.0
    if other_name.startswith(name) and not other_name[len(name)].isalnum():
        return 0.9
    pairs = [(name, other_name)] if owner == other_owner else [(wanted, other)]
    if not owner:
        pairs += [(name, other_name), (name, other_name[: len(name)])]
    return max(SequenceMatcher(None, *pair).ratio() for pair in pairs)
