"""`hubscore bench`: how well a ranking matched true accuracies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.bench_finetune import TRUTH, FineTuneOptions
from hubscore.cli.bench_table import TableOptions, bench_table, check_table, is_table
from hubscore.cli.bench_tasks import ManyTasks
from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.options import RunOptions

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hubscore.bench.compare import Comparison
    from hubscore.bench.truth import Truth
    from hubscore.finetune.recipe import Train
    from hubscore.types import Ranking

MEASURES = "Measures"
HISTORY = "A history"
K, RELEVANT = 3, 5

RankingFiles = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RANKING|DATASET",
        help="A ranking saved as .json; or several, a folder of them, a results data set, or a CSV file of scores;"
        " with --tasks a data set.",
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
    int,
    typer.Option(
        "--seed", metavar="N", help="With --history or --tasks: of whatever is drawn.", rich_help_panel=HISTORY
    ),
]
Relevant = Annotated[
    int,
    typer.Option(
        "--relevant", min=1, help="How many models count as truly best; at most half.", rich_help_panel=MEASURES
    ),
]


@with_examples(
    "hubscore bench ranking.json --truth truth.csv --test-images 300",
    "hubscore bench ranking.json --truth run1.csv --truth run2.csv --on-dataset rsscn7",
    "hubscore bench ranking.json --finetune 5 --save-truth truth.csv",
    "hubscore bench ranking.json --finetune 5 --train both     [dim]# heads re-trained, then all weights[/dim]",
    "hubscore bench rankings/ --truth truth.csv --by-group --out measures.tex",
    "hubscore bench scores.csv --vary all        [dim]# PARC's four modes[/dim]",
    "hubscore bench --tasks 50 --classes 2..5 --source microsoft/resnet-18 user/birds --out tasks.csv",
    "hubscore bench --history accuracies.csv     [dim]# every method that recommends, and what it costs[/dim]",
)
@with_options(TableOptions, FineTuneOptions, ManyTasks, RunOptions, OutputOptions, only={RunOptions: ("device",)})
def bench(
    ctx: typer.Context,
    ranking: RankingFiles = None,
    truth: TruthFiles = None,
    on_dataset: OnDataset = None,
    target: OldName = None,
    test_images: TestImages = None,
    k: Annotated[int, typer.Option("-k", min=1, help="The k of P@k and R@k.", rich_help_panel=MEASURES)] = K,
    relevant: Relevant = RELEVANT,
    history: HistorySource = None,
    score: ScoreName = "fda",
    seed: Seed = 0,
    *,
    table: TableOptions,
    tuning: FineTuneOptions,
    many: ManyTasks,
    run: RunOptions,
    output: Output,
) -> None:
    """Show how well a ranking, or many of them, each score and the baselines matched true accuracies."""
    if many.tasks is not None:
        from hubscore.cli.bench_tasks import bench_tasks

        given: dict[str, object] = {"--history": history, "--on-dataset": on_dataset, "--target": target}
        given |= {"--truth": truth or None, "--test-images": test_images, "-k": _unless(k, 3)}
        given |= {"--relevant": _unless(relevant, 5), "--score": _unless(score, "fda")}
        bench_tasks(ranking or (), many, given, tuning, table, seed, run, output)
        return
    many.check_absent(lambda name: getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE")
    trained = None if tuning.kinds == ("all",) else True
    if history is not None:
        from hubscore.cli.bench_history import bench_history, check_alone

        given = {"--finetune": tuning.finetune, "--on-dataset": on_dataset, "--test-images": test_images}
        only_of_a_table = dict.fromkeys(table.given, True)
        given |= {name: True for name, other in _of_a_ranking(k, relevant, tuning, run).items() if other}
        check_alone(
            ranking or None, {**given, "--save-truth": tuning.save_truth, "--train": trained, **only_of_a_table}
        )
        bench_history(history, truth or (), score, seed, output)
        return
    if is_table(ranking or (), table):
        check_table({"--finetune": tuning.finetune, "--save-truth": tuning.save_truth, "--on-dataset": on_dataset})
        bench_table(ranking or (), truth or (), table, test_images, k, relevant, tuning.kinds, output)
        return
    from hubscore.bench.compare import compare
    from hubscore.types import Ranking

    saved = Ranking.load(_named(ranking[0] if ranking else None, truth, tuning))
    on_dataset = _with_old_name(output, on_dataset, target)
    kinds: dict[Train, Truth]
    if truth:
        kinds = {kind: _read_truth(saved, truth, kind, on_dataset, test_images, output) for kind in tuning.kinds}
    else:
        from hubscore.cli.bench_finetune import fine_tune

        kinds = fine_tune(saved, tuning, run, output)
    _show({kind: compare(saved, known, k=k, relevant=relevant) for kind, known in kinds.items()}, output)


def _unless(value: object, default: object) -> object | None:
    """Return a value that somebody chose; none where it is the default."""
    return None if value == default else value


def _of_a_ranking(k: int, relevant: int, tuning: FineTuneOptions, run: RunOptions) -> dict[str, bool]:
    """Return which options are not as they are by default, of those that a history has no use for."""
    plain = FineTuneOptions()
    return {
        "-k": k != K,
        "--relevant": relevant != RELEVANT,
        "--device": run.device != RunOptions().device,
        "--test-split": tuning.test_split != plain.test_split,
        "--no-flip": tuning.flip != plain.flip,
    }


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
    saved: Ranking, truth: list[Path], kind: Train, on_dataset: str | None, test_images: int | None, output: Output
) -> Truth:
    """Read the accuracies, and warn where they are about something else than the ranking."""
    from hubscore.bench.input_sizes import other_sizes
    from hubscore.bench.truth import read_truth
    from hubscore.calibration.dataset_names import same_dataset

    ranked = saved.probe.dataset if saved.probe else None
    known = read_truth(truth, target=on_dataset, test_images=test_images, ranked=ranked, train=kind)
    if output.mode is Mode.quiet:  # which prints names and no number that could mislead
        return known
    if known.dataset and ranked and not same_dataset(known.dataset, ranked):
        other = f"these accuracies are on {known.dataset}, and the ranking is about {ranked}"
        output.warning(f"{other}: how well it did on its own data is not known from them")
    if sizes := other_sizes(saved, known.input_sizes):
        output.warning(sizes)
    return known


def _show(comparisons: Mapping[Train, Comparison], output: Output) -> None:
    """Print a table of each truth; where there are two, every line says which."""
    from rich.console import Group

    from hubscore.bench.interpretation import sentences
    from hubscore.bench.tables import comparison_table, records, undefined_lines, with_ceiling
    from hubscore.cli.bench_finetune import TITLES

    several = len(comparisons) > 1
    lines: list[dict[str, object]] = []
    for kind, one in comparisons.items():
        made = records(one.matches if output.mode is Mode.quiet else with_ceiling(one))
        lines += [{"train": kind, **line} for line in made] if several else made

    def tables(width: int) -> RenderableType:
        if not several:
            return comparison_table(next(iter(comparisons.values())))
        return Group(*(part for kind, one in comparisons.items() for part in (TITLES[kind], comparison_table(one), "")))

    output.rows(lines, id_key="name", human=tables)
    for kind, one in comparisons.items():
        if several:
            output.note(TITLES[kind])
        for line in (*sentences(one), *undefined_lines(one)):
            output.note(line)


def _with_old_name(output: Output, on_dataset: str | None, target: str | None) -> str | None:
    """Take ``--target`` for ``--on-dataset``, and say so."""
    if target is not None:
        if on_dataset is not None:
            raise UsageError(
                "--on-dataset and --target exclude each other", "--target is the former name", "drop --target"
            )
        output.warning("--target is now called --on-dataset; the old name will go")
    from hubscore.hub.addresses import repo_named

    named = on_dataset or target
    return named and repo_named(named, "dataset")
