from typing import Any

import typer

from hubscore.cli.env import described
from hubscore.cli.main import app

PROGRAM: Any = typer.main.get_command(app)


def test_what_a_bug_report_needs_and_no_token(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_averysecrettoken")
    monkeypatch.setenv("HF_ENDPOINT", "http://me:secret@127.0.0.1:8090")
    told = described(PROGRAM)
    assert told["token"] == "yes" and told["endpoint"] == "http://127.0.0.1:8090" and told["config"] == "none"
    assert {"hubscore", "python", "torch", "huggingface_hub", "devices", "hub_cache", "feature_cache"} <= set(told)
    assert "secret" not in str(told)


def test_defaults_are_shown_and_what_is_wrong_with_them(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hubscore.toml").write_text("seed = 3\n[rank]\nlimit = 9\n")
    assert described(PROGRAM)["config"] == "hubscore.toml: seed = 3; rank limit = 9"
    (tmp_path / "hubscore.toml").write_text("token = 'hf_averysecrettoken'\n")
    wrong = described(PROGRAM)["config"]
    assert wrong.startswith("hubscore.toml sets 'token'") and "secret" not in wrong
