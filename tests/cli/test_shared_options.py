import inspect
import subprocess
import sys
from typing import Annotated, get_args

import pytest
import typer
from typer.testing import CliRunner

from hubscore.cli import main as program
from hubscore.cli.output import Mode, Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.keywords import declared
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.rank_options import RankOptions

SHARED = ("rank", "plan", "map", "layers", "watch")


def verbs():
    return {command.callback.__name__: command.callback for command in program.app.registered_commands}


def call(verb, *words):
    app = typer.Typer()
    app.command()(verb)
    return CliRunner().invoke(app, words)


def test_a_verb_gets_one_object_per_class():
    got = []

    @with_options(DataOptions, CandidateOptions, RunOptions, OutputOptions, defaults={"samples": 200})
    def verb(name: str, *, data: DataOptions, candidates: CandidateOptions, run: RunOptions, output: Output) -> None:
        got.extend((name, data, candidates, run, output))

    words = ("birds", "--seed", "3", "--models", "a/b", "--models", "c/d", "--probe-bytes", "1e6", "--json")
    ended = call(verb, *words)
    assert ended.exit_code == 0, ended.output
    name, data, candidates, run, output = got
    assert name == "birds" and data == DataOptions(seed=3, samples=200, probe_bytes=1_000_000)
    assert candidates == CandidateOptions(models=["a/b", "c/d"]) and run == RunOptions()
    assert output.mode is Mode.json


def test_what_was_left_out_keeps_the_default_of_the_class():
    got = []

    @with_options(RankOptions)
    def verb(*, ranking: RankOptions) -> None:
        got.append(ranking)

    assert call(verb).exit_code == 0 and call(verb, "--resample", "nleep").exit_code == 0
    assert got[0] == RankOptions() and got[1].resample == ["nleep"]


def test_only_and_omit_leave_fields_out():
    @with_options(DataOptions, RunOptions, omit=("seed", "token"), only={RunOptions: ("device",)})
    def verb(*, data: DataOptions, run: RunOptions) -> None: ...

    names = set(inspect.signature(verb).parameters)
    assert "device" in names and "batch_size" not in names and "seed" not in names and "samples" in names


def test_modes_exclude_each_other():
    with pytest.raises(UsageError, match="--json and --quiet exclude each other"):
        OutputOptions(json=True, quiet=True).value()


def test_panels_stand_in_one_order_and_a_verbs_own_options_first():
    own = typer.Option("--own", rich_help_panel="Set limits")

    @with_options(RunOptions, DataOptions)
    def verb(own: Annotated[bool, own] = False, *, data: DataOptions, run: RunOptions) -> None: ...

    panels = [get_args(one.annotation)[1].rich_help_panel for one in inspect.signature(verb).parameters.values()]
    assert list(dict.fromkeys(panels)) == ["Your data", "Choose evidence", "Set limits", "Results"]
    limits = [one.name for one in inspect.signature(verb).parameters.values()]
    assert limits[panels.index("Set limits")] == "own"


@pytest.mark.parametrize("name", SHARED)
def test_verbs_show_the_same_words_for_the_same_option(name):
    known = {
        flag: about.help
        for cls in (DataOptions, CandidateOptions, RunOptions, OutputOptions)
        for _, about in declared(cls)
        for flag in about.flags
    }
    shown = {
        flag: one.help
        for one in typer.main.get_command(program.app).commands[name].params
        for flag in one.opts
        if flag in known and flag != "--scores"
    }
    assert len(shown) > 10 and shown == {flag: known[flag] for flag in shown}


@pytest.mark.parametrize("name", sorted(verbs()))
def test_every_help_page_prints(name):
    ended = CliRunner().invoke(program.app, [name.replace("_", "-"), "--help"])
    assert ended.exit_code == 0 and "Usage" in ended.output


def test_help_imports_nothing_heavy():
    heavy = ("torch", "transformers", "datasets", "huggingface_hub", "gradio", "scipy", "sklearn")
    code = f"import sys, hubscore.cli.main; print([one for one in {heavy} if one in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
