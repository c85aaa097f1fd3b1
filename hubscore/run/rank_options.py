"""Which scores make a ranking, declared once for `hubscore rank`, `hubscore watch` and Python's `rank`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hubscore.run.keywords import Options, option
from hubscore.run.options import CANDIDATES, COUNT, EVIDENCE, LIMITS, WORD, WORDS
from hubscore.run.panels import HISTORY
from hubscore.run.run_options import read_seconds

if TYPE_CHECKING:
    from hubscore.calibration.calibration import Calibration
    from hubscore.run.label_texts import LabelTexts


@dataclass(frozen=True, kw_only=True)
class RankOptions(Options):
    """Which scores make a ranking, and what they read beside features, outputs and labels.

    Raises:
        UsageError: a value below its bound; what does not go together is refused by
            :func:`hubscore.run.validation.check_request`, which knows the scores.

    Example:
        >>> RankOptions(scores="logme,knn").subsamples
        0
    """

    parameter: ClassVar[str] = "ranking"

    scores: str | Sequence[str] = option(
        "all",
        "all, or some; see hubscore scores.",
        "--scores",
        str,
        EVIDENCE,
        "NAME,...",
        python='"all" or names; ``hubscore scores`` lists them.',
    )
    reference: str | None = option(
        None,
        "Compare with this network, trained on your task or one like it.",
        "--reference",
        WORD,
        EVIDENCE,
        "ID",
        python="A network that was trained on the target, as in ``models``: candidates are compared with it, shown"
        " beside the other scores, and ranked by it where there are no labels.",
    )
    reference_head: bool = option(
        False,
        "Train a linear head on your labels over it first.",
        "--reference-head",
        bool,
        EVIDENCE,
        python="Train a linear head on the labels over ``reference`` first, and compare with its outputs.",
    )
    reading: str | None = option(
        None,
        "Of the saliency maps that attribution compares: released (default) or printed.",
        "--reading",
        WORD,
        EVIDENCE,
        "NAME",
        python="Of the saliency maps that the score ``attribution`` compares: ``released``, one gradient of all units"
        " together as the authors' code takes it (the default), or ``printed``, the mean over units as in the paper.",
    )
    reduce: int | None = option(
        None,
        "Exact PCA to this many dimensions before every score that reads features, but the kernel probes.",
        "--reduce",
        COUNT,
        EVIDENCE,
        "N",
        min=1,
    )
    capacity: bool = option(
        False, "Add each network's depth to every score (PARC, Eq. 6).", "--capacity", bool, EVIDENCE
    )
    subsamples: int = option(
        0,
        "Subsamples to score again, for intervals; 20 is usual.",
        "--subsamples",
        int,
        EVIDENCE,
        "N",
        min=0,
    )
    resample: str | Sequence[str] = option(
        (),
        "Slow scores to recompute on every subsample too: nleep has no interval otherwise; repeatable.",
        "--resample",
        WORDS,
        EVIDENCE,
        "NAME,...",
    )
    finetune_top: int | None = option(
        None,
        "Really fine-tune the first K, for 2 epochs, and order them by what comes of it.",
        "--finetune-top",
        COUNT,
        EVIDENCE,
        "K",
        min=1,
        python="Really fine-tune the first K models of the ranking, for 2 epochs on 300 rows, measure them on 100"
        " others and order them by that and their expected accuracy together. Single classes only.",
    )
    train: str = option(
        "all",
        "With --finetune-top: all weights, a new head alone (shown beside, orders nothing), or both.",
        "--train",
        WORD,
        EVIDENCE,
        "WHAT",
        python="What ``finetune_top`` trains: ``all`` weights; a new ``head`` on the network as it is, whose accuracy"
        " is shown and orders nothing; or ``both``, one after the other.",
    )
    history: str | Path | None = option(
        None,
        "Accuracies measured on other data sets: a CSV file with the columns model, target, accuracy, or a results data"
        " set; they enter the order.",
        "--history",
        Path | None,
        HISTORY,
        "FILE",
        python="A CSV file with the columns model, target and accuracy: how checkpoints did on other data sets, where"
        " they were fine-tuned; or a results data set, saved rankings or a folder of ``hubscore history build``, of"
        " which what was measured counts. Shown as a column, and entering the order.",
    )
    order_by_history: bool | None = option(
        None,
        "With --history: let it enter the order, or only show it.",
        "--order-by-history/--no-order-by-history",
        bool | None,
        HISTORY,
        needs="history",
        python="Whether ``history`` enters the order; it does by default.",
    )
    recommend: int | None = option(
        None,
        "With --history: the N best of the history as candidates, in place of the most downloaded.",
        "--recommend",
        COUNT,
        CANDIDATES,
        "N",
        min=1,
        python="Take this many candidates from ``history``, best first, in place of the most downloaded; the filters of"
        " a search hold for them too.",
    )
    explore: float = option(
        0.2,
        "With --recommend: the share of models that the history has no value of.",
        "--explore",
        float,
        CANDIDATES,
        "0.2",
        min=0,
        needs="recommend",
        python="With ``recommend``: the share of the candidates, no fewer than one, that goes to the most downloaded"
        " models of which the history has no value, so that new ones get a chance; 0 for none.",
    )
    race: bool | None = option(
        None,
        "Run all on few rows, those that may still be first on more; by default above 50 candidates.",
        "--race/--no-race",
        bool | None,
        EVIDENCE,
        python="Run all candidates on a small part of the probe, and those that may still become first on more; by"
        " default above 50 candidates.",
    )
    budget: str | float | None = option(
        None,
        "Stop racing after so long, such as 30m, and rank by what is there.",
        "--budget",
        WORD,
        LIMITS,
        "TIME",
        python='Stop racing after so many seconds, or after "30m" or "2h", and rank by the last rows that all'
        " candidates that are left have run over; the record says what would have come next.",
    )
    label_texts: LabelTexts | None = option(
        None,
        "Class names embedded by text models, for emms: .npz or .npy, one row per class.",
        "--label-texts",
        Path | None,
        EVIDENCE,
        "FILE",
        python="Class names as text models write them, for emms: an ``.npz`` file with one array per text model, an"
        " ``.npy`` file, or the arrays, each of shape (classes, dimensions), rows in the order of the probe's classes.",
    )
    probes: int = option(
        1,
        "Fresh probes to average over, instead of subsamples; K times the work.",
        "--probes",
        int,
        EVIDENCE,
        "K",
        min=1,
        python="From 2 on, draw this many fresh probes as the papers do: every score is the mean over them, and the"
        " intervals come from their spread instead of from subsamples. Every checkpoint runs over each.",
    )
    layers: bool = option(
        True,
        "Run every network once more by your data's own statistics, for the kernel of its layers.",
        "--layers/--no-layers",
        bool,
        EVIDENCE,
        python="Run every network once more, BatchNorm by the statistics of the probe's own rows, for the kernel of all"
        " layers that ``layer_kernel_probe`` reads; only where a score that is asked for reads it.",
    )
    transform: str = option(
        "own",
        "own or whole: what features are taken of; the whole image squeezed, or each checkpoint's own crop.",
        "--transform",
        WORD,
        EVIDENCE,
        "KIND",
        python='``"own"``: features are taken of each checkpoint\'s own transform, which may crop; ``"whole"``: of the'
        " whole image squeezed to its input size.",
    )
    calibration: str | Path | Calibration | None = option(
        None,
        "Expected accuracies by this file of hubscore calibrate; otherwise by the one that comes with hubscore.",
        "--calibration",
        Path | None,
        EVIDENCE,
        "FILE.json",
        python="A file of ``hubscore calibrate``, or a"
        " :class:`~hubscore.calibration.calibration.Calibration`, that turns the kernel probes' scores into expected"
        " accuracies; by default the one that comes with hubscore.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.budget is not None:
            object.__setattr__(self, "budget", read_seconds(self.budget, "--budget"))
