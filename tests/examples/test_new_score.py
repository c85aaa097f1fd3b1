"""CONTRIBUTING's "Add a score in four steps", followed to the letter: there are four, and the checks need no more."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "examples" / "hubscore-plugin" / "src" / "hubscore_nearest_mean" / "__init__.py"
STEPS = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("in four steps\n")[2].partition("\n## ")[0]
NEEDED = "CHANGELOG.md CITATION.cff pyproject.toml hubscore space docs tests".split()
TEST = '''"""Nearest class means, by hand."""

import pytest

from hubscore import Undefined, score


def test_by_hand():
    # Of two classes on a line, one sample of the second lies nearest to the mean of the first.
    features = [[0.0], [1.0], [2.0], [10.0], [11.0], [3.0]]
    assert score("nearest_mean", features=features, labels=[0, 0, 0, 1, 1, 1]) == pytest.approx(5 / 6)


def test_undefined_for_a_class_of_one():
    with pytest.raises(Undefined, match="a class has one image"):
        score("nearest_mean", features=[[0.0], [1.0], [5.0]], labels=[0, 0, 1])
'''
REFERENCE = """  - type: article
    title: "Distance-Based Image Classification: Generalizing to New Classes at Near-Zero Cost"
    year: 2013
    journal: "TPAMI"
    authors:
      - family-names: Mensink
      - family-names: Verbeek
      - family-names: Perronnin
      - family-names: Csurka
    notes: "nearest_mean"
"""


def parts_of_the_plugin() -> tuple[str, str]:
    """The arithmetic without its decorator, and what the decorator says as an entry of a catalog."""
    lines = PLUGIN.read_text(encoding="utf-8").splitlines(keepends=True)
    (function,) = (node for node in ast.parse("".join(lines)).body if isinstance(node, ast.FunctionDef))
    (decorator,) = function.decorator_list
    assert isinstance(decorator, ast.Call)
    said = {str(word.arg): ast.unparse(word.value) for word in decorator.keywords}
    said |= {name: f"frozenset({said[name]})" for name in ("needs", "targets", "invariant")}
    said = {"name": "'nearest_mean'", "function": "'hubscore.scores.nearest_mean:nearest_mean'"} | said
    arithmetic = [*lines[: decorator.lineno - 1], *lines[function.lineno - 1 :]]
    entry = "".join(f"        {name}={value},\n" for name, value in said.items())
    return "".join(line for line in arithmetic if "score_entry" not in line), f"    ScoreInfo(\n{entry}    ),\n"


def insert(path: Path, before: str, text: str) -> None:
    """Put a text in front of the last place where another one begins."""
    head, found, tail = path.read_text(encoding="utf-8").rpartition(before)
    assert found, path
    path.write_text(head + text + found + tail, encoding="utf-8")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in NEEDED:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, copy / name)
        else:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("*.svg", "*.png"))
    return copy


def check(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run the checks that the steps end with."""
    (line,) = re.findall(r"^ *\.venv/bin/python (-m pytest .*)$", STEPS, re.MULTILINE)
    words = [sys.executable, *shlex.split(line.replace("NAME", "nearest_mean")), "-p", "no:cacheprovider"]
    words += ["-p", "pytest_timeout", "--noconftest", "--assert=plain"]  # no Hub, and half the time to start
    environment = os.environ | {"PYTHONPATH": str(checkout), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(words, cwd=checkout, env=environment, capture_output=True, text=True, timeout=200)


def test_the_steps_are_four_and_name_every_file_that_is_touched() -> None:
    assert re.findall(r"^(\d)\. ", STEPS, re.MULTILINE) == ["1", "2", "3", "4"]
    for name in (
        "hubscore/scores/NAME.py",
        "hubscore/scores/catalog/FAMILY.py",
        "tests/scores/test_NAME.py",
        "CHANGELOG.md",
        "docs/papers.md",
        "CITATION.cff",
    ):
        assert f"`{name}`" in STEPS


def test_a_score_that_is_added_by_the_steps_passes_its_checks(checkout: Path) -> None:
    arithmetic, entry = parts_of_the_plugin()
    (checkout / "hubscore/scores/nearest_mean.py").write_text(arithmetic, encoding="utf-8")
    insert(checkout / "hubscore/scores/catalog/neighbour.py", ")\n", entry)
    (checkout / "tests/scores/test_nearest_mean.py").write_text(TEST, encoding="utf-8")
    insert(checkout / "CHANGELOG.md", "### Changed\n", "### Added\n\n- `nearest_mean`.\n\n")
    row = "| nearest class mean | `nearest_mean` | `hubscore rank user/birds --scores nearest_mean` | leave one out |\n"
    papers = checkout / "docs/papers.md"
    papers.write_text(papers.read_text(encoding="utf-8") + row, encoding="utf-8")
    with (checkout / "CITATION.cff").open("a", encoding="utf-8") as citation:
        citation.write(REFERENCE)
    ran = check(checkout)
    assert ran.returncode == 0, ran.stdout
    (passed,) = re.findall(r"(\d+) passed", ran.stdout)
    assert int(passed) > 40, "the checks are picked up by the entry alone"
