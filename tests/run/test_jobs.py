"""Rankings by jobs of a local Hub that runs them: real requests, a stand-in for the command, which takes too long here.

``benchmarks/jobs.py`` runs the real command.
"""

import json

import pytest
from fakes import SIGNALS, fake_pool, fake_probe
from huggingface_hub import HfApi

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.errors import HubError, UsageError
from hubscore.localhub import serve
from hubscore.ranking.build import build_ranking
from hubscore.run import job_command
from hubscore.run.environment import environment
from hubscore.run.job_options import JobOptions
from hubscore.run.job_plan import JobPlan, share_out
from hubscore.run.jobs import rank_by_jobs
from hubscore.run.options import RunOptions
from hubscore.run.rank_options import RankOptions
from hubscore.run.session import Session
from hubscore.types import RunRecord

SEND = """
import os, sys
from huggingface_hub import HfApi
out = sys.argv[sys.argv.index("--out") + 1]
record = f"{os.environ['FAKES']}/{out}"
HfApi().upload_file(path_or_fileobj=record, path_in_repo=f"runs/2026-11-20T12-00-0{out[-6]}Z-1a2b3c4d.json",
                    repo_id=os.environ["HUBSCORE_RESULTS"], repo_type="dataset")
"""


@pytest.fixture(scope="module")
def jobs_hub(tmp_path_factory):
    users = {"users": {"alice": {"token": "hf_alice"}}}
    with serve(tmp_path_factory.mktemp("root"), users=users, run_jobs=True) as running:
        yield running


@pytest.fixture
def scene(jobs_hub, tmp_path, monkeypatch):
    """Two shares of six networks, and what their jobs will send."""
    monkeypatch.setattr("hubscore.run.jobs.hub_api", lambda token: HfApi(jobs_hub.url, token=token))
    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    scores = ["knn", "logme", "kernel_probe", "kernel_probe_loss"]
    shares = share_out(CandidateSet(tuple(candidates)), {}, 2)
    for share in shares:
        record = RunRecord(**{**environment(), "command": f"hubscore rank user/birds --out {share.out}"})
        made = build_ranking(share.candidates, extractions, probe, scores=scores, record=record)
        (tmp_path / share.out).write_text(json.dumps(made.to_json()))
    (tmp_path / "send.py").write_text(SEND)
    plan = JobPlan("user/birds", "cpu-basic", None, 60.0, shares, f"alice/runs-{tmp_path.name}"[:40], ())
    return plan, tmp_path, build_ranking(candidates, extractions, probe, scores=scores)


def ranked(scene, monkeypatch, script, **more):
    plan, folder, _ = scene
    monkeypatch.setattr(job_command, "SCRIPT", f"export FAKES={folder}; {script}")
    told = []
    session = Session(run=RunOptions(token="hf_alice"))
    given = {"tell": told.append, "glance": 0.1, **more}
    made = rank_by_jobs(plan, session, RankOptions(), JobOptions(on="cpu-basic"), **given)
    return made, told


def test_the_jobs_runs_become_one_ranking(scene, monkeypatch):
    made, told = ranked(scene, monkeypatch, 'python "$FAKES/send.py" "$@"')
    whole = scene[2]
    assert [(row.model, row.expected, row.p_best) for row in made] == [
        (row.model, row.expected, row.p_best) for row in whole
    ]
    assert len(made) == len(SIGNALS) and not made.skipped
    assert sum("completed" in line for line in told) == 2


def test_a_job_that_fails_costs_its_share_and_says_why(scene, monkeypatch):
    first = scene[0].shares[0]
    script = f'case "$*" in *{first.out}*) echo no space left; exit 1;; esac; python "$FAKES/send.py" "$@"'
    made, _ = ranked(scene, monkeypatch, script)
    assert {one.model for one in made.skipped} == {one.repo_id for one in first.candidates}
    assert {one.reason for one in made.skipped} == {"its job failed (Job failed with exit code: 1; no space left)"}
    assert len(made) == len(SIGNALS) - len(first.candidates)


def test_no_run_at_all_is_an_error(scene, monkeypatch):
    with pytest.raises(HubError, match="No job left a ranking: its job ended well and left no run"):
        ranked(scene, monkeypatch, "true")


def test_interrupted_the_jobs_are_cancelled(scene, monkeypatch, jobs_hub):
    def interrupt(line):
        if "running" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ranked(scene, monkeypatch, "sleep 60", tell=interrupt)
    mine = {share.out.removesuffix(".json") for share in scene[0].shares}
    api = HfApi(jobs_hub.url, token="hf_alice")
    jobs = [job for job in api.list_jobs(namespace="alice") if job.labels["hubscore"] in mine]
    stages = {api.wait_for_job(job.id, namespace="alice", poll_interval=0.05).status.stage for job in jobs}
    assert len(jobs) == 2 and stages == {"CANCELED"}


def test_runs_never_go_where_others_read_them(scene, monkeypatch, jobs_hub):
    HfApi(jobs_hub.url, token="hf_alice").create_repo(scene[0].repo, repo_type="dataset")
    with pytest.raises(UsageError, match="in the public data set"):
        ranked(scene, monkeypatch, "true")


def test_the_token_is_no_word_of_the_command(scene, monkeypatch, jobs_hub):
    with pytest.raises(HubError):
        ranked(scene, monkeypatch, "test ${#HF_TOKEN} = 8 && echo got it")
    job = next(iter(HfApi(jobs_hub.url, token="hf_alice").list_jobs(namespace="alice")))
    assert "hf_alice" not in json.dumps([job.command, job.environment]) and job.secrets == {"HF_TOKEN": ""}
    assert job.status.stage == "COMPLETED"
