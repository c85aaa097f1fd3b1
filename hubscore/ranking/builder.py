"""A ranking that grows: checkpoints are scored as their features come, and only small records stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Protocol, Self

from threadpoolctl import threadpool_limits

from hubscore.calibration.calibration import Calibration
from hubscore.ranking.compute import compute_scores
from hubscore.ranking.judgement import judge
from hubscore.ranking.numbers import Numbers
from hubscore.ranking.parallel import Lanes, usable
from hubscore.ranking.pool import ModelScores, make_pool
from hubscore.ranking.record import complete_record, describe_columns, describe_probe
from hubscore.ranking.rows import make_rows
from hubscore.ranking.scorer import Scorer
from hubscore.types import Candidate, Extraction, Ranking, RunRecord, Skipped

Progress = Callable[[int, int], None]
"""Called with steps done and steps in all."""
Scored = tuple[str, ModelScores | tuple[Skipped, ...]]


class NumbersStore(Protocol):
    """Where the numbers of checkpoints are kept, so that nothing is scored twice; several threads use it at once."""

    def read(self, candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer) -> Numbers | None:
        """Return the numbers of a checkpoint, where they are there."""

    def write(self, candidate: Candidate, extractions: Sequence[Extraction], scorer: Scorer, numbers: Numbers) -> None:
        """Keep them."""


class RankingBuilder:
    """Takes checkpoints in any order, scores several at once beside whatever brings them, and makes the ranking of
    them; of a checkpoint that is scored no array is kept, unless a score over the set has no terms.

    The values, intervals and ranks do not depend on the order in which checkpoints come, nor on the threads.

    Attributes:
        progress: called with steps done and steps in all, never by two threads at once.

    Args:
        scorer: which scores, on which rows.
        expected: how many checkpoints will come, at most.
        progress: called with steps done and steps in all, never by two threads at once.
        scored: called with what became of each checkpoint as soon as it is known, by whoever adds the next.
        store: where numbers are kept; nowhere by default.
        workers: threads; none for as many as there are cores.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        expected: int,
        progress: Progress | None = None,
        scored: Callable[[ModelScores], None] | None = None,
        store: NumbersStore | None = None,
        workers: int | None = None,
    ) -> None:
        lanes = usable() if workers is None else workers
        self.scorer, self.progress, self._scored, self._store = scorer, progress, scored, store
        self._strands = max(1, lanes // max(expected, 1))
        self._steps, self._left = scorer.steps * expected, scorer.steps * expected
        self._lanes = Lanes[Scored](max(1, min(lanes, expected)), self._tick)
        self._models: dict[str, ModelScores] = {}
        self._unusable: list[Skipped] = []

    def __enter__(self) -> Self:
        self._lanes.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lanes.__exit__(kind, error, trace)

    def add(self, candidate: Candidate, extractions: Sequence[Extraction]) -> None:
        """Score a checkpoint, now or when a thread is free; wait where all are busy.

        Args:
            candidate: with a unique ``repo_id``.
            extractions: one for each probe.
        """
        self._lanes.add(lambda tick: (candidate.repo_id, self._score(candidate, extractions, tick)))
        self._take(self._lanes.finished())

    def wait(self) -> None:
        """Wait until everything that was added is scored."""
        self._take(self._lanes.rest())

    def finish(
        self,
        *,
        skipped: Iterable[Skipped] = (),
        record: RunRecord | None = None,
        calibration: Calibration | None = None,
        among: int = 0,
    ) -> Ranking:
        """Return the ranking of what was added.

        Args:
            skipped: candidates left out before.
            record: what is known of the run already; the rest is filled in.
            calibration: what turns the kernel probes into expected accuracies; the one of the package by default.
            among: how many checkpoints these are the best of, where others were stopped before.

        Raises:
            CandidateError: no candidate is left, with the reason of each.
        """
        self.wait()
        if any(one.inputs for one in self._models.values()):  # what compares the checkpoints is still to be computed
            self._lanes.limit()  # brings scipy's BLAS, to be limited below
        self._lanes.close()
        scorer, seed = self.scorer, self.scorer.request.seed
        pool = make_pool(scorer.results, self._models, (*skipped, *self._unusable))
        with threadpool_limits(1):  # one BLAS thread repeats exactly
            computed = compute_scores(pool, scorer)
        judgement = judge(pool, computed, calibration=calibration, seed=seed, among=among)
        options = scorer.request.options(probes=len(pool.results), label_texts=scorer.label_texts)
        return Ranking(
            rows=make_rows(judgement.order, computed.scored, pool.contexts, pool.probe, judgement.estimates),
            skipped=pool.skipped,
            probe=describe_probe(*(one.probe for one in pool.results)),
            agreement=judgement.agreement,
            scores=describe_columns(judgement, computed.options, pool.probe),
            record=complete_record(record or RunRecord(), options, computed, judgement, pool.contexts),
        )

    def _score(
        self, candidate: Candidate, extractions: Sequence[Extraction], tick: Callable[[], None]
    ) -> ModelScores | tuple[Skipped, ...]:
        opened = self.scorer.open(candidate, extractions)
        if isinstance(opened, tuple):
            return opened
        numbers = None if self._store is None else self._store.read(candidate, extractions, self.scorer)
        if numbers is None:
            self._lanes.limit()
            numbers = self.scorer.numbers(opened, tick, strands=self._strands)
            if self._store is not None:
                self._store.write(candidate, extractions, self.scorer, numbers)
        return self.scorer.finished(opened, numbers)

    def _take(self, found: Iterable[Scored]) -> None:
        for model, one in found:
            if isinstance(one, ModelScores):
                self._models[model] = one
                if self._scored is not None:
                    self._scored(one)
            else:
                self._unusable.extend(one)

    def _tick(self) -> None:
        self._left -= 1
        if self.progress is not None:
            self.progress(self._steps - self._left, self._steps)
