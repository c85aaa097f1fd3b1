"""Racing: all candidates on few rows of the probe, those that may still become first on more."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hubscore.calibration.calibration import Calibration
from hubscore.calibration.evidence import ACCURACY, LOSS
from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.plan import Plan
from hubscore.candidates.race_work import RaceWork
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.row_ids import SomeItems, row_ids
from hubscore.numerics.workspace import Floats, Ints
from hubscore.ranking.columns import choose
from hubscore.ranking.raced import below
from hubscore.ranking.racing import LEAST, RISK_BEST, TOP, stage_order, stage_sizes, survivors
from hubscore.run.growing import Growing, Grown
from hubscore.run.race_files import files_kept, let_go
from hubscore.run.race_rules import races
from hubscore.run.rank_options import RankOptions
from hubscore.run.session import Session
from hubscore.types import Candidate, Probe, Race, RaceStage, Ranking, Row, Skipped

SUBSAMPLES = 20
"""For the intervals of the consensus, where candidates are stopped by it."""
_now = time.monotonic
NOT_REACHED = "not reached before the budget was spent (--budget)"
_TEXT = (
    "Candidates ran over growing parts of the probe, each part holding those before. After each, those were stopped"
    f" that were least often the best in worlds drawn from the expected accuracies of that part, of features alone,"
    f" together with {RISK_BEST:.0%} at most, unless they may be among the first {TOP}; or, where the order is by"
    " consensus, those"
    f" that surely were behind {TOP} others, by intervals that hold for all pairs. Those that were stopped stand below"
    " all that ran on, by stage, and their numbers rest on fewer rows: numbers of different stages are not compared."
    " P(best), the shortlist and ties are about those that ran to the end."
)


@dataclass
class Raced:
    """What a race came to.

    Attributes:
        found: the candidates that are left.
        part: the last rows that all of them have run over, none before the first stage.
        whole: whether they are to run over all rows.
        spent: says whether the budget is.
        stopped: rankings of the stages, of the candidates that went no further, in the order of the stages.
        stages: how many there were of what.
        skipped: candidates that could not be run, or were not reached in time.
        forward_images: rows that went through networks.
        next: what would have come next, where the budget was spent.
    """

    found: CandidateSet
    part: Probe | None = None
    whole: bool = True
    spent: Callable[[], bool] = lambda: False
    stopped: list[tuple[Ranking, frozenset[str]]] = field(default_factory=list)
    stages: list[RaceStage] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    forward_images: int = 0
    next: str = ""

    def finish(self, made: Ranking, ranking: RankOptions) -> Ranking:
        """Return a ranking of the candidates that are left with the others below, and what became of the race."""
        if not self.stages and not self.next:
            return made
        budget = None if ranking.budget is None else float(ranking.budget)
        raced = Race(tuple(self.stages), made.probe.samples or 0, len(made), budget, self.next, _TEXT)
        rows, extractions = list(made.rows), dict(made.record.extractions)
        for number, (stage, names) in reversed(list(enumerate(self.stopped, 1))):
            rows += below(rows, [row for row in stage if row.model in names], number)
            extractions |= {name: one for name, one in stage.record.extractions.items() if name in names}
        record = replace(made.record, race=raced, extractions=extractions)
        return replace(made, rows=tuple(rows), record=replace(record, warnings=(*record.warnings, *self.told(rows))))

    def told(self, rows: Sequence[Row]) -> list[str]:
        """Say how many candidates were stopped, and what the budget left open."""
        early, lines = sum(row.stage is not None for row in rows), list[str]()
        if early:
            parts = ", ".join(f"{one.stopped} after {one.rows} rows" for one in self.stages if one.stopped)
            lines.append(f"{early} of {len(rows)} candidates were stopped early ({parts}); they stand below the others")
        return [*lines, f"The budget is spent: {self.next}"] if self.next else lines


def race_work(ranking: RankOptions, probe: Probe, candidates: int, *, layers: bool = False) -> RaceWork | None:
    """Return which stages a run would have, none where nobody could be stopped or there is no race.

    Args:
        ranking: which scores; and whether there is a race.
        probe: what candidates run over; its rows need not be there.
        candidates: how many.
        layers: whether those that are left run once more for the kernel of their layers.
    """
    labelled = probe.target == "classification" and probe.labels is not None
    stages, least = _stages(probe, labelled=labelled), _least(ranking)
    if not stages or candidates <= least or not races(ranking, candidates):
        return None
    return RaceWork(candidates, len(probe), stages, least, layers)


def run_race(
    session: Session,
    ranking: RankOptions,
    found: CandidateSet,
    probe: Probe,
    texts: Sequence[Floats] | None,
    plan: Plan,
    calibration: Calibration,
    *,
    layers: bool = False,
) -> Raced:
    """Stop candidates that surely are not among the first; what runs is in the cache afterwards.

    Args:
        session: where networks run.
        ranking: which scores; and the budget.
        found: the candidates.
        probe: all rows.
        texts: class names as text models write them, or none.
        plan: of the run.
        calibration: what turns kernel probes into expected accuracies.
        layers: whether those that are left run once more for the kernel of their layers: then one more stage, over all
            rows, says who does.
    """
    began, budget = _now(), ranking.budget
    limit = None if budget is None else float(budget)

    def spent() -> bool:
        return limit is not None and _now() - began >= limit

    labels = probe.labels if probe.target == "classification" else None
    order, least = stage_order(labels, len(probe)), _least(ranking)
    sizes = _stages(probe, labelled=labels is not None)
    sizes += (len(probe),) if layers and sizes else ()
    raced, options = Raced(found, spent=spent), stage_options(ranking, probe)
    for number, size in enumerate(sizes):
        if len(raced.found) <= least:
            break
        part = some_rows(probe, np.sort(order[:size]))
        session.kept = files_kept(session, raced.found.candidates)
        grown = Growing(session, options, raced.found, None, [part], part, texts, None, plan, spent).grow()
        raced.forward_images += grown.forward_images
        if not _taken(raced, grown, part, first=number == 0):
            break
        _stop(raced, grown, part, calibration, least)
        let_go(session, found.candidates, raced.found.candidates)
        if spent():
            raced.next = f"{len(raced.found)} candidates {_next((*sizes[number + 1 :], len(probe))[0], size)}"
            raced.whole = False
            break
    let_go(session, found.candidates, raced.found.candidates)
    session.kept = frozenset()  # the last stage deletes what it has run
    return raced


def run_last(
    session: Session,
    ranking: RankOptions,
    raced: Raced,
    network: Candidate | None,
    probes: Sequence[Probe],
    rows: Probe,
    texts: Sequence[Floats] | None,
    layers: LayerRequest | None,
    plan: Plan,
) -> Grown:
    """Run the candidates that are left over all rows; where the budget does not last, over the last rows that all of
    them have run over.

    Args:
        session: and what follows as of :class:`hubscore.run.growing.Growing`.
        ranking: which scores.
        raced: what the race came to.
        network: the reference network, or none.
        probes: that everyone runs over.
        rows: of all probes, one behind the other.
        texts: class names as text models write them, or none.
        layers: how kernels of layers are made, or none.
        plan: of the run.
    """
    if raced.whole:
        last = Growing(session, ranking, raced.found, network, probes, rows, texts, layers, plan, raced.spent)
        grown = last.grow()
        if not grown.unfinished:
            return grown
        if raced.part is None:
            return replace(grown, skipped=(*grown.skipped, *(Skipped(name, NOT_REACHED) for name in grown.unfinished)))
        raced.next = f"{len(grown.unfinished)} of {len(raced.found)} candidates had still to run over {len(rows)} rows"
        raced.whole, raced.forward_images = False, raced.forward_images + grown.forward_images
    assert raced.part is not None
    return Growing(session, ranking, raced.found, network, [raced.part], raced.part, texts, None, plan).grow()


def _next(rows: int, before: int) -> str:
    if rows == before:
        return "would have run once more for the kernels of their layers next"
    return f"would have run over {rows} rows next"


def _taken(raced: Raced, grown: Grown, part: Probe, *, first: bool) -> bool:
    """Take what a stage brought; a stage that was not finished compares nothing, but the first, which has nothing
    before it.
    """
    raced.skipped += grown.skipped
    gone = {one.model for one in grown.skipped}
    if grown.unfinished and not first:
        raced.next = f"{len(grown.unfinished)} of {len(raced.found)} candidates had still to run over {len(part)} rows"
        raced.whole, raced.found = False, _only(raced.found, lambda name: name not in gone)
        return False
    if grown.unfinished:
        raced.skipped += [Skipped(name, NOT_REACHED) for name in grown.unfinished]
        gone |= set(grown.unfinished)
    raced.part, raced.found = part, _only(raced.found, lambda name: name not in gone)
    return True


def _stop(raced: Raced, grown: Grown, part: Probe, calibration: Calibration, least: int) -> None:
    """Compare the candidates of a stage, and stop those that surely are not first."""
    made = grown.builder.finish(skipped=raced.skipped, calibration=calibration)
    raced.skipped = list(made.skipped)  # also those that ran and could not be scored
    kept = survivors(made.rows, least=least)
    gone = frozenset(row.model for row in made if row.model not in kept)
    raced.stopped.append((made, gone))
    raced.stages.append(RaceStage(len(part), len(made), len(gone), grown.forward_images))
    raced.found = _only(raced.found, lambda name: name in kept)


def stage_options(ranking: RankOptions, probe: Probe) -> RankOptions:
    """Return which scores a stage computes: the kernel probes of the features where they order the ranking, else what
    is asked for, with the intervals of its consensus.
    """
    asked = {column.name for column in choose(ranking.scores, lacking=())}
    light = replace(ranking, layers=False, finetune_top=None, race=None, budget=None)
    if {ACCURACY, LOSS} <= asked and ranking.reduce is None and probe.target == "classification":
        return replace(light, scores=(ACCURACY, LOSS), subsamples=0, resample=(), label_texts=None, capacity=False)
    return replace(light, subsamples=max(ranking.subsamples, SUBSAMPLES))


def some_rows(probe: Probe, rows: Ints) -> Probe:
    """Return a probe of some rows of another one, in the order given."""
    ids, places = row_ids(probe), [int(row) for row in rows]
    digest = hashlib.sha256(f"{probe.fingerprint} rows {places}".encode()).hexdigest()
    return replace(
        probe,
        indices=tuple(probe.indices[at] for at in places),
        labels=None if probe.labels is None else probe.labels[places],
        fingerprint=digest,
        items=SomeItems(probe.items, places) if probe.items else (),
        row_ids=tuple(ids[at] for at in places),
    )


def _least(ranking: RankOptions) -> int:
    """Return how many candidates are never stopped."""
    return max(LEAST, ranking.finetune_top or 0)


def _stages(probe: Probe, *, labelled: bool) -> tuple[int, ...]:
    return stage_sizes(len(probe), len(probe.classes) if labelled else 1)


def _only(found: CandidateSet, wanted: Callable[[str], bool]) -> CandidateSet:
    return replace(found, candidates=tuple(one for one in found.candidates if wanted(one.repo_id)))
