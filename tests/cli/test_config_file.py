from typing import Any

import pytest
import typer

from hubscore.cli.config_file import REFUSED, REFUSED_OF, default_map, options_of, read_config, verbs_of
from hubscore.cli.main import app
from hubscore.cli.save_config import save_config
from hubscore.errors import UsageError

PROGRAM: Any = typer.main.get_command(app)


def defaults(folder, text, name="hubscore.toml"):
    (folder / name).write_text(text)
    return default_map(read_config(folder), PROGRAM)


def test_a_value_holds_for_every_verb_that_has_the_option_and_a_table_for_one(tmp_path):
    found = defaults(
        tmp_path, 'seed = 3\n[rank]\nmax-params = "25M"\nmodels = ["a/b"]\n["history build"]\nmixed = true\n'
    )
    assert found["rank"] == {"seed": 3, "max_params": "25M", "models": ["a/b"]}
    assert found["layers"] == {"seed": 3} and "seed" not in found["scores"]
    assert found["history"]["build"]["mixed"] is True


def test_a_table_wins_over_the_values_for_all_and_underscores_are_dashes(tmp_path):
    assert defaults(tmp_path, "seed = 3\n[rank]\nseed = 4\nmax_params = '9M'\n")["rank"] == {
        "seed": 4,
        "max_params": "9M",
    }


def test_pyproject_has_a_table_and_the_own_file_comes_first(tmp_path):
    assert defaults(tmp_path, "[tool.hubscore]\nseed = 5\n", "pyproject.toml")["rank"] == {"seed": 5}
    assert defaults(tmp_path, "seed = 6\n")["rank"] == {"seed": 6}


def test_without_a_file_or_a_table_nothing_holds(tmp_path):
    assert default_map(read_config(tmp_path), PROGRAM) == {}
    assert defaults(tmp_path, "this is no toml", "pyproject.toml") == {}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_a_file_of_anybody_may_not_set_is_refused_by_name(tmp_path, name):
    for key in (name, name.replace("-", "_")):
        for table in ("", "[publish]\n", "[rank]\n"):
            with pytest.raises(UsageError, match=rf"sets '{key}'.*which may be anybody's, cannot set it"):
                defaults(tmp_path, f'{table}{key} = "x"\n')


def test_what_to_type_instead_is_there_to_be_typed(tmp_path):
    fixes = {"token": "and type it", "endpoint": "HF_ENDPOINT=", "remote-code": "take it out of hubscore.toml"}
    for name, fix in fixes.items():
        with pytest.raises(UsageError) as refused:
            defaults(tmp_path, f'{name} = "x"\n')
        assert fix in refused.value.fix and ("type it" in refused.value.fix) == (name == "token")


def test_what_means_something_else_for_a_verb_is_not_set_for_it(tmp_path):
    found = defaults(tmp_path, "all = true\n")
    assert found["rank"] == {"all_rows": True} and found["retract"] == {}
    with pytest.raises(UsageError, match=r"sets 'all'.*cannot set it"):
        defaults(tmp_path, "[retract]\nall = true\n")
    with pytest.raises(UsageError, match="cannot keep --all"):
        save_config(["retract", "--all", "--save-config"], PROGRAM, tmp_path)


def test_every_option_that_sends_or_spends_is_among_them():
    senders = (command for verb, command in verbs_of(PROGRAM) if verb.startswith(("publish", "retract")))
    sends = {name for command in senders for name in options_of(command)} - REFUSED_OF["publish"]
    harmless = {"all", "private", "section", "diff", "format", "json", "quiet", "verbose"}
    assert sends - harmless <= REFUSED, "a new option of publish: may a file in a working directory set it?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[rank]\nsed = 1\n", "there is no such option of rank\nTry: seed = ..."),
        ("sed = 1\n", "there is no such option\nTry: seed = ..."),
        ("[rnk]\nseed = 1\n", r"has a table 'rnk': there is no such verb\nTry: \[rank\]"),
        ("[rank]\nseed = 'many'\n", "cannot set 'seed' to 'many'"),
        ("[rank]\nseed = true\n", "cannot set 'seed' to True: not true or false"),
        ("[rank]\nseed = [1]\n", r"cannot set 'seed' to \[1\]"),
        ("[rank]\nlayers = 1\n", "cannot set 'layers' to 1: true or false"),
        ("[rank]\nformat = 'xml'\n", "cannot set 'format' to 'xml'"),
        ("seed = \n", "hubscore.toml is not TOML"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, text, words):
    with pytest.raises(UsageError, match=words):
        defaults(tmp_path, text)


def test_what_sends_more_with_one_verb_may_be_set_for_another(tmp_path):
    with pytest.raises(UsageError, match="sets 'proxy'"):
        defaults(tmp_path, "[publish]\nproxy = 'clip'\n")
    found = defaults(tmp_path, "proxy = 'clip'\n")
    assert "proxy" not in found["publish"] and found["recommend"]["proxy"] == "clip"


@pytest.mark.parametrize("place", ["/elsewhere/a.html", "../a.html", "in/../../a.html", "link/a.html"])
def test_a_file_of_anybody_writes_below_its_own_folder_alone(tmp_path, place):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    with pytest.raises(UsageError, match=rf"cannot set 'out' to '{place}': it lies outside"):
        defaults(folder, f"[rank]\nout = ['ranking.html', '{place}']\n")
    with pytest.raises(UsageError, match="cannot set 'save_models'"):
        defaults(folder, f"save_models = '{place}'\n")
    (folder / "hubscore.toml").unlink()
    with pytest.raises(UsageError, match=f"cannot keep --out {place}"):
        save_config(["rank", "--out", place, "--save-config"], PROGRAM, folder)
    assert not (folder / "hubscore.toml").exists()


def test_places_below_the_folder_and_stdout_may_be_set(tmp_path):
    found = defaults(tmp_path, "[rank]\nout = ['-', 'results/', 'a/b.html']\ncache-dir = '/big/cache'\n")
    assert found["rank"] == {"out": ["-", "results/", "a/b.html"], "cache_dir": "/big/cache"}
