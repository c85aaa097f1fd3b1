"""The command line of a watch; what it ranks is tested beside `hubscore.watch.rounds`."""

import json

import pytest

from hubscore.cli.watch import _check_out, _read_seconds, _read_trigger
from hubscore.errors import UsageError

EVENT = {"event": {"action": "update", "scope": "repo.content"}, "repo": {"type": "model", "name": "lab/net"}}


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("1h", 3600), ("1.5 h", 5400), ("1D", 86400), ("60s", 60)]
)
def test_spans_of_time(text, seconds):
    assert _read_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "10", "59s", "-1h", "1h30"])
def test_what_is_not_a_span_or_too_short(text):
    with pytest.raises(UsageError, match="Cannot use the interval"):
        _read_seconds(text)


def test_a_trigger_comes_from_a_file_or_the_environment(tmp_path, monkeypatch):
    (tmp_path / "body.json").write_text(json.dumps(EVENT))
    assert _read_trigger(None, once=False) is None
    assert _read_trigger(str(tmp_path / "body.json"), once=False).repo_id == "lab/net"
    monkeypatch.setenv("WEBHOOK_PAYLOAD", json.dumps(EVENT))
    assert _read_trigger("env", once=False).repo_id == "lab/net"
    monkeypatch.delenv("WEBHOOK_PAYLOAD")
    assert _read_trigger("env", once=True) is None
    with pytest.raises(UsageError, match="There is no webhook"):
        _read_trigger("env", once=False)
    with pytest.raises(UsageError, match="Cannot read"):
        _read_trigger(str(tmp_path / "gone.json"), once=False)


def test_only_json_holds_a_whole_ranking(tmp_path):
    _check_out(tmp_path / "ranking.json")
    with pytest.raises(UsageError, match=r"only \.json holds a whole ranking"):
        _check_out(tmp_path / "ranking.csv")
