from pathlib import Path

import pytest

from hubscore.demo.child import environment, hubscore, shown
from hubscore.errors import HubscoreError


def test_the_persons_own_hub_stays_out_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "HF_TOKEN",
        "HF_HUB_OFFLINE",
        "HF_HUB_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "TRANSFORMERS_OFFLINE",
        "HUBSCORE_CACHE",
    ):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("NO_PROXY", "example.org")
    env = environment("http://127.0.0.1:1", tmp_path)
    assert {name: value for name, value in env.items() if name.startswith(("HF_ENDPOINT", "HF_HOME"))} == {
        "HF_ENDPOINT": "http://127.0.0.1:1",
        "HF_HOME": str(tmp_path),
    }
    assert not {
        "HF_TOKEN",
        "HF_HUB_OFFLINE",
        "HF_HUB_CACHE",
        "HUGGINGFACE_HUB_CACHE",
        "TRANSFORMERS_OFFLINE",
        "HUBSCORE_CACHE",
    } & set(env)
    assert env["NO_PROXY"] == "example.org,127.0.0.1"


def test_a_command_that_fails_says_which_and_why(tmp_path: Path) -> None:
    lines: list[str] = []
    with pytest.raises(HubscoreError, match=r"The command failed: hubscore scores no_such: .*Unknown score 'no_such'"):
        hubscore(["scores", "no_such"], environment("http://127.0.0.1:1", tmp_path), lines.append)
    assert any("Unknown score" in line for line in lines)


def test_a_command_is_shown_as_typed() -> None:
    assert shown(["rank", "a b", "--search", ""]) == "hubscore rank 'a b' --search ''"
