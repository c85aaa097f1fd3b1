"""`hubscore calibrate`: fit expected accuracies to models that were really fine-tuned."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.options import RESULTS
from hubscore.text import amount

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hubscore.calibration.make import Made
    from hubscore.ranking.history_weight import HistoryWeight

TRUTH = "Ground truth"

Tables = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="TABLE...",
        help="CSV with model, target, accuracy, classes, samples and the scores; several are joined.",
        show_default=False,
    ),
]
Rankings = Annotated[
    list[Path] | None,
    typer.Option(
        "--rankings",
        metavar="FILE.json ...",
        help="Saved rankings that hold the scores, where the tables do not.",
        rich_help_panel=TRUTH,
    ),
]
Words = Annotated[
    str | None,
    typer.Option(
        "--truth-words",
        metavar="WORDS",
        help='What the accuracies are, to be said after "expected accuracy"; "if fine-tuned as in TABLE" otherwise.',
        rich_help_panel=TRUTH,
    ),
]
Modality = Annotated[str, typer.Option("--modality", help="Kind of input of the truth.", rich_help_panel=TRUTH)]
Weights = Annotated[
    bool,
    typer.Option(
        "--fit-weights",
        help="Fit how much accuracy and log loss count for who is ahead; the same for both otherwise.",
        rich_help_panel=TRUTH,
    ),
]
Saved = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE.json", help="Save the calibration for --calibration.", rich_help_panel=RESULTS),
]


NUMBERS = ("a", "b", "c", "d", "b_within", "c_within", "sd_between", "sd_within")
"""Of a fit, in the order of the table."""


@with_examples(
    "hubscore calibrate transfers.csv --out calibration.json",
    "hubscore calibrate accuracies.csv --rankings birds.json cars.json pets.json --out calibration.json",
    "hubscore rank user/birds --calibration calibration.json",
)
@with_options(OutputOptions)
def calibrate(
    tables: Tables = None,
    rankings: Rankings = None,
    modality: Modality = "image",
    truth_words: Words = None,
    fit_weights: Weights = False,
    out: Saved = None,
    *,
    output: Output,
) -> None:
    """Fit expected accuracies to models that were really fine-tuned, and say how wrong they are on data left out."""
    if not tables:
        raise UsageError("No table was named", "", "hubscore calibrate transfers.csv --out calibration.json")
    if out is not None and out.suffix.lower() != ".json":
        raise UsageError(f"Cannot save a calibration as '{out}'", "it is JSON", f"--out {out.with_suffix('.json')}")

    from hubscore.calibration.read import calibrate as fit_truth
    from hubscore.ranking.history_weight import with_history_weight

    made = fit_truth(tables, rankings or (), modality=modality, truth_words=truth_words, fit_weights=fit_weights)
    made, history = with_history_weight(made)
    rows = records(made)
    output.rows(rows, id_key="evidence", human=lambda width: _table(rows), full=full_records(made))
    for line in sentences(made):
        output.note(line)
    output.note(history_sentence(made, history))
    resized = made.calibration.provenance.resized
    if resized:
        several = amount(resized, "model was", "models were")
        output.warning(
            f"{several} ranked at another input size than they were fine-tuned at: a ranking looks less true"
        )
    if out is None:
        output.hint("--out calibration.json saves it for hubscore rank DATASET --calibration calibration.json")
    else:
        made.calibration.save(out)
        output.note(f"Saved {out}")


def records(made: Made) -> list[dict[str, Any]]:
    """Return one flat row for every kind of evidence and what was left out."""
    return [
        {"evidence": evidence, "left_out": left_out}
        | {name: round(getattr(_fit(made, evidence), name), 4) for name in NUMBERS}
        | checks.to_json()
        for (evidence, left_out), checks in made.checks.items()
    ]


def full_records(made: Made) -> list[dict[str, Any]]:
    """Return the same with the numbers of every data set."""
    return [
        row | {"by_target": checks.by_target} for row, checks in zip(records(made), made.checks.values(), strict=True)
    ]


def sentences(made: Made) -> list[str]:
    """Say what was fitted, on what, and what was left out."""
    about, ranges = made.calibration.provenance, made.calibration.ranges
    fit = made.calibration.layers or made.calibration.features
    counts = f"{fit.rows} accuracies of {fit.models} models on {fit.datasets} data sets" if fit else ""
    counts += f" (means of up to {about.runs} runs)" if (about.runs or 1) > 1 else ""
    covered = f"{ranges.samples[0]:g} to {ranges.samples[1]:g} rows, {ranges.classes[0]:g} to {ranges.classes[1]:g}"
    size = f", {ranges.input_size[0]:g} to {ranges.input_size[1]:g} pixels" if ranges.input_size else ""
    lines = [
        made.calibration.formula,
        f"Fitted on {counts}, expected accuracy {about.truth}; covers {covered} classes{size}",
        "Every data set, or family, was left out once and predicted by the fit of the others",
    ]
    return lines + [f"Left out: {amount(count, 'row', 'rows')}: {reason}" for reason, count in about.left_out.items()]


def history_sentence(made: Made, found: HistoryWeight | None) -> str:
    """Say how much a history counts beside the probes, and why."""
    said = f"rank --history: the history counts {made.calibration.history_weight:g} beside the kernel probes"
    if found is None:
        return f"{said}, as usual: fewer than two data sets can be judged with a history"
    return (
        f"{said} (Pearson {found.pearson:.3f} on data sets left out when the weight was chosen,"
        f" {found.alone:.3f} without a history; {found.datasets} data sets)"
    )


def _fit(made: Made, evidence: str) -> Any:
    return getattr(made.calibration, evidence)


def _table(rows: Sequence[dict[str, Any]]) -> RenderableType:
    """Return the table that a person sees: a number a line, so that it fits the narrowest terminal."""
    from rich.table import Table

    from hubscore.text import DASH

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    points = {"mean_absolute_error": "MAE", "points_lost": "POINTS_LOST"}
    table.add_column("EVIDENCE", no_wrap=True)
    for row in rows:
        table.add_column(row["evidence"], no_wrap=True)
    for name in list(rows[0])[1:]:
        cells = [
            DASH if row[name] is None else f"{100 * row[name]:.1f}" if name in points else _cell(row[name])
            for row in rows
        ]
        table.add_row(points.get(name, name.upper() if len(name) > 1 else name), *cells)
    return table


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
