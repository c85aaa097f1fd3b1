"""What is asked of a ranking, and whether it can be met: known before anything is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.ranking.columns import choose, listed, resampled_too
from hubscore.types import Probe, RankingOptions


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of a ranking.

    Attributes:
        scores: ``"all"`` or names.
        reduce: exact PCA to this many dimensions before every score that reads features but the kernel probes.
        capacity: add each network's depth to every standardised score, and average those.
        subsamples: how many for the intervals; 0 for none.
        seed: of everything drawn at random.
        resample: slow scores to recompute on every subsample all the same.
    """

    scores: str | Sequence[str] = "all"
    reduce: int | None = None
    capacity: bool = False
    subsamples: int = 0
    seed: int = 0
    resample: str | Sequence[str] = ()

    def check(self) -> None:
        """Refuse what cannot be met.

        Raises:
            UsageError: as :func:`check_scores`.
        """
        check_scores(self.scores, reduce=self.reduce, subsamples=self.subsamples, resample=self.resample)

    def options(self, *, probes: int, label_texts: Sequence[Floats] | None) -> RankingOptions:
        """Return the request as the record of a ranking tells it."""
        return RankingOptions(
            scores=self.scores if isinstance(self.scores, str) else tuple(self.scores),
            reduce=self.reduce,
            capacity=self.capacity,
            subsamples=0 if probes > 1 else self.subsamples,
            probes=probes,
            seed=self.seed,
            resample=tuple(listed(self.resample)),
            label_texts=None if label_texts is None else tuple(text.shape for text in label_texts),
        )


def check_scores(
    scores: str | Sequence[str] = "all",
    *,
    reduce: int | None = None,
    subsamples: int = 0,
    resample: str | Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the names of the columns that a request stands for.

    Raises:
        UsageError: an unknown score, with near names, a number of subsamples that gives no spread, or a score to
            recompute that is not among them.
    """
    if subsamples < 0 or subsamples == 1:
        raise UsageError(
            f"Cannot make intervals from {subsamples} subsamples",
            "a spread needs two",
            "subsamples=20, or 0 for none",
            option="subsamples",
            value=20,
        )
    columns = choose(scores, reduce=reduce)
    resampled_too(resample, choose(scores, reduce=reduce, lacking=()), subsamples=subsamples)
    return tuple(column.name for column in columns)


def check_label_texts(texts: Sequence[Floats] | None, probe: Probe) -> None:
    """Check that class names as text models write them have one row per class.

    Raises:
        UsageError: the probe has no classes, or another number of them.
    """
    if texts is None:
        return
    if probe.labels is None or probe.target != "classification":
        kind = "no labels" if probe.labels is None else f"labels for {probe.target}"
        raise UsageError(
            "Cannot use label texts here",
            f"they describe classes, and the probe has {kind}",
            "leave out label_texts=",
            option="label_texts",
        )
    if len(texts[0]) != len(probe.classes):
        names = ", ".join(probe.classes[:8]) + (", ..." if len(probe.classes) > 8 else "")
        why = f"they have {len(texts[0])} rows, and the probe has {len(probe.classes)} classes"
        raise UsageError("Cannot use these label texts", why, f"one row per class, in this order: {names}")
