"""The `hubscore` program: assembles the verbs and runs one."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from hubscore import __version__
from hubscore.cli.argv import spread
from hubscore.cli.bench import bench
from hubscore.cli.cache import cache
from hubscore.cli.demo import demo
from hubscore.cli.errors import guarded
from hubscore.cli.localhub import localhub
from hubscore.cli.plan import plan
from hubscore.cli.rank import rank
from hubscore.cli.scores import scores

app = typer.Typer(
    name="hubscore",
    help="Rank Hugging Face Hub checkpoints by how well they should transfer to your data.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def _version(show: bool) -> None:
    if show:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version and stop."),
) -> None:
    """Rank Hugging Face Hub checkpoints by how well they should transfer to your data."""


for verb in (rank, plan, scores, bench, demo, localhub, cache):
    app.command(epilog=getattr(verb, "epilog", None))(verb)


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command line and exit with 0 (done), 1 (failed) or 2 (bad usage)."""
    if int(os.environ.get("RANK") or 0):  # accelerate started several of us: the first one talks
        sys.stdout = sys.stderr = open(os.devnull, "w")
    arguments = spread(sys.argv[1:] if argv is None else argv)
    sys.exit(guarded(lambda: app(arguments, prog_name="hubscore", standalone_mode=False)))
