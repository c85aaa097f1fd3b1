import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hubfixture import add_dataset
from huggingface_hub import HfApi
from publishscene import Scene

from hubscore.cli.main import main

TOKEN = "hf_bob"


@dataclass(frozen=True)
class Ran:
    """What a command line came to."""

    code: int
    out: str
    err: str


@pytest.fixture
def bob(hub) -> HfApi:
    return HfApi(endpoint=hub.url, token=TOKEN)


@pytest.fixture
def scene(hub, tmp_path, monkeypatch):
    """Twelve models, their ranking in a file, and bob at the keyboard."""
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    made = Scene(hub)
    made.ranking.save(str(tmp_path / "ranking.json"))
    yield made
    hub.faults.clear()


@pytest.fixture
def run(scene, tmp_path, capsys):
    """Run ``hubscore publish ranking.json ...`` in this process."""

    def command(*words: str, ranking: str = "ranking.json") -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(["publish", str(tmp_path / ranking), "--results-repo", scene.results, *words])
        captured = capsys.readouterr()
        return Ran(int(ended.value.code or 0), captured.out, captured.err)

    return command


def test_results_first_then_cards_then_hf_lists_what_we_opened(scene, run, bob, hub):
    refused = run("--to", "cards", "--yes", "--open-prs")
    assert (
        refused.code == 1
        and "The record of this run is not published" in refused.err
        and f"--to results --results-repo {scene.results} --yes" in " ".join(refused.err.split())
    )
    assert scene.pulls(bob, scene.models[0]) == []
    assert run("--to", "results", "--yes").code == 0
    preview = run("--to", "cards")
    assert (
        preview.code == 0
        and preview.out.count("+++ b/") == 5
        and "+  - task: {type: transferability-estimate," in preview.out
        and "would open" in preview.out
    )
    assert "5 repos:" in preview.err and f"1. {scene.models[0]}: pull request" in preview.err
    assert "nothing was sent; --yes --open-prs sends it" in preview.err
    done = run("--to", "cards", "--yes", "--open-prs", "--top", "2", "--json")
    told = json.loads(done.out)
    assert done.code == 0 and [one["outcome"] for one in told] == ["opened", "written"] and told[0]["kind"] == "card"
    listed = subprocess.run(
        [
            str(Path(sys.executable).with_name("hf")),
            "discussions",
            "list",
            scene.models[0],
            "--kind",
            "pull_request",
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "HF_TOKEN": TOKEN},
    )
    assert listed.returncode == 0, listed.stderr
    mine = json.loads(listed.stdout)
    assert [(one["num"], one["status"], one["author"]) for one in mine] == [(1, "open", "bob")]
    assert mine[0]["title"] == f"Add hubscore transferability estimate for {scene.dataset}"


def test_without_a_record_the_preview_says_so_and_succeeds(scene, run):
    shown = run("--to", "cards")
    assert shown.code == 0 and "No pull request would be opened. The record of this run is not published" in shown.err
    assert f"/datasets/{scene.results}/blob/main/runs/2026-11-20T12-00-00Z-" in shown.out


def test_own_cards_behind_the_first_are_named_with_the_way_to_them(scene, run):
    told = run("--to", "cards", "--top", "1")
    left = f"1 card of yours is left out, behind the first 1: {scene.models[1]}; --all writes to every card of yours"
    assert left in told.err.replace("\n", " ") and scene.models[1] not in told.out
    every = run("--to", "cards", "--top", "1", "--all")
    assert "left out" not in every.err and f"+++ b/{scene.models[1]}/" in every.out


