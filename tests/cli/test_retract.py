import json
import re

import pytest
from huggingface_hub import HfApi
from publishscene import CARD, Scene

from hubscore.cli.main import main


@pytest.fixture
def run(capsys):
    """Run ``hubscore retract ...`` in this process; return exit code, stdout and stderr."""

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            main(["retract", *words])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return command


@pytest.fixture
def scene(hub, tmp_path, monkeypatch):
    """Bob's published run, with him at the keyboard."""
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_TOKEN", "hf_bob")
    made = Scene(hub)
    made.publish_record(HfApi(endpoint=hub.url, token="hf_bob"))
    made.ranking.save(str(tmp_path / "ranking.json"))
    return made


def test_a_run_by_its_file_and_nothing_without_yes(scene, run, tmp_path):
    words = (str(tmp_path / "ranking.json"), "--from", "results", "--results-repo", scene.results)
    code, out, err = run(*words)
    assert code == 0 and "- runs/2026-11-20T12-00-00Z-" in out and "planned" in out
    assert "nothing was changed; --yes takes it back" in err
    page = f"https://huggingface.co/datasets/{scene.results}/blob/main/{re.search('runs/.*[.]json', out)[0]}"
    assert run(page, "--from", "results")[1] == out
    code, out, _ = run(*words, "--yes", "--json")
    assert code == 0 and [one["outcome"] for one in json.loads(out)] == ["retracted"]
    code, _, err = run(*words)
    assert code == 1 and "There is no run" in err


def test_cards_and_pull_requests_of_a_model(scene, run, hub):
    own = scene.models[1]
    code, out, _ = run(own, "--from", "cards", "--quiet")
    assert (code, out) == (0, "") and scene.card(HfApi(endpoint=hub.url), own) == CARD
    code, _, err = run(f"{hub.url}/{own}", "--from", "prs", "--yes")
    assert code == 0 and "Nothing of yours is there." in err


@pytest.mark.parametrize(
    "words",
    [("--all",), ("--from", "cards"), ("a/b", "--all", "--from", "cards"), ("a/b", "--from", "results")],
)
def test_what_does_not_go_together_is_refused(run, words):
    assert run(*words)[0] == 2
