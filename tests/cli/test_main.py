import io
import os
import subprocess
import sys
from contextlib import suppress

import typer

from hubscore.cli.config_file import verbs_of
from hubscore.cli.main import app, main

PROGRAM = [sys.executable, "-m", "hubscore"]


def run(*words, **more):
    try:
        main(words)
    except SystemExit as end:
        return end.code


def test_a_shell_is_told_how_a_line_goes_on():
    environment = {
        **os.environ,
        "_HUBSCORE_COMPLETE": "complete_bash",
        "COMP_WORDS": "hubscore rank --max",
        "COMP_CWORD": "2",
    }
    ended = subprocess.run(PROGRAM, env=environment, capture_output=True, text=True, timeout=120)
    assert "--max-params" in ended.stdout.split(), ended.stderr


def test_the_help_of_no_verb_cuts_a_word_at_80_columns(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    program = typer.main.get_command(app)
    for verb, command in verbs_of(program):
        with suppress(SystemExit):
            command.main(["--help"], prog_name=f"hubscore {verb}")
        told = capsys.readouterr().out
        assert "--help" in told and not [line for line in told.splitlines() if "\N{HORIZONTAL ELLIPSIS}" in line]


def test_defaults_of_the_working_directory_hold_and_are_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hubscore.toml").write_text("format = 'json'\n")
    assert run("scores", "logme") == 0
    told = capsys.readouterr()
    assert told.out.startswith('{"name":"logme"') and told.err == "Defaults from hubscore.toml: format\n"
    assert run("scores", "logme", "--quiet") == 0, "what is typed wins over a default that it cannot go with"
    assert capsys.readouterr().out == "logme\n"


def test_letters_that_the_terminal_cannot_write_are_written_as_numbers(tmp_path, monkeypatch):
    (tmp_path / "past.csv").write_text(
        "".join(["model,target,accuracy\n", *(f"a/é{n},дом,0.{n}\n" for n in (1, 2, 3))])
    )
    monkeypatch.chdir(tmp_path)
    written = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    monkeypatch.setattr(sys, "stdout", written)
    assert run("history", "show", "past.csv") == 0
    assert "\\u0434\\u043e\\u043c" in written.buffer.getvalue().decode("ascii")


def test_a_file_that_is_wrong_stops_every_verb_but_env(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hubscore.toml").write_text("open-prs = true\n")
    assert run("scores") == 2 and "hubscore.toml sets 'open-prs'" in capsys.readouterr().err
    assert run("env") == 0 and "hubscore.toml sets 'open-prs'" in capsys.readouterr().out


def test_options_are_kept_in_place_of_a_run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("rank", "--models", "a/b", "c/d", "--save-config") == 0
    assert (tmp_path / "hubscore.toml").read_text() == '[rank]\nmodels = ["a/b", "c/d"]\n'
    assert "Kept as defaults of hubscore rank" in capsys.readouterr().err
