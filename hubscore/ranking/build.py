"""From extractions that are all there to a ranking; where they come one by one, see
:class:`hubscore.ranking.builder.RankingBuilder`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from hubscore.calibration.calibration import Calibration
from hubscore.ranking.builder import Progress, RankingBuilder
from hubscore.ranking.request import Request, check_label_texts
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer
from hubscore.types import Candidate, Extraction, Probe, Ranking, RunRecord, Skipped


def build_ranking(
    candidates: Sequence[Candidate],
    extractions: Mapping[str, Extraction],
    probe: Probe,
    *,
    scores: str | Sequence[str] = "all",
    reduce: int | None = None,
    capacity: bool = False,
    subsamples: int = 0,
    seed: int = 0,
    resample: str | Sequence[str] = (),
    label_texts: Sequence[ArrayLike] | None = None,
    reference: Extraction | None = None,
    maps: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    fresh: Sequence[ProbeResults] = (),
    skipped: Sequence[Skipped] = (),
    record: RunRecord | None = None,
    progress: Progress | None = None,
    calibration: Calibration | None = None,
) -> Ranking:
    """Rank checkpoints by their expected accuracy after fine-tuning, an estimate from the kernel probes, or by the
    consensus of transferability scores where there is none; pure, nothing is read or downloaded.

    Args:
        candidates: those that were extracted; others are ignored.
        extractions: by ``repo_id``.
        probe: what they were extracted on.
        scores: ``"all"`` or names; ``name@32`` stands for an exact PCA to 32 first.
        reduce: exact PCA to this many dimensions before every score that reads features but the kernel probes.
        capacity: add each network's depth to every standardised score (``name+l``), and average those.
        subsamples: how many for the intervals; 0 for none.
        seed: of everything drawn at random.
        resample: slow scores to recompute on every subsample all the same, as names or separated by commas.
        label_texts: class names as text models write them, for EMMS: one array of shape (c classes, dimensions) for
            each text model.
        reference: of a network trained on the target, on the same probe, for the scores that compare with one.
        maps: attribution maps for the scores that compare where networks look, as in
            :class:`hubscore.ranking.score_inputs.ProbeResults`.
        fresh: further probes of the same data with their results: every score is then the mean over all probes, and
            the intervals come from their spread instead of from subsamples.
        skipped: candidates left out before.
        record: what is known of the run already: what ran it, when, and for how many images; the rest is filled in.
        progress: called with steps done and steps in all.
        calibration: what turns the kernel probes into expected accuracies; the one of the package by default.

    Returns:
        The ranking; its order does not depend on the order of the candidates.

    Raises:
        UsageError: an unknown score, or labels or label texts that cannot be used.
        CandidateError: no candidate is left, with the reason of each.
    """
    request = Request(
        scores=scores, reduce=reduce, capacity=capacity, subsamples=subsamples, seed=seed, resample=resample
    )
    request.check()
    texts = None if label_texts is None else tuple(np.asarray(one, dtype=np.float64) for one in label_texts)
    check_label_texts(texts, probe)
    results = [
        replace(one, label_texts=texts) for one in (ProbeResults(probe, extractions, reference, maps or {}), *fresh)
    ]
    scorer = Scorer(results, request, kernels=results[0].kernels)
    given = [one for one in candidates if all(one.repo_id in found.extractions for found in results)]
    with RankingBuilder(scorer, expected=len(given), progress=progress) as builder:
        for candidate in given:
            builder.add(candidate, [found.extractions[candidate.repo_id] for found in results])
        return builder.finish(skipped=skipped, record=record, calibration=calibration)
