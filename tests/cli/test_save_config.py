from typing import Any

import pytest
import typer

from hubscore.cli.config_file import NAME, default_map, read_config
from hubscore.cli.main import app
from hubscore.cli.save_config import save_config
from hubscore.errors import UsageError

PROGRAM: Any = typer.main.get_command(app)


def save(folder, *words):
    return save_config([*words, "--save-config"], PROGRAM, folder)


def test_what_was_typed_is_what_the_file_sets(tmp_path):
    words = ("rank", "birds", "--models", "a/b", "--models", 'c/"d"', "--seed", "4", "--no-layers", "--format", "json")
    told = save(tmp_path, *words)
    assert told == "Kept as defaults of hubscore rank in hubscore.toml: models, seed, layers, format"
    found = default_map(read_config(tmp_path), PROGRAM)["rank"]
    assert found == {"models": ["a/b", 'c/"d"'], "seed": 4, "layers": False, "format": "json"}


def test_another_verb_is_added_and_what_stands_there_stays(tmp_path):
    (tmp_path / NAME).write_text("# mine\nseed = 1\n")
    save(tmp_path, "history", "build", "x.csv", "--mixed")
    assert (tmp_path / NAME).read_text() == '# mine\nseed = 1\n\n["history build"]\nmixed = true\n'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("rank", "birds", "--token", "hf_x"), "cannot keep --token"),
        (("rank", "birds", "--yes"), "cannot keep --yes"),
        (("rank", "birds"), "none was typed"),
        ((), "none was typed"),
        (("rnk", "--seed", "1"), "none was typed"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_written(tmp_path, words, told):
    with pytest.raises(UsageError, match=told):
        save(tmp_path, *words)
    assert not (tmp_path / NAME).exists()


def test_defaults_that_are_there_are_not_written_over(tmp_path):
    save(tmp_path, "rank", "--seed", "4")
    with pytest.raises(UsageError, match=r"has defaults of rank already\nTry: change them under \[rank\]"):
        save(tmp_path, "rank", "--seed", "5")
    assert "seed = 4" in (tmp_path / NAME).read_text()
