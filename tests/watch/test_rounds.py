"""`hubscore watch` from the command line, over HTTP against the local Hub, with real networks."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from e2e.conftest import colours, run
from hubfixture import add_model, save_tiny_timm

from hubscore.types import Ranking

__all__ = ["colours", "run"]  # fixtures
FAST = ("--scores", "knn,logme", "--device", "cpu", "--author", "watched", "--format", "json")


@pytest.fixture
def arrive(hub):
    """Put a tiny network on the Hub, changed in so many hours from now."""

    def put(name, seed, hours, **sidecar):
        folder = hub.root / "models" / name
        save_tiny_timm(folder, seed=seed)
        date = (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds").replace("+00:00", "Z")
        add_model(hub.root, name, {".hub.json": json.dumps({"lastModified": date, **sidecar})})
        return folder

    return put


def test_a_new_model_is_ranked_beside_the_others_and_only_it_runs(run, colours, arrive, tmp_path, monkeypatch, hub):
    out = tmp_path / "ranking.json"
    watch = ("watch", colours, "--once", "--out", out, *FAST)
    arrive("watched/first", 1, -48)
    arrive("watched/second", 2, -24)
    first = run(*watch)
    assert first.code == 0, first.err
    assert {row["model"] for row in first.rows} == {"watched/first", "watched/second"}
    assert "First ranking of 2 models" in first.err
    before = out.read_bytes()

    idle = run(*watch)
    assert (idle.code, idle.rows) == (0, []) and "Nothing new since" in idle.err and out.read_bytes() == before

    arrive("watched/third", 3, 2)
    again = run(*watch)
    assert again.code == 0, again.err
    third = next(row for row in again.rows if row["model"] == "watched/third")
    assert third["change"] == "new" and third["before"] is None and third["of"] == 3
    assert "New: watched/third: rank" in again.err and "Best is" in again.err
    ranking = Ranking.load(str(out))
    assert len(ranking) == 3 and ranking.record.forward_images == 36  # the new one's, and nobody else's

    event = {
        "event": {"action": "update", "scope": "repo.content"},
        "repo": {"type": "model", "name": "watched/fourth"},
    }
    arrive("watched/fourth", 4, -72)
    monkeypatch.setenv("WEBHOOK_PAYLOAD", json.dumps(event))
    page = f"{hub.url}/datasets/{colours}/tree/main"  # which names a revision, in place of that of the ranking
    triggered = run("watch", page, "--payload", "env", "--out", out, *FAST)
    assert triggered.code == 0, triggered.err
    assert "watched/fourth" in {row["model"] for row in triggered.rows}

    monkeypatch.setattr(
        "sys.stdin", io.StringIO(json.dumps({**event, "updatedRefs": [{"ref": "refs/pr/1", "newSha": "a" * 40}]}))
    )
    ignored = run("watch", colours, "--payload", "-", "--out", out, *FAST)
    assert (ignored.code, ignored.rows) == (0, []) and "only a pull request changed" in ignored.err
    known = run("watch", colours, "--payload", "env", "--out", out, *FAST)
    assert (known.code, known.rows) == (0, []) and "known already" in known.err


def test_a_checkpoint_that_the_hub_failed_to_send_is_tried_again(run, colours, arrive, tmp_path, hub):
    out = tmp_path / "ranking.json"
    watch = ("watch", colours, "--once", "--out", out, *("flaky" if word == "watched" else word for word in FAST))
    arrive("flaky/first", 1, -48)
    arrive("flaky/second", 2, -24)
    hub.faults.add(method="*", path="flaky/second/resolve/.*safetensors", status=403, times=None)
    assert {row["model"] for row in run(*watch).rows} == {"flaky/first"}
    arrive("flaky/third", 3, 2)
    hub.faults.clear()
    hub.faults.add(method="*", path="flaky/third/resolve/.*safetensors|api/models/flaky/first", status=403, times=None)
    cut = run(*watch)
    hub.faults.clear()
    assert {row["model"]: row["change"] for row in cut.rows} == {"flaky/second": "new", "flaky/first": "gone"}
    assert "New: flaky/third: not ranked" in cut.err
    after = run(*watch)
    assert {row["model"] for row in after.rows if row["change"] == "new"} == {"flaky/first", "flaky/third"}
    assert {row.model for row in Ranking.load(str(out)).rows} == {"flaky/first", "flaky/second", "flaky/third"}
    idle = run(*watch)
    assert idle.rows == [] and "Nothing new" in idle.err


def test_a_ranking_of_another_data_set_is_left_alone(run, colours, arrive, tmp_path):
    arrive("watched/first", 1, -48)
    out = tmp_path / "ranking.json"
    assert run("watch", colours, "--once", "--out", out, *FAST).code == 0
    before = out.read_bytes()
    for words, told in (
        (("--samples", "5"), "--samples 500"),
        (("--seed", "1"), "--seed 0"),
        (("--input-size", "64"), "without --input-size"),
    ):
        refused = run("watch", colours, "--once", "--out", out, *FAST, *words)
        assert (
            refused.code == 2
            and "was made with other options" in refused.err
            and f"Try: {told}, as it was made" in refused.err
        )
    refused = run("watch", colours, "--once", "--out", out, *FAST[2:])
    assert refused.code == 2 and "Try: --scores knn,logme, as it was made" in refused.err and out.read_bytes() == before
    data = json.loads(out.read_text())
    data["probe"]["dataset"] = "user/other"
    out.write_text(json.dumps(data))
    refused = run("watch", colours, "--once", "--out", out, *FAST)
    assert refused.code == 2 and "is a ranking for 'user/other'" in refused.err and "another --out" in refused.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--interval", "5s"), "the Hub is asked at most once a minute"),
        (("--interval", "soon"), "not a length of time"),
        (("--payload", "nothing.json"), "Cannot read 'nothing.json'"),
        (("--out", "ranking.html"), "only .json holds a whole ranking"),
        (("--scores", "magic"), "magic"),
    ],
)
def test_bad_usage_is_said_before_anything_runs(run, words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEBHOOK_PAYLOAD", raising=False)
    ran = run("watch", "user/birds", "--once", *words)
    assert ran.code == 2 and told in ran.err


def test_a_job_that_no_webhook_started_looks_at_everything_only_with_once(run, colours, arrive, tmp_path, monkeypatch):
    monkeypatch.delenv("WEBHOOK_PAYLOAD", raising=False)
    assert "WEBHOOK_PAYLOAD is not set" in run("watch", colours, "--payload", "env", "--out", tmp_path / "r.json").err
    arrive("watched/first", 1, -48)
    template = run("watch", colours, "--once", "--payload", "env", "--out", tmp_path / "r.json", *FAST)
    assert template.code == 0 and "First ranking" in template.err


def test_a_hub_that_is_down_for_a_while_does_not_end_the_watch(run, colours, arrive, tmp_path, monkeypatch, hub):
    arrive("watched/first", 1, -48)
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 1:
            hub.faults.add(path="/api/models", status=403, times=1)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr("hubscore.cli.watch.time.sleep", sleep)
    ran = run("watch", colours, "--interval", "2h", "--out", tmp_path / "r.json", *FAST)
    hub.faults.clear()
    assert ran.code == 130 and pauses == [7200] * 3
    assert "Warning: The Hub could not be searched" in ran.err and "Nothing new since" in ran.err
