"""What a ranking by hired machines would be: candidates shared out over jobs, and what they cost."""

from __future__ import annotations

import heapq
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.errors import HubError, HubscoreError, UsageError
from hubscore.hub.addresses import repo_named
from hubscore.hub.client import hub_api
from hubscore.hub.near_names import near_words
from hubscore.run.job_command import check_can_travel
from hubscore.run.job_options import JobOptions
from hubscore.run.race_rules import FROM
from hubscore.run.rank_options import RankOptions
from hubscore.run.recommended import find_recommended
from hubscore.run.session import Session
from hubscore.run.validation import needs_layers
from hubscore.text import amount, clean, duration
from hubscore.types import Candidate, Skipped

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")
_PER = {"second": 1.0, "minute": 60.0, "hour": 3600.0}


@dataclass(frozen=True)
class Share:
    """What one job does: its candidates, and how long they take, by this machine's speed."""

    candidates: tuple[Candidate, ...]
    seconds: float
    out: str


@dataclass(frozen=True)
class JobPlan:
    """What is asked before anything is hired.

    Attributes:
        dataset: its id on the Hub.
        flavor: of the hardware.
        price: of one job, in US dollars a second; none where the Hub lists no price.
        seconds: after which a job ends.
        shares: one per job.
        repo: where the jobs leave their runs.
        skipped: candidates that no job gets.
    """

    dataset: str
    flavor: str
    price: float | None
    seconds: float
    shares: tuple[Share, ...]
    repo: str
    skipped: tuple[Skipped, ...]

    @property
    def text(self) -> str:
        """What it is and what it costs, in words; costs by this machine's speed are estimates."""
        models = amount(sum(len(share.candidates) for share in self.shares), "model", "models")
        work = sum(share.seconds for share in self.shares)
        lines = [
            f"{amount(len(self.shares), 'job', 'jobs')} on {self.flavor} for {models}, about {duration(work)} of work"
            f" at this machine's speed; each job ends after {duration(self.seconds)}.",
            f"Their runs, with the name of your data, go to {self.repo}, a private data set.",
            "Each job gets your token, as a secret.",
        ]
        if sum(len(share.candidates) for share in self.shares) > FROM:
            lines.append("No race: each job sees its own share only, and runs all of it over all rows.")
        if self.price is None:
            return "\n".join([*lines, "What they cost is not listed."])
        most = self.price * self.seconds * len(self.shares)
        likely = min(most, self.price * work)
        each = f"${self.price * 60:.4f} a minute and job"
        return "\n".join([*lines, f"{each}: about ${likely:.2f}, an estimate, and ${most:.2f} at most."])


def plan_jobs(session: Session, dataset: str, ranking: RankOptions, hired: JobOptions) -> JobPlan:
    """Find the candidates here, and share them out, the longest first; nothing is hired.

    Raises:
        UsageError: hired machines could not do it, or there is no such hardware.
        HubError: the Hub has no jobs, or refused.
    """
    check_can_travel(dataset, (), ranking)
    api = hub_api(session.run.token)
    assert hired.on is not None
    price = price_of(api, hired.on)
    session.check_models()
    probe = session.preview_probe(dataset, labels_required=not session.data.unlabeled)
    found = find_recommended(session, ranking, probe).found
    check_can_travel(dataset, found.candidates, ranking)
    layers = needs_layers(ranking.scores, layers=ranking.layers, unlabeled=session.data.unlabeled)
    plan = session.plan(found, len(probe) * ranking.probes, layers=layers)
    seconds = {row.model: row.seconds or 0.0 for row in plan.rows}
    repo = repo_named(hired.jobs_repo, "dataset", api.endpoint) if hired.jobs_repo else f"{_user(api)}/hubscore-jobs"
    shares = share_out(found, seconds, hired.jobs)
    return JobPlan(dataset, hired.on, price, hired.seconds, shares, repo, found.skipped)


def share_out(found: CandidateSet, seconds: Mapping[str, float], jobs: int) -> tuple[Share, ...]:
    """Share candidates out: each in turn, the longest first, to the job that has the least to do so far.

    Example:
        >>> a, b, c = (Candidate(name, "0" * 40, "timm") for name in ("o/a", "o/b", "o/c"))
        >>> shares = share_out(CandidateSet((a, b, c)), {"o/a": 5.0, "o/b": 1.0, "o/c": 2.0}, 2)
        >>> [[one.repo_id for one in share.candidates] for share in shares]
        [['o/a'], ['o/c', 'o/b']]
    """
    run, jobs = secrets.token_hex(4), min(jobs, len(found.candidates))
    heap = [(0.0, 0, number, list[Candidate]()) for number in range(jobs)]
    for one in sorted(found.candidates, key=lambda one: (-seconds.get(one.repo_id, 0.0), one.repo_id)):
        least, count, number, mine = heapq.heappop(heap)
        mine.append(one)
        heapq.heappush(heap, (least + seconds.get(one.repo_id, 0.0), count + 1, number, mine))
    shares = sorted(heap, key=lambda share: share[2])
    return tuple(Share(tuple(mine), total, f"run-{run}-{number + 1}.json") for total, _, number, mine in shares)


def price_of(api: HfApi, flavor: str) -> float | None:
    """Return what a second costs.

    Raises:
        UsageError: there is no such hardware.
    """
    listed = {one.name: one for one in ask_jobs(api.list_jobs_hardware)}
    if flavor not in listed:
        near = near_words(flavor, list(listed)) or sorted(listed)
        raise UsageError(f"There is no hardware {flavor!r}", f"there is {', '.join(listed)}", f"--on {near[0]}")
    unit = _PER.get(listed[flavor].unit_label)
    return None if unit is None else listed[flavor].unit_cost_usd / unit


def _user(api: HfApi) -> str:
    return str(ask_jobs(api.whoami)["name"])


def ask_jobs(call: Callable[[], T]) -> T:
    """Ask the Hub about jobs; what goes wrong is said as hubscore says it.

    Raises:
        HubError: the Hub refused or failed.
    """
    from huggingface_hub.utils import httpx

    try:
        return call()
    except HubscoreError:
        raise
    except (OSError, ValueError, httpx.HTTPError) as error:
        said = getattr(error, "server_message", None) or str(error)
        why = clean(next((line.strip() for line in said.splitlines() if line.strip()), type(error).__name__))
        fix = "hf auth login with a token that may run jobs, or leave out --on"
        raise HubError("The Hub does not run these jobs", why, fix) from error
