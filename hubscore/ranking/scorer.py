"""Scores of one checkpoint at a time: what a ranking needs of it, so that its features can go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hubscore.errors import UsageError, reason_of
from hubscore.numerics.validation import read_labels
from hubscore.numerics.workspace import Floats
from hubscore.ranking.baselines import baselines
from hubscore.ranking.columns import Column, choose, listed
from hubscore.ranking.numbers import Numbers, Variants
from hubscore.ranking.pool import ModelScores, candidate_of
from hubscore.ranking.request import Request
from hubscore.ranking.resampling import draw, due_columns, plan_resamples
from hubscore.ranking.row_context import RowContext
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs, with_cut_share
from hubscore.ranking.scoring import options_for, score_parts
from hubscore.ranking.uncertainty import draw_subsamples
from hubscore.types import Candidate, Extraction, Skipped

Options = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Opened:
    """One checkpoint on every probe, ready to be scored."""

    inputs: tuple[ScoreInputs, ...]
    extraction: Extraction


class Scorer:
    """Knows which columns a ranking has, and on which rows; scores checkpoints one by one, several at once if need be.

    Args:
        results: one for each probe; their extractions are not looked at.
        request: which scores, and how many subsamples.
        kernels: whether kernels of layers were asked for.

    Raises:
        UsageError: labels that cannot be used.
    """

    def __init__(self, results: Sequence[ProbeResults], request: Request, *, kernels: bool) -> None:
        for one in results:
            read_labels(one.probe.labels, one.probe.target)
        self.results, self.request, self.probe = tuple(results), request, results[0].probe
        self.columns: tuple[Column, ...] = tuple(
            choose(request.scores, reduce=request.reduce, lacking=results[0].lacking(kernels=kernels))
        )
        self.rows = self._rows()
        self.plan = plan_resamples(self.columns, len(self.rows), listed(request.resample))
        self.due = due_columns(self.columns, len(self.rows), self.plan)
        self._holds_inputs = any(column.info.pool and not column.info.values for column in self.columns)

    @property
    def label_texts(self) -> Sequence[Floats] | None:
        """Class texts as embeddings, where there are any."""
        return self.results[0].label_texts

    @property
    def steps(self) -> int:
        """How often a checkpoint's scoring tells that it went on."""
        return len(self.results) + (len(self.rows) if any(self.due) else 0)

    def options(self, *, heads: bool) -> dict[str, dict[str, Any]]:
        """Return the options that the ranking sets, where all checkpoints have source logits, or not all."""
        return options_for(self.columns, seed=self.request.seed, heads=heads)

    def open(self, candidate: Candidate, extractions: Sequence[Extraction]) -> Opened | tuple[Skipped, ...]:
        """Open a checkpoint on every probe; return why that cannot be done where it cannot.

        Args:
            candidate: which.
            extractions: one for each probe.
        """
        inputs, unusable = list[ScoreInputs](), dict[Skipped, None]()
        for one, extraction in zip(self.results, extractions, strict=True):
            try:
                inputs.append(one.opened(candidate, extraction))
            except UsageError as error:  # one bad checkpoint never stops a run
                unusable[Skipped(candidate.repo_id, reason_of(error))] = None
        slim = replace(with_cut_share(extractions[0]), features={}, logits=None, attributions=None, layer_kernel=None)
        return tuple(unusable) or Opened(tuple(inputs), slim)

    def numbers(self, opened: Opened, tick: Callable[[], None] = lambda: None, *, strands: int = 1) -> Numbers:
        """Compute every column of a checkpoint, on the whole probe and on what its intervals come from.

        Args:
            opened: from :meth:`open`.
            tick: called :attr:`steps` times.
            strands: subsamples at once. The values do not depend on it.
        """
        head = opened.inputs[0].plain.logits is not None
        own, headless = self.options(heads=head), self._headless(head=head)
        other, probes = self.options(heads=False), list[Variants]()
        for inputs in opened.inputs:
            fresh = inputs.fresh()
            probes.append(Variants(score_parts(fresh, self.columns, own), score_parts(fresh, headless, other)))
            tick()
        first = opened.inputs[0]
        drawn = draw(first, self.rows, self.due, own, tick, strands=strands)
        again = [[column for column in due if column in headless] for due in self.due]
        others = draw(first, self.rows, again, other)
        pairs = zip(drawn, others, strict=True)
        return Numbers(tuple(probes), tuple(Variants(*pair) for pair in pairs), looks(first.plain.features))

    def finished(self, opened: Opened, numbers: Numbers) -> ModelScores:
        """Return everything that a ranking needs of a checkpoint, its arrays only where a score over the set asks for
        them.
        """
        first, population = opened.inputs[0], self.probe.population or len(self.probe)
        known = baselines(first, seed=self.request.seed, target_size=population)
        return ModelScores(
            RowContext(candidate_of(first), opened.extraction, *known),
            numbers,
            head=first.plain.logits is not None,
            samples=min(one.plain.n for one in opened.inputs),
            inputs=opened.inputs if self._holds_inputs else (),
        )

    def _headless(self, *, head: bool) -> list[Column]:
        """Return the columns that are otherwise where another checkpoint has no head."""
        own, other = self.options(heads=head), self.options(heads=False)
        return [column for column in self.columns if own[column.info.name] != other[column.info.name]]

    def _rows(self) -> list[NDArray[np.int64]]:
        request, probe = self.request, self.probe
        if len(self.results) > 1 or request.subsamples <= 1:
            return []
        labels = probe.labels if probe.target == "classification" else None
        return list(draw_subsamples(labels, len(probe), count=request.subsamples, seed=request.seed))


def looks(features: NDArray[np.generic] | None) -> tuple[int, ...] | None:
    """Return for each row the first row with the same features; none where all rows differ.

    Example:
        >>> looks(np.array([[1.0], [2.0], [1.0]])), looks(np.eye(3))
        ((0, 1, 0), None)
    """
    if features is None:
        return None
    seen: dict[bytes, int] = {}
    first = tuple(seen.setdefault(row.tobytes(), at) for at, row in enumerate(np.ascontiguousarray(features)))
    return None if len(seen) == len(first) else first
