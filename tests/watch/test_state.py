import json
from datetime import UTC, datetime

import pytest

from hubscore.errors import StorageError
from hubscore.watch.state import AttemptedCheckpoint, State, read_state, state_path, write_state

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def test_what_is_written_reads_back(tmp_path):
    state = State(EARLY, {"org/a": AttemptedCheckpoint("a" * 40, ("x", "y")), "org/b": AttemptedCheckpoint("b" * 40)})
    assert read_state(tmp_path / "ranking.json") is None
    write_state(state, tmp_path / "ranking.json")
    assert read_state(tmp_path / "ranking.json") == state and (tmp_path / "ranking.watch.json").exists()


def test_what_failed_is_tried_at_two_more_looks_and_no_more(tmp_path):
    state = State(EARLY, {name: AttemptedCheckpoint("a" * 40) for name in ("org/a", "org/b", "org/c")})
    once = state.with_failed(["org/a", "org/b"], {"org/a", "org/elsewhere"})
    assert once.again == {"org/a": 1}
    write_state(once, tmp_path / "ranking.json")
    assert read_state(tmp_path / "ranking.json") == once
    assert once.with_failed(["org/c"], set()).again == {"org/a": 1}
    assert once.with_failed(["org/a"], set()).again == {}
    twice = once.with_failed(["org/a"], {"org/a"})
    assert twice.again == {"org/a": 2} and twice.with_failed(["org/a"], {"org/a"}).again == {}


def test_time_never_goes_back_and_later_tries_count():
    state = State(LATE, {"org/a": AttemptedCheckpoint("a" * 40)}).with_tried(
        {"org/a": AttemptedCheckpoint("b" * 40)}, EARLY
    )
    assert state == State(LATE, {"org/a": AttemptedCheckpoint("b" * 40)})


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"schema": 1, "since": "yesterday", "tried": {}}', '{"schema": 1, "since": "2026-01-01"}'],
)
def test_a_damaged_file_says_what_to_do(tmp_path, content):
    state_path(tmp_path / "r.json").write_text(content)
    with pytest.raises(StorageError, match=r"damaged.*\n.*delete it"):
        read_state(tmp_path / "r.json")


def test_a_newer_file_asks_for_an_upgrade(tmp_path):
    state_path(tmp_path / "r.json").write_text(json.dumps({"schema": 2}))
    with pytest.raises(StorageError, match="upgrade"):
        read_state(tmp_path / "r.json")
