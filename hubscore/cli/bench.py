"""`hubscore bench`: how well a ranking matched true accuracies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.options import AsJson, Device, Format, OutputFormat, Quiet
from hubscore.cli.output import Output
from hubscore.errors import UsageError

if TYPE_CHECKING:
    from hubscore.bench.truth import Truth
    from hubscore.types import Ranking

TRUTH = "True accuracies"
MEASURES = "Measures"


def bench(
    ranking: Annotated[
        str | None, typer.Argument(metavar="RANKING", help="A ranking saved as .json.", show_default=False)
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", metavar="FILE.csv", help="Columns model and accuracy.", rich_help_panel=TRUTH),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target", help="Which data set's rows of the file, where it has several.", rich_help_panel=TRUTH
        ),
    ] = None,
    test_images: Annotated[
        int | None,
        typer.Option(
            "--test-images", min=1, help="Behind each accuracy, for its standard error.", rich_help_panel=TRUTH
        ),
    ] = None,
    finetune: Annotated[
        int | None,
        typer.Option("--finetune", metavar="K", min=3, help="Fine-tune the first K models now.", rich_help_panel=TRUTH),
    ] = None,
    test_split: Annotated[
        str, typer.Option("--test-split", help="With --finetune: where test images come from.", rich_help_panel=TRUTH)
    ] = "test",
    flip: Annotated[
        bool,
        typer.Option(
            "--flip/--no-flip", help="With --finetune: mirror training images; not for letters.", rich_help_panel=TRUTH
        ),
    ] = True,
    device: Device = "auto",
    save_truth: Annotated[
        Path | None,
        typer.Option(
            "--save-truth", metavar="FILE.csv", help="With --finetune: keep the accuracies.", rich_help_panel=TRUTH
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", min=1, help="Of P@k and R@k.", rich_help_panel=MEASURES)] = 3,
    relevant: Annotated[
        int,
        typer.Option(
            "--relevant", min=1, help="How many models count as truly best; at most half.", rich_help_panel=MEASURES
        ),
    ] = 5,
    format: OutputFormat = Format.auto,
    json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show how well a ranking, each of its scores and the baselines matched true accuracies."""
    output = Output.chosen(format, json=json, quiet=quiet)
    if ranking is None:
        raise UsageError("No ranking was named", "", "hubscore bench ranking.json --truth truth.csv")
    if (truth is None) == (finetune is None):
        why = (
            "--truth reads accuracies, --finetune measures them"
            if truth
            else "neither --truth nor --finetune was given"
        )
        raise UsageError(
            "Cannot tell where true accuracies come from", why, f"hubscore bench {ranking} --truth truth.csv"
        )

    from hubscore.bench.compare import compare
    from hubscore.bench.interpretation import sentences
    from hubscore.bench.tables import comparison_table, records, undefined_lines
    from hubscore.types import Ranking

    saved = Ranking.load(ranking)
    if truth is not None:
        from hubscore.bench.truth import read_truth

        known = read_truth(truth, target=target, test_images=test_images)
    else:
        known = _fine_tuned(
            saved, finetune or len(saved), output, test_split=test_split, flip=flip, device=device, save=save_truth
        )
    comparison = compare(saved, known, k=k, relevant=relevant)
    output.rows(records(comparison.matches), id_key="name", human=lambda width: comparison_table(comparison))
    for sentence in sentences(comparison):
        output.note(sentence)
    for line in undefined_lines(comparison):
        output.note(line)


bench.epilog = """
[bold]Examples[/bold]

hubscore bench ranking.json --truth truth.csv --test-images 300

hubscore bench ranking.json --truth oracle.csv --target rsscn7

hubscore bench ranking.json --finetune 5 --save-truth truth.csv
"""  # type: ignore[attr-defined]


def _fine_tuned(
    ranking: Ranking, top: int, output: Output, *, test_split: str, flip: bool, device: str, save: Path | None
) -> Truth:
    """Fine-tune the first models, telling each accuracy as it is known."""
    from hubscore.bench.truth import Truth, write_truth
    from hubscore.finetune.measure import measured, split_of
    from hubscore.finetune.recipe import Recipe

    split = split_of(ranking, test_split=test_split)
    parts = ", ".join(f"{len(part.labels)} {name}" for name, part in zip(split._fields, split, strict=True))
    output.note(f"Fine-tuning the first {min(top, len(ranking))} of {len(ranking)} models on {parts} images")
    results = []
    for result in measured(
        ranking,
        top,
        split,
        recipe=Recipe(flip=flip),
        device=device,
        failed=lambda model, error: output.warning(f"{model}: {error}"),
    ):
        results.append(result)
        output.note(f"  {result.model}: {result.accuracy:.1%} ± {result.standard_error:.1%}, {result.seconds:.0f} s")
        if save is not None:  # after each, so that a stopped run keeps what it has
            write_truth(
                save,
                [
                    {"model": it.model, "accuracy": it.accuracy, "test_images": it.test_images, "lr": it.lr}
                    for it in results
                ],
            )
    return Truth({result.model: result.accuracy for result in results}, len(split.test.labels))
