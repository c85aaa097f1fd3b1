"""From extractions to a ranking: score, average, judge how sure, and write down how."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from hubscore.errors import CandidateError, UsageError, reason_of
from hubscore.numerics.validation import read_labels
from hubscore.ranking.agreement import between_scores, unlabeled, unordered, warnings, with_baselines
from hubscore.ranking.baselines import baselines
from hubscore.ranking.capacity import with_capacity
from hubscore.ranking.columns import FAMILIES, Column, choose, listed, unlabeled_families
from hubscore.ranking.missing import reasons
from hubscore.ranking.missing import warnings as gap_warnings
from hubscore.ranking.multi_probe import score_probes
from hubscore.ranking.order import Order, Resampled, order_models
from hubscore.ranking.record import Request, describe_columns, describe_probe, make_record
from hubscore.ranking.resampling import plan_resamples, recompute
from hubscore.ranking.rows import RowContext, make_rows
from hubscore.ranking.saturation import Saturated, saturated
from hubscore.ranking.saturation import warnings as saturation_warnings
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs
from hubscore.ranking.scoring import Scored, options_for, score_all, tabulate
from hubscore.ranking.uncertainty import draw_subsamples
from hubscore.run.label_texts import LabelTexts, check_label_texts, read_label_texts
from hubscore.run.validation import check_scores
from hubscore.types import Candidate, Extraction, Json, Probe, Ranking, Skipped


class _Ticks:
    """Counts steps for whoever watches."""

    def __init__(self, total: int, progress: Callable[[int, int], None] | None) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def __call__(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.total)


def build_ranking(
    candidates: Sequence[Candidate],
    extractions: Mapping[str, Extraction],
    probe: Probe,
    *,
    scores: str | Sequence[str] = "all",
    reduce: int | None = None,
    capacity: bool = False,
    subsamples: int = 20,
    seed: int = 0,
    resample: str | Sequence[str] = (),
    label_texts: LabelTexts | None = None,
    reference: Extraction | None = None,
    maps: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    fresh: Sequence[ProbeResults] = (),
    skipped: Sequence[Skipped] = (),
    record: Json | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Rank checkpoints by the consensus of transferability scores.

    Args:
        candidates: those that were extracted; others are ignored.
        extractions: by ``repo_id``.
        probe: what they were extracted on.
        scores: ``"all"`` or names; ``name@32`` stands for an exact PCA to 32 first.
        reduce: exact PCA to so many dimensions before every score that reads features.
        capacity: add each network's depth to every standardised score (``name+l``), and average those.
        subsamples: how many for the intervals; 0 for none.
        seed: of everything drawn at random.
        resample: slow scores to recompute on every subsample all the same, as names or separated by commas.
        label_texts: class names as text models write them, for EMMS: a file or arrays, as in
            :mod:`hubscore.run.label_texts`.
        reference: of a network trained on the target, on the same probe, for the scores that compare with one.
        maps: attribution maps for the scores that compare where networks look, as in
            :class:`hubscore.ranking.score_inputs.ProbeResults`.
        fresh: further probes of the same data with what came of them: every score is then the mean over all probes, and
            the intervals come from their spread instead of from subsamples.
        skipped: candidates left out before.
        record: facts to add to the record.
        progress: called with steps done and steps in all.

    Returns:
        The ranking; its order does not depend on the order of the candidates.

    Raises:
        UsageError: an unknown score, or labels or label texts that cannot be used.
        CandidateError: no candidate is left, with the reason of each.
    """
    check_scores(scores, reduce=reduce, subsamples=subsamples, resample=resample)
    texts = read_label_texts(label_texts)
    check_label_texts(texts, probe)
    probed = tuple(
        replace(one, label_texts=texts) for one in (ProbeResults(probe, extractions, reference, maps or {}), *fresh)
    )
    request = Request(
        scores if isinstance(scores, str) else tuple(scores),
        reduce,
        capacity,
        0 if fresh else subsamples,
        len(probed),
        seed,
        tuple(listed(resample)),
        None if texts is None else tuple(text.shape for text in texts),
    )
    columns = choose(scores, reduce=reduce, lacking=probed[0].lacking())
    every, left_out = _open_all(candidates, probed, skipped)
    views = every[0]
    facts = _facts(views, extractions, seed=seed, target_size=probe.population or len(probe))
    options = options_for(columns, seed=seed, heads=all(view.plain.logits is not None for view in views.values()))
    # Thousands of small matrices: one BLAS thread is several times faster than many that wait for each other, and
    # repeats exactly.
    with threadpool_limits(1):
        order, scored, resampled = _judge(every, columns, options, probe, request, progress)
    taus, full, told = _caveats(order, resampled, facts, probe, reference)
    return Ranking(
        rows=make_rows(order, scored, facts, probe),
        skipped=left_out,
        probe=describe_probe(*(one.probe for one in probed)),
        agreement=between_scores(order.table) | {"consensus": taus},
        scores=describe_columns(order, options, probe, full),
        record=make_record(request, order, scored, facts, resampled, told) | (record or {}),
    )


