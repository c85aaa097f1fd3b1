"""What a calibration file holds: coefficients, errors, ranges, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hubscore.calibration.rows import GROWTH, GROWTH_ERROR
from hubscore.types.inputs import Json
from hubscore.types.open_record import OpenRecord, optional, reads, tuples

Range = tuple[float, float]

FORMULA = (
    "arcsin sqrt(accuracy) = a + b x + c y + d ln C + e (sqrt(C / n) - sqrt(C / 400)) of the pool's mean x and y, plus"
    " b_within and c_within times what a model's accuracy and -sqrt(log loss / ln C) differ from the pool's means;"
    " x = arcsin sqrt(accuracy of the probe), y = 1 - log loss / ln C, C classes, n rows of the probe"
)


@dataclass(frozen=True)
class Fit(OpenRecord):
    """Coefficients and errors of one kind of evidence: the features alone, or the features and the layers.

    Attributes:
        a: constant of a pool's level.
        b: of the pool's mean arcsin sqrt(probe accuracy).
        c: of its mean 1 - log loss / ln C.
        d: of ln C.
        e: of sqrt(C / n) - sqrt(C / 400): a probe of few rows falls shorter of fine-tuning.
        b_within: of what a model's probe accuracy differs from the pool's mean.
        c_within: of what its -sqrt(log loss / ln C) does.
        sd_between: standard deviation of the error that all models of a data set share, in radians.
        sd_within: standard deviation of the error that is a model's own, in radians.
        datasets: on how many data sets.
        models: on how many models.
        rows: on how many pairs of both.
        shrinkage: how strongly the level was drawn to that of the probe, as leaving data sets out chose it.
        checks: what held-out data sets said, by name: see docs/calibrate.md.
    """

    a: float
    b: float
    c: float
    d: float
    b_within: float
    c_within: float
    sd_between: float
    sd_within: float
    datasets: int
    models: int = 0
    rows: int = 0
    e: float = GROWTH
    shrinkage: float | None = None
    checks: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranges(OpenRecord):
    """What the ground truth covered; outside it the interval widens.

    Attributes:
        samples: rows of the probe that count as covered.
        classes: how many.
        input_size: pixels per side; none where a modality has no size, or the tables do not say.
        probed: rows of the probes that the truth was compared with, whose sampling error the errors hold already.
    """

    samples: Range = field(metadata=reads(tuples))
    classes: Range = field(metadata=reads(tuples))
    input_size: Range | None = field(default=None, metadata=reads(tuples))
    probed: float = 400.0


@dataclass(frozen=True)
class Widening(OpenRecord):
    """How much wider the interval gets outside the ranges; radians, added in squares.

    Attributes:
        samples: for every unit of sqrt(C / n) - sqrt(C / 400), also inside the ranges.
        classes: for every doubling of the number of classes beyond its range.
        input_size: for every doubling of the pixels per side beyond theirs.
        modality: times both errors, on another kind of input than that of the truth.
    """

    samples: float = GROWTH_ERROR
    classes: float = 0.03
    input_size: float = 0.03
    modality: float = 2.0


@dataclass(frozen=True)
class Provenance(OpenRecord):
    """Where a calibration comes from.

    Attributes:
        truth: what the accuracies are, in words that complete "expected accuracy".
        command: what made the file.
        tables: the files read: name, sha256 and rows.
        datasets: names of the data sets.
        runs: of fine-tuning behind an accuracy, at most; an accuracy is their mean.
        left_out: rows left out, by reason.
        resized: accuracies whose models were ranked at another size than they were fine-tuned at.
        hubscore: the version that made it.
    """

    truth: str = "if fine-tuned on about 300 images as in docs/truth.md"
    command: str | None = None
    tables: tuple[Json, ...] = field(default=(), metadata=reads(tuple))
    datasets: tuple[str, ...] = field(default=(), metadata=reads(tuples))
    runs: int | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    resized: int = field(default=0, metadata=optional())
    hubscore: str | None = None
