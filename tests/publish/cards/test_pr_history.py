from concurrent.futures import ThreadPoolExecutor

import pytest

from hubscore.errors import StorageError
from hubscore.publish.cards.pr_history import MOST_PER_DAY, Allowance, PullRequestHistory, state_file


@pytest.fixture
def memory(tmp_path) -> PullRequestHistory:
    return PullRequestHistory("https://hub", "bob", tmp_path / "deep" / "state.json")


def test_it_lies_in_the_cache_folder(tmp_path):
    assert state_file() == tmp_path / "cache" / "publish" / "pull-requests.json"


def test_a_no_is_kept_for_one_user_and_one_hub(memory):
    memory.decline("lab/net", 3)
    memory.decline("lab/net", 4)
    assert PullRequestHistory("https://hub", "bob", memory.path).declined("lab/net") and not memory.declined(
        "lab/other"
    )
    assert not PullRequestHistory("https://hub", "alice", memory.path).declined("lab/net")
    assert not PullRequestHistory("http://127.0.0.1", "bob", memory.path).declined("lab/net")


def test_what_was_opened_is_known_by_number(memory):
    assert memory.reserve("lab/net") and memory.numbers("lab/net") == frozenset()
    memory.resolve_reservation("lab/net", 7)
    assert memory.numbers("lab/net") == {7}
    memory.reserve("lab/net")
    memory.resolve_reservation("lab/net", None)
    assert memory.numbers("lab/net") == {7}


def test_many_at_once_stay_below_the_cap(memory):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: memory.reserve(f"lab/{number}"), range(MOST_PER_DAY + 10)))
    assert sum(taken) == MOST_PER_DAY


def test_one_that_came_to_nothing_may_be_used_again(memory):
    allowance = Allowance(memory, most=1)
    assert allowance.take("a/b") == "" and "for one run" in allowance.take("a/c")
    allowance.resolve_reservation("a/b", None)
    assert allowance.take("a/c") == ""


@pytest.mark.parametrize("content", ["{", "[]", '{"opened": []}', '{"opened": [{"repo": 1}], "declined": []}'])
def test_a_damaged_file_stops_us_because_it_holds_who_said_no(memory, content):
    memory.path.parent.mkdir()
    memory.path.write_text(content)
    with pytest.raises(StorageError, match="damaged, and it holds who wants no pull requests"):
        memory.declined("lab/net")
