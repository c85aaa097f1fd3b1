import pytest

from hubscore.errors import CandidateError, ErrorCode, HubError, StorageError
from hubscore.hub import outage
from hubscore.hub.outage import Outage, outage_code


def failing(code=ErrorCode.SERVER_ERROR):
    def fetch():
        calls.append(code)
        raise HubError("Model could not be read", "the Hub failed (error 503)", code=code)

    return fetch


calls: list[object] = []


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(outage, "WAIT_SECONDS", 0.02)
    calls.clear()


def absent():
    raise HubError("Model could not be read", "not here", code=ErrorCode.OFFLINE)


def lose(breaker, *names, code=ErrorCode.SERVER_ERROR):
    for name in names:
        with pytest.raises(HubError):
            breaker.ask(name, failing(code), absent)


def test_after_three_in_a_row_it_waits_once_and_then_asks_no_more():
    told = []
    breaker = Outage(lambda error, seconds: told.append((error.code, seconds)))
    lose(breaker, "a", "b", "c", "d", "e")
    assert len(calls) == 4 and breaker.down  # one of each, and the third once more after the wait
    assert told == [(ErrorCode.SERVER_ERROR, 0.02)]
    assert set(breaker.lost) == {"a", "b", "c", "d", "e"}
    assert {error.code for error in breaker.lost.values()} == {ErrorCode.SERVER_ERROR}
    assert breaker.ask("f", failing(), lambda: "was here") == "was here" and "f" not in breaker.lost


def test_a_hub_that_is_back_after_the_wait_is_asked_on():
    breaker = Outage()
    lose(breaker, "a", "b")
    answers = iter([failing(), lambda: "here"])
    assert breaker.ask("c", lambda: next(answers)(), absent) == "here"
    assert not breaker.down and set(breaker.lost) == {"a", "b"}


def test_one_that_comes_through_or_another_fault_begins_a_new_row():
    breaker = Outage()
    lose(breaker, "a", "b")
    breaker.ask("b", lambda: "here", absent)
    lose(breaker, "c", "d")
    lose(breaker, "e", "f", code=ErrorCode.RATE_LIMITED)
    assert not breaker.down and set(breaker.lost) == {"a", "c", "d", "e", "f"}


def test_one_candidate_whose_files_all_fail_is_one():
    breaker = Outage()
    lose(breaker, "a", "a", "a", "a")
    assert not breaker.down


def test_what_is_wrong_with_the_candidate_is_no_outage():
    breaker = Outage()
    for error in (
        CandidateError("gated", code=ErrorCode.GATED),
        StorageError("full"),
        HubError("no", code="forbidden"),
    ):
        for name in "abcd":
            with pytest.raises(type(error)):
                breaker.ask(name, lambda error=error: (_ for _ in ()).throw(error), absent)
    assert not breaker.down and not breaker.lost
    assert outage_code(HubError("x", code=ErrorCode.TIMEOUT)) == "timeout"
    assert outage_code(CandidateError("x", code=ErrorCode.GATED)) is None


def test_another_round_asks_again_and_gives_up_sooner():
    breaker = Outage()
    lose(breaker, "a", "b", "c", "d")
    calls.clear()
    breaker.again()
    lose(breaker, "a", "b", "c", "d")
    assert len(calls) == 3 and breaker.down  # no second wait
