import pyarrow as pa
import pytest
from resultscene import by_the_old_rule, first_models, made

from hubscore.errors import StorageError
from hubscore.results.leaderboard import build_leaderboard, records, with_publishers
from hubscore.results.runs import as_run
from hubscore.results.whole_runs import publishers_in, whole_runs


@pytest.fixture
def runs(ranking):
    """A run of six models, a later one of the first two on the same rows, and one on other rows."""
    later, other = (
        first_models(ranking, 2, "2030-01-01T00:00:00Z"),
        made(ranking, "2031-01-01T00:00:00Z", split="test"),
    )
    return {run.id: run for run in map(as_run, (ranking, later, other))}


@pytest.fixture
def table(runs):
    return build_leaderboard((run.id, run.date, run.data) for run in runs.values())


def test_lines_come_back_and_runs_that_lack_none_are_not_read(runs, table):
    read = []

    def reading(run_id):
        read.append(run_id)
        return runs[run_id]

    old = by_the_old_rule(table)
    assert len(old) < len(table)
    whole, unread = whole_runs(old, list(runs), reading)
    assert whole.equals(table) and unread == () and read == [min(runs)]
    again, _ = whole_runs(whole, list(runs), reading)
    assert again is whole and len(read) == 1


def test_what_others_wrote_into_lines_that_are_there_stays(runs, table):
    remarked = by_the_old_rule(table)
    remarked = remarked.append_column("remark", pa.array(["mine"] * len(remarked)))
    whole, _ = whole_runs(remarked, list(runs), runs.__getitem__)
    assert len(whole) == len(table)
    assert sum(line["remark"] == "mine" for line in records(whole)) == len(remarked)


def test_publishers_of_lines_that_are_left_hold_for_those_that_come_back(runs, table):
    first = min(runs)
    old = by_the_old_rule(table)
    old = with_publishers(old, {first: "alice"})
    assert publishers_in(old) == {first: "alice"} and publishers_in(by_the_old_rule(table)) == {}
    whole, _ = whole_runs(old, list(runs), runs.__getitem__)
    assert [line["publisher"] for line in records(whole) if line["run"] == first] == ["alice"] * 6


def test_a_record_that_cannot_be_read_is_named_and_costs_no_line(runs, table):
    def broken(run_id):
        raise StorageError("Cannot read it", "it is damaged", "publish again")

    old = by_the_old_rule(table)
    whole, (told,) = whole_runs(old, list(runs), broken)
    assert whole is old and f"runs/{min(runs)}.json cannot be read" in told and "damaged" in told
