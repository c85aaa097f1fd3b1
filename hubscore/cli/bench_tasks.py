"""`hubscore bench --tasks N --source MODEL DATASET`: one source network, many tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from hubscore.cli.output import Output
from hubscore.errors import UsageError
from hubscore.run.keywords import Options, declared, option
from hubscore.run.options import COUNT, WORD, WORDS

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from hubscore.bench.tasks_run import TaskResult
    from hubscore.bench.tasks_summary import Summary
    from hubscore.cli.bench_finetune import FineTuneOptions
    from hubscore.cli.bench_table import TableOptions
    from hubscore.run.options import RunOptions

PANEL = "Many tasks out of one data set"
SAMPLES = 1000


class Drawn(StrEnum):
    """Which training rows of a class a task has."""

    all = "all"
    small = "small"
    imbalanced = "imbalanced"


@dataclass(frozen=True, kw_only=True)
class ManyTasks(Options):
    """What is drawn, of which data, and for which networks."""

    parameter: ClassVar[str] = "many"

    tasks: int | None = option(
        None,
        "Draw N tasks, random subsets of DATASET's classes, in place of a RANKING.",
        "--tasks",
        COUNT,
        PANEL,
        "N",
        min=1,
    )
    source: Sequence[str] | None = option(
        None, "Network that is transferred; repeatable.", "--source", WORDS, PANEL, "MODEL"
    )
    classes: str | None = option(None, "Of a task; 2..5 by default.", "--classes", WORD, PANEL, "A..B")
    draw: Drawn | None = option(
        None, "All training rows of a class, 5, or 5 to all.", "--draw", Drawn | None, PANEL, "all|small|imbalanced"
    )
    scores: str | None = option(
        None, "leep,nce,h_score,h_score_shrunk by default.", "--scores", WORD, PANEL, "NAME,..."
    )
    scratch: bool = option(False, "Train from scratch, too: the convergence curve.", "--scratch", bool, PANEL)
    split: str | None = option(None, "Of DATASET; train where there is one.", "--split", WORD, PANEL, "NAME")
    samples: int | None = option(None, "Rows of DATASET; 1000 by default.", "--samples", COUNT, PANEL, "N", min=6)
    input_size: int | None = option(None, "Pixels per side.", "--input-size", COUNT, PANEL, "N", min=8)

    def check_absent(self, typed: Callable[[str], bool]) -> None:
        """Refuse what has no meaning where no tasks are drawn.

        Args:
            typed: whether an option was typed; a configuration file may name any.

        Raises:
            UsageError: something is typed.
        """
        for one, about in declared(type(self)):
            if typed(one.name) and getattr(self, one.name) not in (None, False):
                what = f"{about.flags[0]} has no meaning without --tasks"
                raise UsageError(what, "it is about tasks drawn from a data set", "--tasks 50 --source MODEL DATASET")


def bench_tasks(
    datasets: Sequence[str],
    many: ManyTasks,
    given: dict[str, object],
    tuning: FineTuneOptions,
    table: TableOptions,
    seed: int,
    run: RunOptions,
    output: Output,
) -> None:
    """Draw tasks, score and train each, and show how well the scores agreed with what came of it."""
    from dataclasses import replace

    from hubscore.bench.tasks import read_classes
    from hubscore.bench.tasks_run import SCORES, TaskOptions, run_tasks
    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.report.tasks_files import check_tasks_path, save_tasks
    from hubscore.run.options import DataOptions

    split = None if tuning.test_split == "test" else tuning.test_split
    given |= {"--finetune": tuning.finetune, "--save-truth": tuning.save_truth, "--test-split": split}
    dataset, sources = _checked(datasets, many, {**given, **{name: True for name in table.given if name != "--out"}})
    out = table.out
    if out is not None:
        check_tasks_path(out)
    options = TaskOptions(
        tasks=many.tasks or 0,
        classes=read_classes(many.classes or "2..5"),
        draw=(many.draw or Drawn.all).value,
        scores=many.scores or SCORES,
        finetune="all" in tuning.kinds,
        flip=tuning.flip,
        scratch=many.scratch,
        seed=seed,
    )
    data = DataOptions(split=many.split, samples=many.samples or SAMPLES, seed=seed)
    run = replace(run, input_size=many.input_size)
    results: list[TaskResult] = []
    with ProgressReporter(output) as reporter:
        for one in run_tasks(sources, dataset, options, data=data, run=run, observer=reporter):
            results.append(one)
            reached = ", ".join(f"{name} {value:.2f}" for name, value in one.truths().items())
            output.note(f"  {one.source}, task {one.about['task']} of {one.about['classes']} classes: {reached}")
            if out is not None and out.suffix.lower() in (".csv", ".json"):
                save_tasks(results, out, dataset)  # after each, so that a stopped run keeps what it has
    if out is not None:
        save_tasks(results, out, dataset)
        output.note(f"Saved {out}")
    _show(results, output)


def _checked(datasets: Sequence[str], many: ManyTasks, given: dict[str, object]) -> tuple[str, list[str]]:
    """Return the data set and the sources; refuse what has no meaning beside ``--tasks``."""
    example = "hubscore bench --tasks 50 --source MODEL DATASET"
    for name, value in given.items():
        if value is not None:
            what, why = f"--tasks and {name} exclude each other", "accuracies are measured"
            raise UsageError(what, why, f"leave out {name}", options=(name, "--tasks"))
    if len(datasets) != 1:
        what = "No data set was named" if not datasets else f"{len(datasets)} data sets were named"
        raise UsageError(what, "tasks are subsets of one data set's classes", example)
    if not many.source:
        raise UsageError("No source network was named", "tasks are transferred to from one", example)
    return datasets[0], list(many.source)


def _show(results: Sequence[TaskResult], output: Output) -> None:
    from hubscore.bench.tasks_summary import summarize

    made = summarize(results)
    output.rows([asdict(line) for line in made.lines], id_key="name", human=lambda width: _tables(made))
    for line in _notes(results, made):
        output.note(line)


def _notes(results: Sequence[TaskResult], made: Summary) -> list[str]:
    """Say what is undefined, and what the numbers are of."""
    from hubscore.text import clean

    reasons: dict[str, list[str]] = {}
    for one in results:
        for name, why in one.undefined.items():
            reasons.setdefault(name, []).append(why)
    lines = [
        f"No value for {clean(name)} on {len(whys)} of {len(results)} tasks, on the first because {clean(whys[0])}"
        for name, whys in reasons.items()
    ]
    if made.lines and len(results) < 10:
        lines.append(f"{len(results)} tasks say little: a correlation of so few is a rough guess")
    lines.append("-ln C knows the number of classes and nothing else; WITHIN C compares tasks of the same number")
    lines.append("Tasks share classes and test rows, so that they are not independent of each other")
    return lines


def _tables(made: Summary) -> RenderableType:
    from rich.console import Group

    if not made.levels:
        return _correlations(made)
    return Group(_correlations(made), "", _levels(made))


def _table(first: str, headers: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column(first, no_wrap=True)
    for header in headers:
        table.add_column(header, justify="right", no_wrap=True)
    return table


def _correlations(made: Summary) -> Table:
    from rich.text import Text

    from hubscore.bench.tables import hundredths
    from hubscore.text import clean

    sources = any(line.over_sources is not None for line in made.lines)
    headers = ["PEARSON", "TAU_B", "WITHIN C", "LEAST", "MOST", *(["SOURCES"] if sources else []), "TASKS"]
    table, before = _table("SCORE", headers), None
    for line in made.lines:
        if line.truth != before:
            table.add_row(Text(f"{'' if before is None else chr(10)}with {line.truth}", style="bold"))
            before = line.truth
        values = [line.pearson, line.kendall, line.within, line.within_low, line.within_high]
        cells = [*values, *([line.over_sources] if sources else [])]
        table.add_row(f"  {clean(line.name)}", *map(hundredths, cells), str(line.tasks))
    return table


def _levels(made: Summary) -> Table:
    from hubscore.bench.tables import hundredths
    from hubscore.text import clean

    kinds = list(dict.fromkeys(kind for level in made.levels for kind in level.reached))
    table = _table(f"LEVEL BY {clean(made.by or '')}", ["SCORE", *(kind.upper() for kind in kinds), "TASKS"])
    for level in made.levels:
        reached = [hundredths(level.reached.get(kind)) for kind in kinds]
        table.add_row(str(level.level), f"{level.score:.3g}", *reached, str(level.tasks))
    return table
