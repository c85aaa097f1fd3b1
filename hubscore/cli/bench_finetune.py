"""`hubscore bench --finetune K`: true accuracies measured now, by fine-tuning, by head re-training, or by both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from hubscore.cli.output import Output
from hubscore.run.keywords import Options, option
from hubscore.run.options import COUNT, RunOptions

if TYPE_CHECKING:
    from hubscore.bench.truth import Truth
    from hubscore.finetune.recipe import FineTuneResult, Recipe, Split, Train
    from hubscore.types import Ranking

TRUTH = "True accuracies"
KINDS: tuple[Train, ...] = ("head", "all")
TITLES: Mapping[Train, str] = {"head": "A new head on the network as it is", "all": "All weights fine-tuned"}


class Trained(StrEnum):
    """What training truth comes from."""

    all = "all"
    head = "head"
    both = "both"


@dataclass(frozen=True, kw_only=True)
class FineTuneOptions(Options):
    """How true accuracies are measured where they are not known."""

    parameter: ClassVar[str] = "tuning"

    finetune: int | None = option(None, "Fine-tune the first K models now.", "--finetune", COUNT, TRUTH, "K", min=3)
    train: Trained = option(
        Trained.all, "all weights, a new head alone, or both in turn.", "--train", Trained, TRUTH, "all|head|both"
    )
    test_split: str = option("test", "With --finetune: where test images come from.", "--test-split", str, TRUTH)
    flip: bool = option(
        True, "With --finetune: mirror training images; not for letters.", "--flip/--no-flip", bool, TRUTH
    )
    save_truth: Path | None = option(
        None, "With --finetune: keep the accuracies.", "--save-truth", Path | None, TRUTH, "FILE.csv"
    )

    @property
    def kinds(self) -> tuple[Train, ...]:
        """What is trained, in the order in which it is."""
        return {Trained.both: KINDS, Trained.all: KINDS[1:], Trained.head: KINDS[:1]}[self.train]


def fine_tune(ranking: Ranking, tuning: FineTuneOptions, run: RunOptions, output: Output) -> dict[Train, Truth]:
    """Train the first models, reporting each accuracy as it is known."""
    from hubscore.bench.measured_truth import from_results
    from hubscore.cli.run_progress import silence_libraries
    from hubscore.modalities.registry import MODALITIES
    from hubscore.run.finetune_top import draw_split

    silence_libraries()
    top = min(tuning.finetune or len(ranking), len(ranking))
    split = draw_split(ranking, test_split=tuning.test_split)
    parts = ", ".join(f"{len(part.labels)} {name}" for name, part in zip(split._fields, split, strict=True))
    nouns = MODALITIES.get(_modality(ranking)).nouns
    made: dict[Train, list[FineTuneResult]] = {}
    for kind in tuning.kinds:
        done = "Fine-tuning" if kind == "all" else "Training a new head on each of"
        output.note(f"{done} the first {top} of {len(ranking)} models on {parts} {nouns[1]}")
        made[kind] = []
        _train(ranking, top, split, kind, made, tuning, run, output)
    return {kind: from_results(results, len(split.test.labels)) for kind, results in made.items()}


def _train(
    ranking: Ranking,
    top: int,
    split: Split,
    kind: Train,
    made: dict[Train, list[FineTuneResult]],
    tuning: FineTuneOptions,
    run: RunOptions,
    output: Output,
) -> None:
    """Add what each model reaches to ``made``, and save all that is known after each, for a run that is stopped."""
    from hubscore.bench.measured_truth import truth_rows
    from hubscore.bench.truth import write_truth
    from hubscore.run.finetune_top import finetune_top

    def failed(model: str, error: Exception) -> None:
        output.warning(f"{model}: {error}")

    for one in finetune_top(
        ranking, top, split, recipe=_recipe(ranking, kind, tuning.flip), train=kind, failed=failed, run=run
    ):
        made[kind].append(one)
        reached = f"{one.accuracy:.1%} ± {one.standard_error:.1%}, F1 {one.f1:.2f}, {one.seconds:.0f} s"
        output.note(f"  {one.model}: {reached}")
        if tuning.save_truth is not None and (rows := truth_rows(made, tuning.kinds)):
            write_truth(tuning.save_truth, rows)


def _recipe(ranking: Ranking, kind: Train, flip: bool) -> Recipe:
    from hubscore.finetune.recipe import recipe_for

    name, changes = _modality(ranking), {"flip": flip}
    return recipe_for(name, "head" if kind == "head" else "full", **(changes if name == "image" else {}))


def _modality(ranking: Ranking) -> str:
    return ranking.probe.modality if ranking.probe else "image"
