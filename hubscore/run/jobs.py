"""A ranking made by Hugging Face Jobs: the jobs, and their runs put together.

Written against the installed ``huggingface_hub`` client and tested against the local Hub; it has not run on the real
service.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from hubscore.errors import HubError, UsageError
from hubscore.hub.client import hub_api
from hubscore.hub.retry import retry
from hubscore.ranking.joined import join_rankings
from hubscore.results.read import Results, read_repo
from hubscore.run.history import read_history, with_known_history
from hubscore.run.job_command import job_command, job_environment
from hubscore.run.job_options import JobOptions
from hubscore.run.job_plan import JobPlan, Share, ask_jobs
from hubscore.run.own_nouns import in_own_nouns
from hubscore.run.rank_options import RankOptions
from hubscore.run.session import Session
from hubscore.text import clean
from hubscore.types import Ranking, Skipped

if TYPE_CHECKING:
    from huggingface_hub import HfApi

ENDED = ("COMPLETED", "CANCELED", "ERROR", "DELETED")
GLANCE = 10.0
_TAIL = 3


def rank_by_jobs(
    plan: JobPlan,
    session: Session,
    ranking: RankOptions,
    hired: JobOptions,
    *,
    tell: Callable[[str], None],
    glance: float = GLANCE,
) -> Ranking:
    """Hire the machines, wait for them, and put together what they left; interrupted, they are sent home.

    Args:
        plan: that was agreed to.
        session: whose options travel.
        ranking: which scores.
        hired: the image.
        tell: gets a line when something becomes of a job.
        glance: seconds between two looks.

    Returns:
        One ranking; the candidates of a job that failed are skipped, with its last words.

    Raises:
        HubError: the Hub refused, or no job left a run.
    """
    from huggingface_hub import get_token

    history = read_history(ranking, token=session.run.token)
    token = session.run.token if isinstance(session.run.token, str) else get_token()
    if not token:
        raise HubError("Jobs need a token", "nobody is logged in", "hf auth login")
    api = hub_api(token)
    _private_repo(api, plan.repo)
    jobs: dict[str, Share] = {}
    try:
        for share in plan.shares:
            names = [f"{one.repo_id.partition('@')[0]}@{one.revision}" for one in share.candidates]
            words = job_command(plan.dataset, names, share.out, data=session.data, ranking=ranking, run=session.run)
            job = ask_jobs(
                partial(
                    api.run_job,
                    image=hired.job_image,
                    command=words,
                    env=job_environment(share.out, plan.repo),
                    secrets={"HF_TOKEN": token},
                    flavor=plan.flavor,
                    timeout=int(plan.seconds),
                    labels={"hubscore": share.out.removesuffix(".json")},
                )
            )
            jobs[job.id] = share
            tell(f"Job {len(jobs)} of {len(plan.shares)}: {job.url}")
        reasons = _wait(api, jobs, tell, glance)
    except BaseException:
        _send_home(api, jobs, tell)
        raise
    runs = _runs(read_repo(plan.repo, api), {share.out for share in plan.shares})
    lost = [(share, reasons[job]) for job, share in jobs.items() if share.out not in runs]
    skipped = [Skipped(one.repo_id, why) for share, why in lost for one in share.candidates]
    if not runs:
        raise HubError("No job left a ranking", skipped[0].reason, "look at the jobs' logs, then run it again")
    parts = [runs[share.out] for share in plan.shares if share.out in runs]
    made = join_rankings(parts, skipped=(*plan.skipped, *skipped), seed=session.data.seed)
    return with_known_history(in_own_nouns(made), history, ranking)


def _wait(api: HfApi, jobs: Mapping[str, Share], tell: Callable[[str], None], glance: float) -> dict[str, str]:
    """Wait for all jobs; return for each how it ended, with its last words where that was not well."""
    stages, reasons = dict.fromkeys(jobs, ""), dict[str, str]()
    while len(reasons) < len(jobs):
        for number, job_id in enumerate(jobs, 1):
            if job_id in reasons:
                continue
            status = ask_jobs(partial(retry, partial(api.inspect_job, job_id=job_id))).status
            stage = str(getattr(status.stage, "value", status.stage))
            if stage != stages[job_id]:
                stages[job_id] = stage
                tell(f"Job {number}: {stage.lower()}{f' ({clean(status.message)})' if status.message else ''}")
            if stage in ENDED:
                reasons[job_id] = _reason(api, job_id, stage, status.message)
        if len(reasons) < len(jobs):
            time.sleep(glance)
    return reasons


def _reason(api: HfApi, job_id: str, stage: str, message: str | None) -> str:
    if stage == "COMPLETED":
        return "its job ended well and left no run"
    how = {"CANCELED": "was cancelled", "DELETED": "was deleted"}.get(stage, "failed")
    try:
        last = [line.strip() for line in api.fetch_job_logs(job_id=job_id, tail=_TAIL) if line.strip()]
    except Exception:  # the log only says more of what is known already
        last = []
    said = "; ".join(part for part in (message or "", last[-1] if last else "") if part)
    return clean(f"its job {how}{f' ({said})' if said else ''}")


def _send_home(api: HfApi, jobs: Mapping[str, Share], tell: Callable[[str], None]) -> None:
    """Cancel what still runs, so that nobody pays for it."""
    for job_id in jobs:
        try:
            if str(getattr(api.inspect_job(job_id=job_id).status.stage, "value", "")) not in ENDED:
                api.cancel_job(job_id=job_id)
        except Exception as error:
            tell(f"Job {job_id} could not be cancelled ({clean(str(error).splitlines()[0])}): hf jobs cancel {job_id}")


def _runs(results: Results, wanted: set[str]) -> dict[str, Ranking]:
    """Return the runs that the jobs left, by the names of their files, which their commands carry."""
    found: dict[str, Ranking] = {}
    for run_id in reversed(results.run_ids):
        if wanted <= found.keys():
            break
        ranking = results.run(run_id).ranking
        words = (ranking.record.command or "").split()
        name = next((out for out in wanted if out in words), None)
        if name is not None:
            found.setdefault(name, ranking)
    return found


def _private_repo(api: HfApi, repo: str) -> None:
    """Make the data set for the runs; refuse one that others can read, since they carry the name of the data.

    Raises:
        UsageError: it is public.
    """
    ask_jobs(lambda: api.create_repo(repo, repo_type="dataset", private=True, exist_ok=True))
    if not ask_jobs(lambda: api.dataset_info(repo)).private:
        why = "the runs carry the names of your data and models"
        raise UsageError(
            f"The jobs cannot leave their runs in the public data set {repo}", why, "--jobs-repo USER/NAME"
        )