def test_skipped_repos_are_named_on_stderr_and_failures_fail(scene, run, hub):
    run("--to", "results", "--yes")
    written = run("--to", "cards", "--yes")
    assert (
        written.code == 0 and f"Warning: {scene.models[0]}: skipped: you may not write there; --open-prs" in written.err
    )
    hub.faults.add(method="POST", path="/commit/", status=429, times=None, headers={"RateLimit": '"api";r=0;t=290'})
    failed = run("--to", "cards", "--yes", "--open-prs", "--top", "1")
    assert (
        failed.code == 1
        and f"{scene.models[0]}: failed: " in failed.err
        and "rate limit is reached (429)" in failed.err
    )


def test_each_mode_keeps_data_and_talk_apart(scene, run):
    run("--to", "results", "--yes")
    quiet = run("--to", "cards", "--quiet")
    assert quiet.out.splitlines() == [*scene.models[:5]] and quiet.err == ""
    written = run("--to", "cards", "--yes", "--quiet")
    assert (
        written.out.splitlines() == [scene.models[1]] and "--open-prs" in written.err
    )  # what was sent, and why the rest was not
    assert run("--to", "cards", "--yes", "--quiet").out == ""
    assert run("--to", "cards", "--top", "7", "--quiet").out.splitlines() == [
        scene.models[0],
        *scene.models[2:6],
    ]  # the cap is 5
    assert "5 of 6 pull requests would be opened; the cap is 5 a run," in run("--to", "cards", "--top", "7").err
    agent = run("--to", "cards", "--format", "agent")
    assert agent.out.splitlines()[0] == "repo\toutcome\tpull_request" and len(agent.out.splitlines()) == 6
    assert run("--to", "cards", "--format", "agent", "--diff").out.startswith("--- a/")
    assert "+++ b/" in json.loads(run("--to", "cards", "--json").out)[0]["diff"]
    assert "+++" not in run("--to", "cards", "--no-diff").out


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ([], "Nothing says where to publish"),
        (["--to", "cards", "--namespace", "bob"], "--results-repo and --namespace exclude each other"),
        (["--to", "results", "--open-prs"], "--open-prs goes with --to cards"),
        (["--to", "results", "--all"], "--all goes with --to cards"),
        (["--to", "space", "--replace-prs"], "--replace-prs goes with --to cards"),
        (["--to", "cards", "--yes", "--replace-prs"], "--replace-prs goes with --open-prs"),
        (["--to", "cards", "--space", "bob/board"], "--space goes with --to space"),
        (["--to", "cards", "--private"], "--private goes with --to results"),
        (["--to", "nowhere"], "There is no --to 'nowhere'"),
    ],
)
def test_bad_usage_is_told_before_anything_is_asked(run, hub, words, what):
    hub.log.clear()
    told = run(*words)
    assert told.code == 2 and what in told.err and list(hub.log) == []


def test_a_ranking_must_be_named_and_must_be_one(scene, run, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["publish", "--to", "cards"])
    assert ended.value.code == 2 and "No ranking was named" in capsys.readouterr().err
    (tmp_path / "other.json").write_text("{}")
    assert "not a saved ranking" in run("--to", "cards", ranking="other.json").err


def test_escape_sequences_in_a_strangers_card_do_not_reach_the_terminal(scene, run, hub):
    card = Path(hub.root / "models" / scene.models[0] / "README.md")
    card.write_bytes(b"---\nlicense: mit # \xe2\x80\xae evil\n---\n# \x1b[2J\n")
    shown = run("--to", "cards", "--top", "1")
    assert " license: mit #  evil\n" in shown.out and "\x1b" not in shown.out and "\u202e" not in shown.out


