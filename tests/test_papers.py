"""`docs/papers.md` can be followed: its commands can be typed, its scores and modules exist, and so do its pages."""

import ast
import re
import shlex
from pathlib import Path

import pytest
from advicecheck import wrong

from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.similarity.info import SIMILARITIES

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "papers.md").read_text(encoding="utf-8")
LINES = [re.split(r"(?<!\\) *\| *", line.strip())[1:-1] for line in TEXT.splitlines() if line.startswith("| ")]
ROWS = [line for line in LINES if line[0] not in ("in the paper", "---")]
NAMED = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[1])}
OURS = ("kernel_probe", "layer_kernel_probe", "size", "popularity", "random")
SPANS = re.findall(r"`([^`]+)`", TEXT)
COMMANDS = sorted({span for span in SPANS if span.startswith("hubscore ") and span != "hubscore scores NAME"})
SCRIPTS = sorted({span for span in SPANS if span.startswith("python ")})


def source(module: str) -> Path | None:
    """Return the file of one of our modules, without importing it."""
    place = ROOT / module.replace(".", "/")
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()), None)


def test_every_line_says_where_how_and_what_differs() -> None:
    assert len(ROWS) > 50 and {len(row) for row in ROWS} == {4}
    assert all(row[1] or row[2] for row in ROWS), "a line that is nowhere in hubscore says that it is left out"
    assert all(row[3] for row in ROWS if row[1] == "left out"), "what is left out has a reason"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_can_be_typed(command: str) -> None:
    assert list(wrong(command)) == []


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_score_or_module_exists(name: str) -> None:
    if name.startswith("hubscore."):
        assert source(name) is not None
    else:
        assert name in {*SCORES.names(), *SIMILARITIES.names()}


def test_scores_in_commands_exist() -> None:
    known = {*SCORES.names(), *SIMILARITIES.names()}
    for command in COMMANDS:
        words = shlex.split(command)
        named = [words[place + 1].split(",") for place, word in enumerate(words) if word in ("--scores", "--method")]
        shown = [words[2:3]] if words[1] == "scores" else []
        assert {name.partition("@")[0] for one in named + shown for name in one} <= known, command


@pytest.mark.parametrize("command", SCRIPTS)
def test_a_script_is_there_and_has_the_options(command: str) -> None:
    _, path, *options = shlex.split(command)
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    known = {
        argument.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    assert {word for word in options if word.startswith("--")} <= known


@pytest.mark.parametrize("command", SCRIPTS)
def test_what_a_script_imports_is_there(command: str) -> None:
    # Running --help of all would import torch and timm: that takes as long as the rest of this file many times over.
    tree = ast.parse((ROOT / shlex.split(command)[1]).read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    for node in (node for node in imports if str(node.module).startswith("hubscore")):
        path = source(str(node.module))
        assert path is not None, node.module
        text = path.read_text(encoding="utf-8")
        for alias in node.names:
            assert re.search(rf"\b{alias.name}\b", text), f"{node.module} has no {alias.name}"


@pytest.mark.parametrize("info", list(SCORES), ids=lambda info: info.name)
def test_every_score_of_a_paper_has_a_line(info: ScoreInfo) -> None:
    assert info.name in NAMED or not info.function.startswith("hubscore.") or info.name.startswith(OURS)


def test_every_page_exists() -> None:
    for page in re.findall(r"\]\(([\w-]+\.md)[)#]", TEXT):
        assert (ROOT / "docs" / page).exists(), page
