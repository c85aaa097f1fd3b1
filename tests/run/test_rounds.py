from dataclasses import replace

from hubscore.errors import ErrorCode, HubError
from hubscore.extract.stream import CandidateResult
from hubscore.hub.outage import Outage
from hubscore.run.rounds import MOST_ROUNDS, in_rounds
from hubscore.types import Candidate, Skipped


def candidates(names):
    return [Candidate(name, "0" * 40, "timm") for name in names]


class Scene:
    """Candidates of which some meet an outage in their first so many rounds."""

    def __init__(self, fails):
        self.fails, self.outage, self.asked, self.announced = fails, Outage(), [], []

    def extract(self, left):
        self.asked.append("".join(one.repo_id for one in left))
        for one in left:
            name = one.repo_id
            if name == "x":
                yield CandidateResult(one, None, Skipped(name, "is gated"), 0)
            elif self.fails.get(name, 0) >= len(self.asked):
                self.outage.lost[name] = HubError("x", "the Hub failed", code=ErrorCode.SERVER_ERROR)
                yield CandidateResult(one, None, Skipped(name, "the Hub failed"), 0)
            else:
                self.outage.lost.pop(name, None)
                yield CandidateResult(one, None, None, 1)

    def run(self, names):
        results = in_rounds(self.extract, candidates(names), self.outage, self.announced.append)
        return {one.candidate.repo_id: one.skipped for one in results}


def test_what_the_hub_failed_for_comes_last_and_is_lost_no_more():
    scene = Scene({"b": 1, "c": 1})
    assert scene.run("abcx") == {"a": None, "x": Skipped("x", "is gated"), "b": None, "c": None}
    assert scene.asked == ["abcx", "bc"] and scene.announced == [2]


def test_what_stays_lost_carries_the_code():
    scene = Scene({"b": 99})
    told = scene.run("ab")
    assert told["a"] is None and told["b"] == replace(Skipped("b", "the Hub failed"), code="server-error")
    assert len(scene.asked) == MOST_ROUNDS