def _open(candidates: Sequence[Candidate], probed: ProbeResults) -> tuple[dict[str, ScoreInputs], list[Skipped]]:
    views, unusable = {}, []
    read_labels(probed.probe.labels, probed.probe.target)
    for candidate in candidates:
        if candidate.repo_id not in probed.extractions:
            continue
        try:
            views[candidate.repo_id] = probed.views(candidate)
        except UsageError as error:  # one bad checkpoint never stops a run
            unusable.append(Skipped(candidate.repo_id, reason_of(error)))
    return dict(sorted(views.items())), unusable


def _open_all(
    candidates: Sequence[Candidate], every: Sequence[ProbeResults], skipped: Sequence[Skipped]
) -> tuple[list[dict[str, ScoreInputs]], tuple[Skipped, ...]]:
    """Open the views on every probe, of the candidates that have been run over all of them; the others are added to
    those skipped.
    """
    opened = [_open(candidates, probed) for probed in every]
    common = set.intersection(*(set(views) for views, _ in opened))
    usable = [{model: view for model, view in views.items() if model in common} for views, _ in opened]
    unusable = {item for _, gone in opened for item in gone}
    left_out = tuple(sorted((*skipped, *unusable), key=lambda item: (item.model, item.reason)))
    _require_some(usable[0], left_out)
    return usable, left_out


def _require_some(views: Mapping[str, ScoreInputs], skipped: Sequence[Skipped]) -> None:
    if not views:
        reasons = "; ".join(f"{item.model}: {item.reason}" for item in skipped)
        raise CandidateError(
            "No candidate could be ranked", reasons or "there were none", "hubscore plan DATASET shows the candidates"
        )


def _facts(
    views: Mapping[str, ScoreInputs], extractions: Mapping[str, Extraction], *, seed: int, target_size: int
) -> dict[str, RowContext]:
    return {
        model: RowContext(_known(view), extractions[model], *baselines(view, seed=seed, target_size=target_size))
        for model, view in views.items()
    }


def _caveats(
    order: Order,
    resampled: Resampled | None,
    facts: Mapping[str, RowContext],
    probe: Probe,
    reference: Extraction | None,
) -> tuple[dict[str, float | None], dict[str, Saturated], list[str]]:
    """Return tau-b with every baseline, the scores that are at their end, and what a reader must know before
    believing the order.
    """
    known = next(iter(facts.values())).baselines
    taus = with_baselines(
        order.consensus, {name: [facts[model].baselines[name] for model in order.table.models] for name in known}
    )
    full = saturated(order.table, len(probe.classes), probe.target)
    rests = [*unlabeled(order.table, reference.model if reference else None), *unordered(order.table, order.consensus)]
    told = [*rests, *warnings(taus, len(facts)), *gap_warnings(order, resampled), *saturation_warnings(full.values())]
    return taus, full, told


def _judge(
    every: Sequence[Mapping[str, ScoreInputs]],
    columns: Sequence[Column],
    options: Mapping[str, Mapping[str, Any]],
    probe: Probe,
    request: Request,
    progress: Callable[[int, int], None] | None,
) -> tuple[Order, Scored, Resampled | None]:
    views = every[0]
    resampled: Resampled | None
    if len(every) > 1:
        scored, resampled = score_probes(every, columns, options, _Ticks(len(views) * len(every), progress))
    else:
        scored, resampled = _subsampled(views, columns, options, probe, request, progress)
    table = tabulate(scored, columns, unlabeled_families(columns) if probe.labels is None else FAMILIES)
    if request.capacity:
        layers = {model: _known(view).layers for model, view in views.items()}
        if resampled is not None:
            values = with_capacity(table.with_values(resampled.values), layers).values
            resampled = replace(resampled, values=values, plan=[*resampled.plan, *resampled.plan])
        table = with_capacity(table, layers)
    return order_models(table, resampled), scored, resampled


def _subsampled(
    views: Mapping[str, ScoreInputs],
    columns: Sequence[Column],
    options: Mapping[str, Mapping[str, Any]],
    probe: Probe,
    request: Request,
    progress: Callable[[int, int], None] | None,
) -> tuple[Scored, Resampled | None]:
    """Score the whole probe, and its subsamples."""
    labels = probe.labels if probe.target == "classification" else None
    rows = (
        draw_subsamples(labels, len(probe), count=request.subsamples, seed=request.seed)
        if request.subsamples > 1
        else []
    )
    ticks = _Ticks(len(views) * (1 + len(rows)), progress)
    scored = score_all(views, columns, options, ticks)
    if not rows:
        return scored, None
    plan = plan_resamples(columns, len(rows), request.resample)
    values, missing = recompute(views, columns, rows, options, plan, ticks)
    return scored, Resampled(values, plan, len(rows[0]), len(probe), reasons(tabulate(scored, columns), missing))


def _known(view: ScoreInputs) -> Candidate:
    if view.plain.candidate is None:
        raise UsageError("A checkpoint has no facts", "its views were not opened from a candidate")
    return view.plain.candidate
