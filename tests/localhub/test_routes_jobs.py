"""Jobs, asked for with the Hub's own client over HTTP."""

import time

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import get_session

from hubscore.localhub import serve
from hubscore.localhub.jobs import NOT_RUN

USERS = {
    "users": {"alice": {"token": "hf_alice", "orgs": {"lab": "write"}}, "bob": {"token": "hf_bob", "role": "read"}}
}
SH = {"image": "python:3.12", "flavor": "cpu-basic"}


@pytest.fixture(scope="module")
def jobs_hub(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("root"), users=USERS, run_jobs=True) as running:
        yield running


@pytest.fixture(scope="module")
def api(jobs_hub):
    return HfApi(jobs_hub.url, token="hf_alice")


def run(api, script, **more):
    return api.run_job(command=["sh", "-c", script], **{**SH, **more})


def ended(api, job):
    return api.wait_for_job(job.id, namespace=job.owner.name, poll_interval=0.05, timeout=30)


def test_a_job_runs_and_its_log_is_read(api):
    job = run(api, "echo one; echo $NAME; echo two >&2", env={"NAME": "given"}, labels={"run": "7"}, name="mine")
    assert list(api.fetch_job_logs(job_id=job.id, follow=True)) == ["one", "given", "two"]
    done = ended(api, job)
    assert (done.status.stage, done.owner.name, done.flavor) == ("COMPLETED", "alice", "cpu-basic")
    assert done.labels == {"run": "7", "name": "mine"} and done.finished_at >= done.started_at >= done.created_at
    assert list(api.fetch_job_logs(job_id=job.id, tail=1)) == ["two"]


def test_secrets_reach_the_process_and_nobody_else(api, jobs_hub):
    job = run(api, "test ${#HF_TOKEN} = 9 && echo $HF_ENDPOINT", secrets={"HF_TOKEN": "hf_secret"})
    done = ended(api, job)
    assert done.status.stage == "COMPLETED" and done.secrets == {"HF_TOKEN": ""}
    assert "hf_secret" not in repr(done)
    assert list(api.fetch_job_logs(job_id=job.id)) == [jobs_hub.url]


def test_a_job_that_fails_says_how(api):
    done = ended(api, run(api, "echo before; exit 3"))
    assert done.status.stage == "ERROR" and done.status.message == "Job failed with exit code: 3"
    assert list(api.fetch_job_logs(job_id=done.id)) == ["before"]


def test_a_job_is_tried_as_often_as_asked(api):
    done = ended(api, run(api, "echo try; test -e again || { touch again; exit 1; }", attempts=3))
    assert (done.status.stage, done.retry) == ("COMPLETED", 2)
    assert list(api.fetch_job_logs(job_id=done.id)) == ["try", "try"]


def test_a_command_that_is_not_there(api):
    done = ended(api, api.run_job(command=["no-such-command"], **SH))
    assert done.status.message == "Job failed with exit code: 127"


def test_a_job_ends_when_its_time_is_over(api):
    done = ended(api, run(api, "echo start; sleep 60 & sleep 60", timeout=1))
    assert (done.status.stage, done.status.message) == ("ERROR", "Job timeout")


def test_a_cancelled_job_ends(api):
    job = run(api, "sleep 60")
    while api.inspect_job(job_id=job.id).status.stage != "RUNNING":
        time.sleep(0.02)
    api.cancel_job(job_id=job.id)
    assert ended(api, job).status.stage == "CANCELED"


def test_jobs_are_listed_by_stage_and_label(api):
    job = ended(api, run(api, "true", labels={"kind": "listed"}, namespace="lab"))
    assert [one.id for one in api.list_jobs(labels={"kind": "listed"}, namespace="lab")] == [job.id]
    assert not list(api.list_jobs(status="RUNNING", labels={"kind": "listed"}, namespace="lab"))


def test_a_job_is_run_again(api):
    first = ended(api, run(api, "echo $SECRET", secrets={"SECRET": "s"}))
    again = ended(api, api.rerun_job(job_id=first.id))
    assert again.id != first.id and list(api.fetch_job_logs(job_id=again.id)) == ["s"]


def test_hardware_has_prices(api):
    found = api.list_jobs_hardware()
    assert found[0].name == "cpu-basic" and found[0].unit_cost_usd * 1e6 == found[0].unit_cost_micro_usd


@pytest.mark.parametrize(
    ("token", "namespace", "status"), [("hf_bob", "bob", 403), ("hf_alice", "bob", 403), (False, "alice", 401)]
)
def test_who_may_not_run_jobs(jobs_hub, token, namespace, status):
    with pytest.raises(HfHubHTTPError) as refused:
        run(HfApi(jobs_hub.url), "true", token=token, namespace=namespace)
    assert refused.value.response.status_code == status


@pytest.mark.parametrize("more", [{"flavor": "quantum"}, {"image": ""}, {"timeout": -1}, {"command": []}])
def test_what_is_no_job_is_refused(api, more):
    with pytest.raises(HfHubHTTPError) as refused:
        api.run_job(**{"command": ["true"], **SH, **more})
    assert refused.value.response.status_code == 400


@pytest.mark.parametrize("arguments", ["words", [1], {"a": "b"}])
def test_arguments_that_are_no_words_are_refused(jobs_hub, arguments):
    spec = {"command": ["true"], "arguments": arguments, "dockerImage": "python:3.12", "flavor": "cpu-basic"}
    url, token = f"{jobs_hub.url}/api/jobs/alice", {"Authorization": "Bearer hf_alice"}
    assert get_session().post(url, json=spec, headers=token).status_code == 400


def test_a_job_that_is_not_there(api):
    with pytest.raises(HfHubHTTPError) as missing:
        api.inspect_job(job_id="0" * 24)
    assert missing.value.response.status_code == 404


def test_without_leave_nothing_is_run(tmp_path):
    with serve(tmp_path, users=USERS) as hub:
        done = run(HfApi(hub.url, token="hf_alice"), "touch pwned")
        assert (done.status.stage, done.status.message) == ("ERROR", NOT_RUN)
