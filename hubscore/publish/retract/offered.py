"""Where pull requests of one's own may wait that another machine opened: the models of one's published runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hubscore.errors import DatasetError, StorageError, reason_of
from hubscore.hub.retry import retry
from hubscore.publish.cards.left_alone import readable, status_code
from hubscore.publish.retract.publishers import Publishers
from hubscore.results.names import HUB_ID, NAMELESS
from hubscore.results.read import read_repo
from hubscore.text import amount, clean

if TYPE_CHECKING:
    from huggingface_hub import HfApi

MOST_ASKED = 500
"""Models that the Hub is asked about, those of the best places."""
_AT_ONCE = 8
_OPEN = ("open", "draft")
_NOT_THERE = (401, 403, 404, 410)


@dataclass(frozen=True)
class Offered:
    """Repos on which a pull request of one person waits, and how they were looked for.

    Attributes:
        repos: in order.
        words: where was looked, and where not.
    """

    repos: tuple[str, ...]
    words: tuple[str, ...]


def offered(api: HfApi, user: str, places: Sequence[str], known: Collection[str]) -> Offered:
    """Return the models of a person's published runs on which a pull request by that person waits.

    Args:
        api: the Hub client.
        user: whose runs, and whose pull requests.
        places: results data sets; one that is not there, or cannot be read, has no runs.
        known: repos that are looked at anyway, and are not asked about.

    Raises:
        HubError: the Hub refused, failed or cannot be reached.
    """
    best: dict[str, float] = {}
    there, unread = list[str](), list[str]()
    for place in places:
        try:
            runs, found = _ranked(api, user, place)
        except DatasetError:
            continue
        except StorageError as error:
            unread.append(f"{clean(place)}, which cannot be read: {reason_of(error)}")
            continue
        there += [f"{amount(runs, 'run', 'runs')} of yours in {clean(place)}"] if runs else []
        for model, rank in found:
            best[model] = min(rank, best.get(model, rank))
    models = [model for model in sorted(best, key=lambda name: (best[name], name)) if model not in known]
    asked, rest = models[:MOST_ASKED], models[MOST_ASKED:]
    looked = [f"{amount(len(known), 'repo', 'repos')} on which this machine opened any"]
    looked += [f"{amount(len(asked), 'model', 'models')} of {' and '.join(there)}"] if there else []
    missed = ["models of results elsewhere (--results-repo ID), or of runs that were retracted", *unread]
    missed += [f"{amount(len(rest), 'model', 'models')} behind these"] if rest else []
    words = (
        f"Looked for open pull requests of yours at {', and at '.join(looked)}.",
        f"Not at {'; '.join(missed)}: hubscore retract ORG/NAME --from prs looks at one repo.",
    )
    return Offered(tuple(sorted(waiting(api, user, asked))), words)


def waiting(api: HfApi, user: str, models: Sequence[str]) -> list[str]:
    """Return the repos on which an open pull request of a person's waits, each asked once; those too that did not
    answer, so that whoever looks at them in full says why.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        waits = list(pool.map(lambda model: _waits(api, model, user), models))
    return [model for model, one in zip(models, waits, strict=True) if one]


def models_in(rows: Iterable[tuple[object, object]]) -> list[str]:
    """Return the repos of a ranking's rows, given as model and revision; folders and nameless models are none."""
    named = ((str(model).partition("@")[0], str(revision or "")) for model, revision in rows)
    return [
        model
        for model, revision in named
        if HUB_ID.fullmatch(model) and not NAMELESS.fullmatch(model) and not revision.startswith("local-")
    ]


def _ranked(api: HfApi, user: str, place: str) -> tuple[int, list[tuple[str, float]]]:
    """Return how many runs of one's own a results data set has, and their models with their ranks."""
    results = read_repo(place, api)
    mine = set(Publishers(api, place, results.revision or "main").by(user, results.run_ids))
    table = results.table
    lines = zip(*(table[name].to_pylist() for name in ("run", "model", "model_revision", "rank")), strict=True)
    found = [
        (name, float("inf") if rank is None else float(rank))
        for run, model, revision, rank in lines
        if run in mine
        for name in models_in([(model, revision)])
    ]
    return len(mine), found


def _waits(api: HfApi, repo: str, user: str) -> bool:

    def look() -> bool:
        talks = api.get_repo_discussions(repo, author=user, discussion_type="pull_request")
        return any(talk.status in _OPEN for talk in talks)

    try:
        return retry(lambda: readable(look))
    except Exception as error:  # whatever it is, looking at the repo in full says it
        return status_code(error) not in _NOT_THERE
