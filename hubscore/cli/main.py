"""The `hubscore` program: assembles the verbs and runs one."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import typer

from hubscore import __version__
from hubscore.cli.argv import spread
from hubscore.cli.bench import bench
from hubscore.cli.cache import cache
from hubscore.cli.calibrate import calibrate
from hubscore.cli.config_file import default_map, read_config
from hubscore.cli.demo import demo
from hubscore.cli.env import env
from hubscore.cli.environment import check_endpoint
from hubscore.cli.errors import STOPPED, run_guarded
from hubscore.cli.examples import examples
from hubscore.cli.help_pages import FIND, HERE, JUDGE, SHARE, Command, Group
from hubscore.cli.history import history
from hubscore.cli.install_hf_extension import install_hf_extension
from hubscore.cli.interrupts import INTERRUPTS
from hubscore.cli.layers import layers
from hubscore.cli.localhub import localhub
from hubscore.cli.map import map
from hubscore.cli.plan import plan
from hubscore.cli.publish import publish
from hubscore.cli.rank import rank
from hubscore.cli.recommend import recommend
from hubscore.cli.retract import retract
from hubscore.cli.save_config import FLAG, save_config
from hubscore.cli.scores import scores
from hubscore.cli.space import space
from hubscore.cli.watch import watch

VERBS = {
    FIND: (rank, plan, recommend, layers, map),
    JUDGE: (scores, bench, calibrate, history),
    SHARE: (publish, retract, space, watch),
    HERE: (demo, localhub, cache, env, install_hf_extension),
}
"""By the group that the help page shows them in."""

app = typer.Typer(
    name="hubscore",
    cls=Group,
    epilog=examples(
        "hubscore rank ./photos --plan",
        "hubscore rank user/birds --search resnet --out ranking.html",
        "hubscore rank --help     [dim]# the options of one command[/dim]",
        more="https://github.com/hubscore/hubscore/blob/main/docs/tutorial.md",
    ),
    help="Rank Hugging Face Hub checkpoints by how well they should transfer to your data.",
    no_args_is_help=True,
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
    context: typer.Context,
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Rank Hugging Face Hub checkpoints by how well they should transfer to your data."""
    if context.invoked_subcommand == "env":  # says what is wrong with either
        return
    check_endpoint(os.environ.get("HF_ENDPOINT"))
    config = read_config(Path.cwd())
    context.default_map = default_map(config, context.command)
    told = context.default_map.get(context.invoked_subcommand or "")
    if told and config.path is not None and not {"-q", "--quiet"} & set(context.obj or ()):
        names = ", ".join(name.replace("_", "-") for name in told)
        typer.echo(f"Defaults from {config.path.name}: {names}", err=True)


for group, verbs in VERBS.items():
    for verb in verbs:
        if isinstance(verb, typer.Typer):
            app.add_typer(verb, cls=Group, rich_help_panel=group)
        else:
            app.command(cls=Command, epilog=getattr(verb, "epilog", None), rich_help_panel=group)(verb)


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command line and exit with 0 (done), 1 (failed) or 2 (bad usage)."""
    if int(os.environ.get("RANK") or 0):  # accelerate started several of us: the first one talks
        sys.stdout = sys.stderr = open(os.devnull, "w")
    for stream in (sys.stdout, sys.stderr):
        if getattr(stream, "errors", "") == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # names of models may hold letters that it cannot write
    name = "hf hubscore" if Path(sys.argv[0]).stem == "hf-hubscore" else "hubscore"
    with INTERRUPTS:
        code = run_guarded(lambda: _run(spread(sys.argv[1:] if argv is None else argv), name))
    # CPython remembers a Ctrl-C that struck inside exec(source), as dataclasses and imports of torch call it, and would
    # end by the signal in place of our exit code; the next exec forgets it.
    exec("pass")
    if code == STOPPED and argv is None:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End without waiting for threads that are in the middle of a file; what they have of it is taken up again."""
    atexit._run_exitfuncs()  # temporary files go
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _run(arguments: Sequence[str], name: str) -> object:
    if FLAG in arguments:
        typer.echo(save_config(arguments, _command(), Path.cwd()), err=True)
        return None
    return _command()(arguments, prog_name=name, standalone_mode=False, obj=tuple(arguments))


@lru_cache
def _command() -> Any:
    """Return all verbs as one command; made once, however many command lines a program runs."""
    return typer.main.get_command(app)