def test_no_token_in_any_output_error_log_record_or_file(scene, run, hub, bob, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("HF_DEBUG", "1")
    caplog.set_level(logging.DEBUG)
    said = []
    for words in (["--to", "results", "--yes"], ["--to", "cards"], ["--to", "cards", "--yes", "--open-prs"]):
        for status in (None, 401, 403, 429):
            if status:
                headers = {"RateLimit": '"api";r=0;t=99'} if status == 429 else {}
                hub.faults.add(
                    method="*", path="/api/(models|datasets|whoami)", status=status, times=None, headers=headers
                )
            said += [run(*words)]
            hub.faults.clear()
    hub.faults.cut(method="*", path="/api/", times=None)
    said += [run("--to", "cards", "--yes")]
    hub.faults.clear()
    records = [
        Path(bob.hf_hub_download(scene.results, name, repo_type="dataset")).read_text(errors="replace")
        for name in bob.list_repo_files(scene.results, repo_type="dataset")
    ]
    cards = [scene.card(bob, scene.models[1]), bob.get_discussion_details(scene.models[0], 1).events[0].content]
    kept = [path.read_text(errors="replace") for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert any(one.code == 1 and "Traceback" in one.err for one in said) and len(kept) >= 1
    everything = [*(text for one in said for text in (one.out, one.err)), caplog.text, *records, *cards, *kept]
    assert not [text for text in everything if TOKEN in text]


def test_of_a_private_data_set_nothing_leaves_unless_it_may(scene, run, hub, bob, tmp_path):
    name = f"bob/ward-{scene.id}"
    add_dataset(hub.root, name, {"train/a/1.png": b"x"})
    bob.update_repo_settings(name, repo_type="dataset", private=True)
    secret = replace(scene.ranking, probe=replace(scene.ranking.probe, dataset=name))
    secret.save(str(tmp_path / "secret.json"))
    assert run("--to", "cards", ranking="secret.json").code == 1
    assert run("--to", "results", "--yes", ranking="secret.json").code == 0
    files = bob.list_repo_files(scene.results, repo_type="dataset")
    sent = [Path(bob.hf_hub_download(scene.results, file, repo_type="dataset")).read_bytes() for file in files]
    words = (name, "albatross", "zeppelin", "7001", "secret-plan")
    assert not [word for word in words for content in sent if word.encode() in content]
    assert all(word in (tmp_path / "secret.json").read_text() for word in words)


def test_quiet_lists_no_pull_request_that_is_refused(scene, run):
    told = run("--to", "cards", "--quiet")
    assert (
        told.code == 0 and told.out.splitlines() == [scene.models[1]] and "No pull request would be opened" in told.err
    )
    assert "--open-prs sends it" not in run("--to", "cards").err


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data["rows"][3].update(revision=None), "rows[3].revision is null, and must be text"),
        (lambda data: data["rows"][0]["scores"].update(logme=float("nan")), "rows[0].scores.logme is nan"),
        (lambda data: data["rows"][0].update(consensus="high"), "rows[0].consensus is 'high', and must be a number"),
        (lambda data: data["rows"][0].pop("model"), "rows[0].model is missing"),
        (lambda data: data.pop("probe"), "probe is missing"),
        (lambda data: data["record"].update(date=None), "record.date does not say when it was made"),
    ],
)
@pytest.mark.parametrize("to", ["cards", "results"])
def test_a_damaged_ranking_is_refused_in_words_wherever_it_goes(scene, run, hub, tmp_path, damage, told, to):
    data = json.loads((tmp_path / "ranking.json").read_text())
    damage(data)
    (tmp_path / "damaged.json").write_text(json.dumps(data))
    refused = run("--to", to, "--yes", ranking="damaged.json")
    assert refused.code == 1 and told in refused.err and "Try: " in refused.err and "bug" not in refused.err


@pytest.mark.parametrize("words", [("--to", "cards", "--proxy", "clip"), ("--to", "results", "--share-task-vector")])
def test_a_proxy_goes_with_results_alone(run, words):
    refused = run(*words)
    assert refused.code == 2 and refused.out == "" and "--proxy" in refused.err


@pytest.mark.parametrize("to", ["cards", "space", "eval-results"])
def test_thumbnails_go_with_results_alone(run, to):
    refused = run("--to", to, "--thumbnails")
    assert refused.code == 2 and refused.out == "" and "--thumbnails goes with --to results" in refused.err
