"""Candidates that the Hub failed for are asked for again once all others are through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from hubscore.extract.stream import CandidateResult
from hubscore.hub.outage import Outage
from hubscore.types import Candidate

MOST_ROUNDS = 2


def in_rounds(
    extract: Callable[[Sequence[Candidate]], Iterator[CandidateResult]],
    candidates: Sequence[Candidate],
    outage: Outage,
    announce: Callable[[int], None],
    *,
    rounds: int = MOST_ROUNDS,
) -> Iterator[CandidateResult]:
    """Yield what becomes of every candidate; what the Hub failed for comes last, when another round has tried.

    Args:
        extract: yields what becomes of some candidates.
        candidates: all of them.
        outage: what their downloads met.
        announce: told how many another round is about.
        rounds: at most.
    """
    left, held = list(candidates), list[CandidateResult]()
    for number in range(rounds):
        held = []
        for one in extract(left):
            if one.skipped is not None and one.candidate.repo_id in outage.lost:
                held.append(one)
            else:
                yield one
        if not held:
            break
        left = [one.candidate for one in held]
        if number < rounds - 1:
            announce(len(left))
            outage.again()
    for one in held:
        skipped, error = one.skipped, outage.lost.get(one.candidate.repo_id)
        yield replace(one, skipped=replace(skipped, code=str(error.code))) if skipped and error else one
