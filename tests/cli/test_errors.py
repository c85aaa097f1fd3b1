import errno
import io
import os
import subprocess
import sys

import pytest
import typer

from hubscore.cli.errors import run_guarded
from hubscore.cli.output import Output
from hubscore.errors import Cancelled, HubError, Undefined, UsageError


def told(run):
    """Return the exit code and what was written to stderr."""
    output = Output("human", stdout=io.StringIO(), stderr=io.StringIO())
    code = run_guarded(run, output=output)
    assert output._stdout.getvalue() == ""
    return code, output._stderr.getvalue()


def failing(error):
    def run():
        raise error

    return run


@pytest.fixture(autouse=True)
def no_debugging(monkeypatch):
    monkeypatch.delenv("HF_DEBUG", raising=False)


def test_what_why_and_what_to_type_next():
    code, text = told(failing(HubError("Cannot reach the Hub", "no answer in 10 s", "check HF_ENDPOINT")))
    assert (code, text) == (1, "Error: Cannot reach the Hub: no answer in 10 s\nTry: check HF_ENDPOINT\n")


def test_bad_usage_is_2():
    assert told(failing(UsageError("Unknown score 'x'", "", "hubscore scores")))[0] == 2
    assert told(failing(Undefined("LEEP is undefined", "no head")))[0] == 1


def test_hub_strings_in_errors_cannot_touch_the_terminal():
    assert "\x1b" not in told(failing(HubError("Model 'a\x1b[2J'", "b\r")))[1]


@pytest.mark.parametrize(("result", "code"), [(None, 0), (0, 0), (1, 1), (2, 2), (True, 0), ("text", 0)])
def test_what_a_verb_returns_is_the_exit_code(result, code):
    assert told(lambda: result) == (code, "")


def test_a_surprise_is_called_a_bug_without_a_traceback():
    code, text = told(failing(KeyError("penultimate")))
    assert code == 1 and "Traceback" not in text
    assert "something it does not expect (KeyError: 'penultimate')" in text
    assert "This is a bug in hubscore" in text and "HF_DEBUG=1" in text


def test_debugging_shows_where(monkeypatch):
    monkeypatch.setenv("HF_DEBUG", "1")
    text = told(failing(HubError("Cannot reach the Hub")))[1]
    assert (
        "Traceback (most recent call last):" in text
        and "  File " in text
        and text.endswith("Error: Cannot reach the Hub\n")
    )


def test_ctrl_c_is_130_and_says_how_to_go_on():
    assert told(failing(KeyboardInterrupt())) == (
        130,
        "Stopped. What was finished is kept; run the same command again to go on.\n",
    )
    assert told(lambda: 130)[1].startswith("Stopped.")  # typer turns Ctrl-C into this exit code


def test_the_exit_code_stays_where_ctrl_c_strikes_inside_exec(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from hubscore.cli import main as program\n"
        "program.run_guarded(lambda: 130)\n"  # so that nothing is imported, and so executed, after the Ctrl-C
        "def interrupted(*_, **__):\n"
        "    exec('raise KeyboardInterrupt')\n"
        "program._command = lambda: interrupted\n"
        "program.main(['scores'])\n"
    )
    ended = subprocess.run([sys.executable, "-m", "script"], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 130 and ended.stderr.startswith("Stopped.")


def test_a_run_that_was_stopped_says_how_far_it_got():
    stopped = Cancelled("Stopped", "3 of 20 done", "run the same command again to go on")
    stopped.exit_code = 130
    assert told(failing(stopped)) == (130, "Stopped. 3 of 20 done; run the same command again to go on.\n")
    assert told(failing(Cancelled("Nothing was done", "The answer was no"))) == (
        1,
        "Nothing was done. The answer was no.\n",
    )


def test_a_full_disk_is_no_bug():
    code, text = told(failing(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out.json")))
    assert code == 1 and text.startswith("Error: Cannot use 'out.json': No space left on device\nTry: free some space")


def commands():
    app = typer.Typer(name="tool", add_completion=False)

    @app.command()
    def go(number: int, stop: bool = False) -> int:
        if stop:
            raise KeyboardInterrupt
        raise typer.Exit(number)

    @app.command()
    def stay() -> None:
        raise typer.Abort

    return app


def run(*argv):
    return told(lambda: commands()(list(argv), prog_name="tool", standalone_mode=False))


def test_the_parsers_errors_look_like_ours():
    code, text = run("go", "x")
    assert code == 2 and text == "Error: NUMBER takes a whole number: it is 'x'\nTry: tool go --help\n"
    code, text = run("go", "1", "--nope")
    assert code == 2 and "No such option" in text and "--nope" in text
    assert run("fly")[0] == 2


def test_the_parsers_exits_are_kept():
    assert run("go", "0") == (0, "") and run("go", "1") == (1, "")
    assert run("go", "1", "--stop")[0] == 130
    assert run("stay") == (1, "Stopped. Nothing was done.\n")


ENDLESS = """
import sys
from hubscore.cli.errors import run_guarded

def write():
    for _ in range(99_999):
        print("x" * 99, flush=True)

sys.exit(run_guarded(write))
"""


def test_a_reader_that_leaves_is_no_error():
    script = f'{sys.executable} -c "$CODE" | head -1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", script], env={**os.environ, "CODE": ENDLESS}, capture_output=True, text=True)
    assert (done.stdout.strip("x\n"), done.stderr, done.returncode) == ("", "", 1)
