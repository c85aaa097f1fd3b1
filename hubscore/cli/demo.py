"""`hubscore demo`: estimates and truth side by side, with no network needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.shared_options import OutputOptions, with_options

if TYPE_CHECKING:
    from hubscore.demo.plan import DemoResult


@with_examples(
    "hubscore demo",
    "hubscore demo --keep demo",
)
@with_options(OutputOptions)
def demo(
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", help="Keep networks, pictures and results in this new folder."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of every picture, weight and draw.")] = 0,
    *,
    output: Output,
) -> None:
    """Train a handful of small networks, rank them for a new task, and fine-tune them all to see who was right.

    Takes about a minute and a half on two cores; nothing is downloaded.
    """
    output.note("Starting: about a minute and a half on two cores, nothing is downloaded")

    from hubscore.demo.steps import run

    show_result(output, run(keep=keep, seed=seed, report=output.note))


def show_result(output: Output, result: DemoResult) -> None:
    """Write the networks with estimate and truth; JSON has the comparison with the truth as well."""
    from hubscore.demo.display import picture

    if output.mode is Mode.json:
        output.value(result.to_json(), id_key="command")
        return
    output.rows(result.to_json()["rows"], id_key="model", human=lambda width: picture(result, width))
