import io
import json
import subprocess
import sys

import pytest

from hubscore.cli.output import Mode, Output
from hubscore.errors import Cancelled, UsageError

ROWS = [
    {"model": "lab/a", "parameters": 25_000_000, "note": None},
    {"model": "lab/b\x1b[31m\tx", "parameters": None, "note": "two\nlines"},
]


@pytest.fixture(autouse=True)
def nobody_says_how_wide(monkeypatch):
    """Test runners set COLUMNS for their workers."""
    monkeypatch.delenv("COLUMNS", raising=False)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def output(format="human", *, terminal=False):
    kind = Terminal if terminal else io.StringIO
    return Output(format, stdout=kind(), stderr=kind())


def written(format, call):
    out = output(format)
    call(out)
    return out._stdout.getvalue(), out._stderr.getvalue()


def test_human_mode_pads_a_table_with_screaming_headers():
    stdout, stderr = written("human", lambda out: out.rows(ROWS, id_key="model"))
    lines = stdout.splitlines()
    assert lines[0].split() == ["MODEL", "PARAMETERS", "NOTE"] and lines[1].split() == ["lab/a", "25000000"]
    assert lines[0].index("PARAMETERS") + len("PARAMETERS") == lines[1].index("25000000") + len("25000000")
    assert stderr == ""


def test_a_table_that_stays_whole_breaks_no_address(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    rows = [{"repo": "lab/net", "pull_request": f"https://huggingface.co/{'net/' * 20}discussions/1"}]
    assert rows[0]["pull_request"] in written("human", lambda out: out.rows(rows, id_key="repo", whole=True))[0]
    assert rows[0]["pull_request"] not in written("human", lambda out: out.rows(rows, id_key="repo"))[0]


def test_table_is_another_word_for_human():
    assert Output("table").mode is Mode.human


def test_agent_mode_writes_tab_separated_values_in_full():
    stdout, _ = written("agent", lambda out: out.rows(ROWS, id_key="model"))
    assert stdout == "model\tparameters\tnote\nlab/a\t25000000\t\nlab/b[31m x\t\ttwo lines\n"


def test_json_mode_writes_one_compact_array():
    stdout, _ = written("json", lambda out: out.rows(ROWS, id_key="model", full=[{"whole": [1, 2]}]))
    assert stdout == '[{"whole":[1,2]}]\n'
    stdout, _ = written("json", lambda out: out.rows(ROWS, id_key="model"))
    assert json.loads(stdout)[0] == {"model": "lab/a", "parameters": 25_000_000, "note": None}


def test_quiet_mode_writes_one_id_a_line():
    assert written("quiet", lambda out: out.rows(ROWS, id_key="model")) == ("lab/a\nlab/b[31m x\n", "")


@pytest.mark.parametrize(
    ("format", "text"),
    [("human", "No results found.\n"), ("agent", "No results found.\n"), ("json", "[]\n"), ("quiet", "")],
)
def test_an_empty_list_is_said_so(format, text):
    assert written(format, lambda out: out.rows([], id_key="model"))[0] == text


def test_human_mode_may_show_a_picture_of_its_own():
    stdout, _ = written("human", lambda out: out.rows(ROWS, id_key="model", human=lambda width: f"{width} wide"))
    assert stdout == "160 wide\n"


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("human", "name: knn\nrange: 0 .. 1\n"),
        ("agent", "name=knn range=0 .. 1\n"),
        ("json", '{"name":"knn","range":"0 .. 1","options":null}\n'),
        ("quiet", "knn\n"),
    ],
)
def test_one_thing_in_every_mode(format, text):
    assert (
        written(format, lambda out: out.value({"name": "knn", "range": "0 .. 1", "options": None}, id_key="name"))[0]
        == text
    )


def talk(out):
    out.note("note\x1b[2K")
    out.hint("hint")
    out.warning("warning")
    out.error("Error: what\n  indented")


@pytest.mark.parametrize("format", ["human", "agent", "json"])
def test_talk_goes_to_stderr_and_is_clean(format):
    assert written(format, talk) == ("", "note[2K\nHint: hint\nWarning: warning\nError: what\n  indented\n")


def test_quiet_mode_keeps_warnings_and_errors_only():
    assert written("quiet", talk) == ("", "Warning: warning\nError: what\n  indented\n")


def test_colours_are_for_terminals_that_want_them(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    out = output(terminal=True)
    out.warning("careful")
    assert "\x1b[33m" in out._stderr.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    out = output(terminal=True)
    out.warning("careful")
    assert "\x1b[33m" not in out._stderr.getvalue() and "careful" in out._stderr.getvalue()


def test_text_is_for_people_and_agents():
    assert written("agent", lambda out: out.text("a\n  b\x07"))[0] == "a\n  b\n"
    assert written("json", lambda out: out.text("a"))[0] == ""


def test_auto_is_agent_when_an_agent_runs_it(monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils.is_agent", lambda: True)
    assert Output("auto").mode is Mode.agent
    monkeypatch.setattr("huggingface_hub.utils.is_agent", lambda: False)
    assert Output().mode is Mode.human


def test_an_unknown_format_is_refused():
    with pytest.raises(UsageError, match="Unknown format 'xml': there are auto, human, agent, json and quiet"):
        Output("xml")


def test_two_ways_to_choose_a_format_exclude_each_other():
    assert Output.chosen("auto", json=True).mode is Mode.json
    assert Output.chosen("auto", quiet=True).mode is Mode.quiet
    with pytest.raises(UsageError, match="--json and --quiet exclude each other"):
        Output.chosen("auto", json=True, quiet=True)


@pytest.mark.parametrize("format", ["human", "agent", "json", "quiet"])
def test_nobody_to_ask_is_an_error_that_names_the_option(format):
    with pytest.raises(UsageError) as caught:
        output(format).confirm("Download 7 GB?")
    assert str(caught.value) == "Download 7 GB?: nobody is at a terminal to answer\nTry: add --yes to agree beforehand"
    output(format).confirm("Download 7 GB?", yes=True)


def test_a_person_may_agree_or_not(monkeypatch):
    out = output(terminal=True)
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    out.confirm("Delete?")
    assert out._stderr.getvalue() == "Delete? [y/N] "
    monkeypatch.setattr("sys.stdin", Terminal("\n"))
    with pytest.raises(Cancelled, match="Nothing was done"):
        out.confirm("Delete?")


def test_a_pipe_is_wide_and_columns_is_minded(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert output().width == 160
    monkeypatch.setenv("COLUMNS", "77")
    assert output().width == 77


def test_importing_the_writer_costs_nothing():
    heavy = "numpy pandas torch huggingface_hub rich scipy".split()
    code = (
        f"import sys, hubscore.cli.output, hubscore.cli.errors, hubscore.cli.progress; print([m for m in {heavy} if m"
        " in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
