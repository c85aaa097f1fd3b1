"""`hubscore bench`: how well a ranking matched true accuracies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from hubscore.cli.bench_table import TableOptions, bench_table, check_table, is_table
from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.keywords import Options, option
from hubscore.run.options import COUNT, RunOptions

if TYPE_CHECKING:
    from hubscore.bench.compare import Comparison
    from hubscore.bench.truth import Truth
    from hubscore.types import Ranking

TRUTH = "True accuracies"
MEASURES = "Measures"
HISTORY = "A history"

RankingFiles = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RANKING",
        help="A ranking saved as .json; or several, a folder of them, a results data set, or a CSV file of scores.",
        show_default=False,
    ),
]
TruthFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--truth",
        metavar="FILE.csv",
        help="Columns model and accuracy; several runs of a model, also in several files, count with their mean.",
        rich_help_panel=TRUTH,
        show_default=False,
    ),
]
OnDataset = Annotated[
    str | None,
    typer.Option(
        "--on-dataset",
        metavar="NAME",
        help="Which data set's rows of the file, where it has several.",
        rich_help_panel=TRUTH,
    ),
]
OldName = Annotated[
    str | None, typer.Option("--target", hidden=True, help="Former name of --on-dataset.", rich_help_panel=TRUTH)
]
TestImages = Annotated[
    int | None,
    typer.Option("--test-images", min=1, help="Behind each accuracy, for its standard error.", rich_help_panel=TRUTH),
]
HistorySource = Annotated[
    str | None,
    typer.Option(
        "--history",
        metavar="REPO|PATH",
        help="In place of a ranking: how well a history orders models on data sets left out of it, by every method.",
        rich_help_panel=HISTORY,
    ),
]
ScoreName = Annotated[
    str,
    typer.Option(
        "--score", metavar="NAME", help="With --history: which score of rankings it is.", rich_help_panel=HISTORY
    ),
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", help="With --history: of whatever is drawn.", rich_help_panel=HISTORY)
]
Relevant = Annotated[
    int,
    typer.Option(
        "--relevant", min=1, help="How many models count as truly best; at most half.", rich_help_panel=MEASURES
    ),
]


@dataclass(frozen=True, kw_only=True)
class FineTuneOptions(Options):
    """How true accuracies are measured where they are not known."""

    parameter: ClassVar[str] = "tuning"

    finetune: int | None = option(None, "Fine-tune the first K models now.", "--finetune", COUNT, TRUTH, "K", min=3)
    test_split: str = option("test", "With --finetune: where test images come from.", "--test-split", str, TRUTH)
    flip: bool = option(
        True, "With --finetune: mirror training images; not for letters.", "--flip/--no-flip", bool, TRUTH
    )
    save_truth: Path | None = option(
        None, "With --finetune: keep the accuracies.", "--save-truth", Path | None, TRUTH, "FILE.csv"
    )


@with_examples(
    "hubscore bench ranking.json --truth truth.csv --test-images 300",
    "hubscore bench ranking.json --truth run1.csv --truth run2.csv --on-dataset rsscn7",
    "hubscore bench ranking.json --finetune 5 --save-truth truth.csv",
    "hubscore bench rankings/ --truth truth.csv --by-group --out measures.tex",
    "hubscore bench scores.csv --vary all        [dim]# PARC's four modes[/dim]",
    "hubscore bench --history accuracies.csv     [dim]# every method that recommends, and what it costs[/dim]",
)
@with_options(TableOptions, FineTuneOptions, RunOptions, OutputOptions, only={RunOptions: ("device",)})
def bench(
    ranking: RankingFiles = None,
    truth: TruthFiles = None,
    on_dataset: OnDataset = None,
    target: OldName = None,
    test_images: TestImages = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Of P@k and R@k.", rich_help_panel=MEASURES)] = 3,
    relevant: Relevant = 5,
    history: HistorySource = None,
    score: ScoreName = "fda",
    seed: Seed = 0,
    *,
    table: TableOptions,
    tuning: FineTuneOptions,
    run: RunOptions,
    output: Output,
) -> None:
    """Show how well a ranking, or many of them, each score and the baselines matched true accuracies."""
    if history is not None:
        from hubscore.cli.bench_history import bench_history, check_alone

        given = {"--finetune": tuning.finetune, "--on-dataset": on_dataset, "--test-images": test_images}
        only_of_a_table = dict.fromkeys(table.given, True)
        check_alone(ranking or None, {**given, "--save-truth": tuning.save_truth, **only_of_a_table})
        bench_history(history, truth or (), score, seed, output)
        return
    if is_table(ranking or (), table):
        check_table({"--finetune": tuning.finetune, "--save-truth": tuning.save_truth, "--on-dataset": on_dataset})
        bench_table(ranking or (), truth or (), table, test_images, k, relevant, output)
        return
    from hubscore.bench.compare import compare
    from hubscore.types import Ranking

    saved = Ranking.load(_named(ranking[0] if ranking else None, truth, tuning))
    on_dataset = _with_old_name(output, on_dataset, target)
    if truth:
        known = _read_truth(saved, truth, on_dataset, test_images, output)
    else:
        known = _fine_tune(saved, tuning, run, output)
    _show(compare(saved, known, k=k, relevant=relevant), output)


def _named(ranking: str | None, truth: list[Path] | None, tuning: FineTuneOptions) -> str:
    """Return the ranking's file, once it is clear where accuracies come from."""
    if ranking is None:
        raise UsageError("No ranking was named", "", "hubscore bench ranking.json --truth truth.csv")
    if bool(truth) == (tuning.finetune is not None):
        both = "--truth reads accuracies, --finetune measures them"
        raise UsageError(
            "Cannot tell where true accuracies come from",
            both if truth else "neither --truth nor --finetune was given",
            f"hubscore bench {ranking} --truth truth.csv",
        )
    return ranking


