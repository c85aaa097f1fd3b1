"""`hubscore history`: the compact memory of past data sets that `recommend` reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.arguments import Dataset
from hubscore.cli.examples import with_examples
from hubscore.cli.help_pages import Command
from hubscore.cli.history_view import show_history
from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.options import EVIDENCE, RESULTS

if TYPE_CHECKING:
    from hubscore.recommend.history import History

BUILD = "hubscore history build accuracies.csv --out DIR"

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SOURCE...",
        help="CSV with model, target, accuracy; saved rankings, folders of those, or results data sets.",
        show_default=False,
    ),
]
Where = Annotated[
    str | None, typer.Argument(metavar="HISTORY", help="Folder, or results data set.", show_default=False)
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder for the history.", rich_help_panel=RESULTS)
]
ScoreName = Annotated[
    str,
    typer.Option(
        "--score",
        metavar="NAME",
        help="Which score to take of rankings; also expected, or measured.",
        rich_help_panel=EVIDENCE,
    ),
]
Aggregate = Annotated[
    str,
    typer.Option(
        "--aggregate",
        metavar="WORD",
        help="FDA over the samples: mean, or sum as in the paper.",
        rich_help_panel=EVIDENCE,
    ),
]
Mixed = Annotated[
    bool,
    typer.Option("--mixed", help="Allow measured and estimated values in one matrix.", rich_help_panel=EVIDENCE),
]
Rank = Annotated[
    int | None,
    typer.Option(
        "--rank",
        metavar="K",
        help="Dimensions of the transfer space; cross-validated otherwise.",
        rich_help_panel=EVIDENCE,
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Of whatever is drawn.", rich_help_panel=EVIDENCE)]

Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoints",
        metavar="DIR",
        help="Holds models as NAME or OWNER/NAME; their config.json says how they are built. Repeatable.",
        rich_help_panel=EVIDENCE,
    ),
]

history = typer.Typer(
    name="history",
    help="Keep what is known of models on past data sets, for hubscore recommend.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


@with_examples(
    "hubscore history build accuracies.csv --out past",
    "hubscore history build user/hubscore-results rankings/ --score fda --out past",
)
@with_options(OutputOptions)
def build(
    sources: Sources = None,
    out: Out = None,
    score: ScoreName = "fda",
    aggregate: Aggregate = "mean",
    mixed: Mixed = False,
    rank: Rank = None,
    checkpoints: Checkpoints = None,
    seed: Seed = 0,
    *,
    output: Output,
) -> None:
    """Build a history from tables, rankings and results data sets."""
    if not sources:
        raise UsageError("No source was named", "", BUILD)
    if out is None:
        raise UsageError("The history has no place to go", "", BUILD)
    if aggregate not in ("mean", "sum"):
        raise UsageError(f"Cannot take the {aggregate} of FDA over the samples", "there are mean and sum", BUILD)
    from hubscore.recommend.fitted import fit_history
    from hubscore.recommend.history_file import save_history
    from hubscore.recommend.sources import build_history

    made = build_history(*sources, score=score, total=aggregate == "sum", mixed=mixed)
    made, seen = _with_architectures(made, checkpoints or ())
    fitted = fit_history(made, rank=rank, seed=seed, interval=False)
    save_history(made, out, fitted.space)
    show_history(output, made, fitted.space, str(out))
    if fitted.rank_errors:
        errors = ", ".join(f"{k}: {error:.4g}" for k, error in fitted.rank_errors.items())
        output.note(f"Mean squared error of data sets left out, by dimensions: {errors}")
    for note in seen:
        output.note(note)
    output.note(f"Saved {out}")
    output.hint(f"hubscore recommend DATASET --history {out}")


@with_examples("hubscore history show past", "hubscore history show user/hubscore-results --json")
@with_options(OutputOptions)
def show(source: Where = None, *, output: Output) -> None:
    """Say what a history holds."""
    if source is None:
        raise UsageError("No history was named", "", "hubscore history show DIR")
    from hubscore.recommend.sources import open_history

    made, space = open_history(source)
    show_history(output, made, space, source)


@with_examples(
    "hubscore history update past new-accuracies.csv",
    "hubscore history update past ranking.json",
    "hubscore history update user/hubscore-results --yes     [dim]# its own runs, into its history/[/dim]",
)
@with_options(OutputOptions)
def update(
    source: Where = None,
    sources: Sources = None,
    score: ScoreName = "fda",
    mixed: Mixed = False,
    checkpoints: Checkpoints = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Write to a results data set.", rich_help_panel=RESULTS)
    ] = False,
    *,
    output: Output,
) -> None:
    """Add sources to a history; its transfer space goes on from where it was."""
    if source is None:
        raise UsageError("No history was named", "", "hubscore history update DIR accuracies.csv")
    from hubscore.recommend.history_file import is_history

    folder = Path(source).expanduser()
    if is_history(folder):
        _update_folder(output, folder, sources, mixed=mixed, checkpoints=checkpoints)
        return
    if checkpoints:
        why = "how models are built is kept in a folder of hubscore history build alone"
        raise UsageError("--checkpoints does not go with a results data set", why, "leave it out")
    from hubscore.publish.results.history_folder import publish_history

    there = publish_history(source, sources or (), score=score, mixed=mixed, yes=yes or folder.is_dir())
    show_history(output, there.history, there.space, source)
    output.diff(there.publication.diff)
    output.note(_WRITTEN[there.publication.outcome])


_WRITTEN = {
    "planned": "Nothing was sent; add --yes to write it",
    "unchanged": "It is there already",
    "published": "Written; hubscore publish --to results keeps it up from now on",
}


def _update_folder(
    output: Output, source: Path, sources: list[str] | None, *, mixed: bool, checkpoints: list[Path] | None
) -> None:
    """Add sources to a history in a folder of its own."""
    if not sources:
        raise UsageError("Nothing to add was named", "", f"hubscore history update {source} accuracies.csv")
    from hubscore.recommend.history_file import load_history, save_history
    from hubscore.recommend.update import update_history

    before, space = load_history(source)
    made, space = update_history(before, *sources, mixed=mixed, space=space)
    made, seen = _with_architectures(made, checkpoints or ())
    save_history(made, source, space)
    show_history(output, made, space, str(source))
    for note in seen:
        output.note(note)
    output.note(f"It held {before.words} before")
    output.note(f"Saved {source}")


@with_examples(
    "hubscore history look past user/birds",
    "hubscore history look past user/birds --proxy facebook/dinov2-small",
)
@with_options(OutputOptions)
def look(
    source: Annotated[Path | None, typer.Argument(metavar="HISTORY", help="Folder.", show_default=False)] = None,
    dataset: Dataset = None,
    task: Annotated[
        str | None,
        typer.Option("--task", metavar="NAME", help="What the history calls it, where that differs."),
    ] = None,
    proxy: Annotated[
        str | None,
        typer.Option(
            "--proxy",
            metavar="ID",
            help="The same network for all: clip, dinov2, minilm or an ID; by default clip for images and minilm for"
            " texts.",
            rich_help_panel=EVIDENCE,
            show_default=False,
        ),
    ] = None,
    *,
    output: Output,
) -> None:
    """Keep what a proxy network sees in 50 rows of a known data set, for hubscore recommend --proxy."""
    if source is None or dataset is None:
        raise UsageError("A history and a data set are needed", "", "hubscore history look DIR DATASET")
    from hubscore.hub.addresses import repo_named
    from hubscore.recommend.history_file import load_history, save_history
    from hubscore.recommend.update import with_task_vector
    from hubscore.run.proxy_pass import look as look_at

    made, space = load_history(source)
    known = made.task_called(task or repo_named(dataset, "dataset"))
    seen = look_at(dataset, proxy)
    made = with_task_vector(made, known, seen)
    save_history(made, source, space)
    output.value({"dataset": known, "proxy": seen.proxy, "known": len(made.task_vectors)}, id_key="dataset")
    output.note("What a proxy sees is data about the data: share this history only if the data may be known")


for command in (build, show, update, look):
    history.command(cls=Command, epilog=getattr(command, "epilog", None))(command)


def _with_architectures(made: History, checkpoints: Sequence[Path]) -> tuple[History, list[str]]:
    """Add how the models are built, where that can be seen here, and say where not."""
    from hubscore.recommend.update import with_architectures
    from hubscore.run.architectures import see_architectures

    seen = see_architectures(made, checkpoints)
    return with_architectures(made, seen.counts), seen.notes
