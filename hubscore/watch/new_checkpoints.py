"""What is new on the Hub since the last look, and fits the search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from hubscore.candidates.filters import CandidateFilter
from hubscore.candidates.from_repo_info import candidate_from_repo_info
from hubscore.candidates.query import Query
from hubscore.candidates.repo_info import RepoInfo, repo_info
from hubscore.candidates.search import EXPAND, UNREADABLE, hub_filters, tasks_of
from hubscore.candidates.sizes import weight_hashes
from hubscore.errors import CandidateError, HubError, HubscoreError
from hubscore.hub.errors import explain_error
from hubscore.hub.listing import list_repos
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import DEFAULT, MODALITIES
from hubscore.types import Candidate
from hubscore.watch.payload import Trigger
from hubscore.watch.state import AttemptedCheckpoint, State, utc

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@dataclass(frozen=True)
class NewCheckpoints:
    """What a look at the Hub came to.

    Attributes:
        candidates: new ones, the longest waiting first.
        tried: what to remember of everything that was judged and is not worth a second look at the same commit.
        left_out: names that changed and do not qualify, by reason.
        since: how far the Hub is known now.
        waiting: how many more changed and are left for the next look.
        missed: more changed than ``query.scan`` allows to look at, so that the oldest were not seen.
    """

    candidates: tuple[Candidate, ...]
    tried: dict[str, AttemptedCheckpoint]
    left_out: dict[str, list[str]]
    since: datetime
    waiting: int = 0
    missed: bool = False


@dataclass
class _Search:
    """One look at the Hub."""

    query: Query
    state: State
    api: HfApi
    modality: Modality
    families: frozenset[str]
    left_out: dict[str, list[str]] = field(default_factory=dict)
    tried: dict[str, AttemptedCheckpoint] = field(default_factory=dict)

    def judge(self, info: RepoInfo) -> Candidate | None:
        """Return the candidate that a repo is, or note why it is none."""
        try:
            candidate, reason = self._qualify(info)
        except HubscoreError:
            raise
        except Exception:  # one repo never stops a watch
            candidate, reason = None, UNREADABLE
        if reason:
            self.left_out.setdefault(reason, []).append(info.name)
        return candidate

    def _qualify(self, info: RepoInfo) -> tuple[Candidate | None, str]:
        known = self.state.tried.get(info.name)
        if known is not None and known.revision == info.revision:
            return None, ""
        reason = CandidateFilter(self.query, self.api, self.modality).reason_against(info)
        if reason is not None:
            return None, reason
        candidate = candidate_from_repo_info(info, modality=self.modality)
        if self.query.diverse and candidate.family in self.families and known is None:
            return None, "same architecture family as a ranked one"
        return self._unless_copy(candidate, known)

    def _unless_copy(self, candidate: Candidate, known: AttemptedCheckpoint | None) -> tuple[Candidate | None, str]:
        try:
            weights = weight_hashes(candidate, self.api)
        except CandidateError:
            return None, "gone meanwhile"
        if weights and known is not None and weights == known.weights:
            self.tried[candidate.repo_id] = AttemptedCheckpoint(candidate.revision, weights)
            return None, "new commit, same weights"
        everybody = {**self.state.tried, **self.tried}
        if weights and any(one.weights == weights for name, one in everybody.items() if name != candidate.repo_id):
            self.tried[candidate.repo_id] = AttemptedCheckpoint(candidate.revision, weights)
            return None, "same weights as a known one"
        self.tried[candidate.repo_id] = AttemptedCheckpoint(candidate.revision, weights)
        return candidate, ""


def find_new_checkpoints(
    query: Query,
    state: State,
    *,
    api: HfApi,
    modality: str = DEFAULT,
    families: frozenset[str] = frozenset(),
    trigger: Trigger | None = None,
) -> NewCheckpoints:
    """Look for checkpoints that appeared, or whose weights changed, since the last look.

    Args:
        query: which are wanted; ``limit`` is how many at most are taken in one look, ``sort`` does not matter.
        state: what is known.
        api: the Hub client.
        modality: of the data set; a bare query is about its own tasks.
        families: architecture families that are ranked already, for ``diverse``.
        trigger: look at this repo only.

    Raises:
        HubError: the Hub refused, failed or cannot be reached.
    """
    wanted = MODALITIES.get(modality)
    tasks = tasks_of(query, wanted)
    found = [pair for task in tasks for pair in _changed(query, state, api, task, trigger)]
    changed = sorted(found, key=lambda pair: pair[0])
    search = _Search(query, state, api, wanted, families)
    candidates: list[Candidate] = []
    since, waiting = state.since, 0
    for date, info in changed:
        if len(candidates) == query.limit:
            waiting += 1
            continue
        candidate = search.judge(info)
        if candidate is not None:
            candidates.append(candidate)
        # A webhook is about one repo; what else changed before it is not known yet.
        since = since if trigger is not None else max(since, date)
    return NewCheckpoints(
        tuple(candidates), search.tried, search.left_out, since, waiting, missed=len(changed) > query.scan
    )


def _changed(
    query: Query, state: State, api: HfApi, task: str, trigger: Trigger | None
) -> Iterator[tuple[datetime, RepoInfo]]:
    """Yield the repos that changed, from the Hub's listing: it filters by what only the Hub knows."""
    from huggingface_hub.utils import httpx

    filters = hub_filters(query, task)
    if trigger is not None:
        owner = trigger.repo_id.rpartition("/")[0]
        if query.author and owner.lower() != query.author.lower():
            return
        filters["author"] = owner or None
    try:
        listing = list_repos(api, **filters, sort="last_modified", expand=[*EXPAND, "lastModified"])
        for number, answer in enumerate(listing):
            date = _date(answer.get("lastModified")) or state.since
            if date < state.since and trigger is None:
                return
            if number > query.scan:  # one too many tells the caller that it was not all
                return
            if trigger is None or answer["id"].lower() == trigger.repo_id.lower():
                yield date, repo_info(answer)
            if trigger is not None and answer["id"].lower() == trigger.repo_id.lower():
                return
    except (OSError, ValueError, TypeError, httpx.HTTPError) as error:
        known = explain_error(error, "")
        raise HubError("The Hub could not be searched", known.why, known.fix, code=known.code) from error


def _date(text: object) -> datetime | None:
    """Return a date as the Hub writes it, none for anything else."""
    from huggingface_hub.utils import parse_datetime

    try:
        return utc(parse_datetime(text)) if isinstance(text, str) else None
    except ValueError:
        return None


def watch_query(query: Query) -> Query:
    """Return a search as a watch means it: the most popular twenty would hardly ever change, and a family that is
    ranked already may still bring a better checkpoint, so neither popularity nor families choose unless the person says
    so.
    """
    return replace(query, diverse=bool(query.diverse))