def _read_truth(
    saved: Ranking, truth: list[Path], on_dataset: str | None, test_images: int | None, output: Output
) -> Truth:
    """Read the accuracies, and warn where they are about something else than the ranking."""
    from hubscore.bench.input_sizes import other_sizes
    from hubscore.bench.truth import read_truth
    from hubscore.calibration.dataset_names import same_dataset

    ranked = saved.probe.dataset if saved.probe else None
    known = read_truth(truth, target=on_dataset, test_images=test_images, ranked=ranked)
    if output.mode is Mode.quiet:  # which prints names and no number that could mislead
        return known
    if known.dataset and ranked and not same_dataset(known.dataset, ranked):
        other = f"these accuracies are on {known.dataset}, and the ranking is about {ranked}"
        output.warning(f"{other}: how well it did on its own data is not known from them")
    if sizes := other_sizes(saved, known.input_sizes):
        output.warning(sizes)
    return known


def _show(comparison: Comparison, output: Output) -> None:
    from hubscore.bench.interpretation import sentences
    from hubscore.bench.tables import comparison_table, records, undefined_lines, with_ceiling

    lines = comparison.matches if output.mode is Mode.quiet else with_ceiling(comparison)
    output.rows(records(lines), id_key="name", human=lambda width: comparison_table(comparison))
    for line in (*sentences(comparison), *undefined_lines(comparison)):
        output.note(line)


def _with_old_name(output: Output, on_dataset: str | None, target: str | None) -> str | None:
    """Take ``--target`` for ``--on-dataset``, and say so."""
    if target is not None:
        if on_dataset is not None:
            raise UsageError(
                "--on-dataset and --target exclude each other", "--target is the former name", "drop --target"
            )
        output.warning("--target is now called --on-dataset; the old name will go")
    return on_dataset or target


def _fine_tune(ranking: Ranking, tuning: FineTuneOptions, run: RunOptions, output: Output) -> Truth:
    """Fine-tune the first models, reporting each accuracy as it is known."""
    from hubscore.bench.truth import Truth, write_truth
    from hubscore.finetune.recipe import recipe_for
    from hubscore.modalities.registry import MODALITIES
    from hubscore.run.finetune_top import draw_split, finetune_top

    top = tuning.finetune or len(ranking)
    split = draw_split(ranking, test_split=tuning.test_split)
    kind = ranking.probe.modality if ranking.probe else "image"
    nouns = MODALITIES.get(kind).nouns
    recipe = recipe_for(kind, flip=tuning.flip) if kind == "image" else recipe_for(kind)
    parts = ", ".join(f"{len(part.labels)} {name}" for name, part in zip(split._fields, split, strict=True))
    output.note(f"Fine-tuning the first {min(top, len(ranking))} of {len(ranking)} models on {parts} {nouns[1]}")
    results = []
    for result in finetune_top(
        ranking,
        top,
        split,
        recipe=recipe,
        run=run,
        failed=lambda model, error: output.warning(f"{model}: {error}"),
    ):
        results.append(result)
        output.note(f"  {result.model}: {result.accuracy:.1%} ± {result.standard_error:.1%}, {result.seconds:.0f} s")
        if tuning.save_truth is not None:  # after each, so that a stopped run keeps what it has
            rows = [
                {"model": it.model, "accuracy": it.accuracy, "test_images": it.test_images, "lr": it.lr}
                for it in results
            ]
            write_truth(tuning.save_truth, rows)
    return Truth({result.model: result.accuracy for result in results}, len(split.test.labels))
