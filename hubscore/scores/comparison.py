"""Comparisons of two networks as scores: how alike a checkpoint is to a network that was trained on the target."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from hubscore.scores.info import Need, ScoreInfo
from hubscore.similarity.info import SimilarityInfo

if TYPE_CHECKING:
    from hubscore.numerics.workspace import Workspace

EVERY_TARGET = frozenset({"classification", "multilabel", "regression", "annotation"})
MEASURES = "How alike the checkpoint is to a network that was trained on your task, the reference."
ORDER = "The first network is the reference, the second one the checkpoint."
MISLEADS = (
    "It says which checkpoint resembles the reference network, so it is as good as that network is for your task. It"
    " does not look at labels and does not enter the consensus where there are any."
)


@dataclass(frozen=True, kw_only=True)
class ComparisonScore(ScoreInfo):
    """A score that is a comparison with the reference network; see :func:`comparison_score`.

    Attributes:
        similarity: the comparison.
    """

    similarity: SimilarityInfo

    def load(self) -> Callable[..., Any]:
        """Import the arithmetic."""
        return _on_workspace(self.similarity)


def comparison_scores(similarities: Iterator[SimilarityInfo] | tuple[SimilarityInfo, ...]) -> Iterator[ScoreInfo]:
    """Yield the scores among some comparisons."""
    yield from (score for info in similarities if (score := comparison_score(info)) is not None)


def comparison_score(info: SimilarityInfo) -> ScoreInfo | None:
    """Return a comparison as a score, or none where it is not one.

    Example:
        >>> from hubscore.similarity.info import SIMILARITIES
        >>> cka = comparison_score(SIMILARITIES.get("cka"))
        >>> cka.title, sorted(cka.needs), cka.family
        ('CKA to a reference', ['features', 'reference'], 'representation')
    """
    if not info.ranks or info.inputs == "fisher":
        return None
    by_maps = info.inputs != "features"
    return ComparisonScore(
        name=info.name,
        title=f"{info.title.removeprefix('The ')} to a reference",
        function=info.function,
        needs=frozenset(_needs(info)),
        targets=EVERY_TARGET,
        direction=info.direction,
        low=info.low,
        high=info.high if isinstance(info.high, float) else "inf",
        family="attribution" if by_maps else "representation",
        paper=info.source,
        checked_against=info.checked_against,
        cost=f"one backward pass, then {info.cost}" if by_maps else info.cost,
        measures=f"{MEASURES} {info.measures}" if info.symmetric else f"{MEASURES} {info.measures} {ORDER}",
        misleads=f"{MISLEADS} {info.misleads}",
        reading=info.reading,
        options=info.options,
        resample="few" if info.subsamples else "none",
        invariant=info.invariant if info.symmetric else info.invariant_second,
        released=info.released,
        released_call=info.released_call,
        similarity=info,
    )


def _needs(info: SimilarityInfo) -> Iterator[Need]:
    if info.inputs in ("features", "both"):
        yield from ("features", "reference")
    if info.inputs in ("maps", "both"):
        yield from ("maps", "reference_maps") if info.explains == "mean" else ("nodes", "reference_nodes")


def _on_workspace(info: SimilarityInfo) -> Callable[..., float]:
    """Return the comparison as a function of a workspace and the options."""
    function = info.load()

    @wraps(function)
    def compare(workspace: Workspace, **options: Any) -> float:
        from hubscore.similarity.api import compute
        from hubscore.similarity.canonical_correlation import FewSamples

        checkpoint, reference = _networks(info, workspace)
        pair = (checkpoint, reference) if info.symmetric else (reference, checkpoint)
        with warnings.catch_warnings():  # samples are few for every checkpoint alike, and the description says it
            warnings.simplefilter("ignore", FewSamples)
            return compute(info, *pair, **options)

    _, _, *options = inspect.signature(function).parameters.values()
    first = inspect.Parameter("workspace", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    compare.__signature__ = inspect.Signature([first, *options])  # type: ignore[attr-defined]
    return compare


def _networks(info: SimilarityInfo, workspace: Workspace) -> tuple[Any, Any]:
    """Return what the comparison takes of the checkpoint and of the reference network."""
    maps = (
        (workspace.maps, workspace.reference_maps)
        if info.explains == "mean"
        else (workspace.nodes, workspace.reference_nodes)
    )
    if info.inputs == "maps":
        return maps
    features = (workspace.features, workspace.reference)
    if info.inputs == "features":
        return features
    checkpoint, reference = ({"features": rows, "maps": own} for rows, own in zip(features, maps, strict=True))
    return checkpoint, reference
