import pytest
import typer
from typer.testing import CliRunner

from hubscore.cli.help_pages import Command
from hubscore.cli.main import main
from hubscore.cli.map_options import ShowOptions
from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.options import CandidateOptions, DataOptions
from hubscore.run.rank_options import RankOptions


@pytest.fixture
def call():
    """Run a verb with typed words and a file's defaults; return its objects, or the error, and what was told."""
    got = []

    @with_options(DataOptions, CandidateOptions, RankOptions, OutputOptions)
    def verb(*, data: DataOptions, candidates: CandidateOptions, ranking: RankOptions, output: Output) -> None:
        got.append((data, candidates, ranking, output))

    app = typer.Typer()
    app.command(cls=Command)(verb)

    def run(words, defaults):
        got.clear()
        ended = CliRunner().invoke(app, words.split(), default_map=defaults)
        return got[0] if got else ended.exception, ended.output

    return run


def test_a_default_that_needs_another_option_holds_where_that_is_there(call):
    made, told = call("", {"explore": 0.3, "seed": 3})
    assert (
        made[2].explore == 0.2
        and made[0].seed == 3
        and "default of explore is not used: --explore would change nothing: it goes with --recommend" in told
    )
    made, told = call("--recommend 5", {"explore": 0.3})
    assert made[2].explore == 0.3 and told == ""
    made, told = call("-q", {"order_by_history": False})
    assert made[2].order_by_history is None and told == ""


def test_what_is_typed_wins_over_a_default_that_contradicts_it(call):
    made, _ = call("--unlabeled", {"label_column": "y", "target": "regression"})
    assert made[0] == DataOptions(unlabeled=True)
    made, told = call("--models a/b", {"search": "resnet", "license": ["mit"], "limit": 5})
    assert made[1] == CandidateOptions(models=["a/b"]) and told.count("is not used") == 3
    made, told = call("--search resnet", {"models": ["a/b"]})
    assert made[1] == CandidateOptions(search="resnet") and "default of models" in told
    made, _ = call("--json", {"format": "quiet"})
    assert made[3].mode == "json"


@pytest.mark.parametrize("words", ["--explore 0.3", "--unlabeled --label-column y", "--json -q"])
def test_what_is_typed_is_refused(call, words):
    error, told = call(words, {"seed": 3})
    assert isinstance(error, UsageError) and "not used" not in told


def test_two_defaults_that_contradict_each_other_end(call):
    made, told = call("", {"json": True, "quiet": True})
    assert made[3].mode == "quiet" and told == ""


def test_the_program_runs_without_it(tmp_path, monkeypatch, capsys):
    (tmp_path / "hubscore.toml").write_text("[map]\npicture = 'tree'\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["map", "--map", "none"])
    err = capsys.readouterr().err
    assert "The default of picture is not used: --picture tree" in err and "Error: --picture" not in err
    with pytest.raises(UsageError, match="--picture tree would change nothing"):
        ShowOptions(picture="tree").check_files([])
