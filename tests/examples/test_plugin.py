"""A score of another package: installed with pip or uv, then found by the command line and by Python."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PLUGIN = Path(__file__).parents[2] / "examples" / "hubscore-plugin"


def installer() -> list[str]:
    """Return the command that installs packages here: this Python's pip, uv, or the pip of the Python that made this
    one's venv.
    """
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "install"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", sys.executable]
    return [str(getattr(sys, "_base_executable", sys.executable)), "-m", "pip", "install"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the example package was installed into."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(PLUGIN, folder / "source")
    subprocess.run(
        [*installer(), "--quiet", "--no-deps", "--target", str(folder / "site"), str(source)], check=True, timeout=240
    )
    return folder / "site"


def python(installed: Path, *words: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(installed), "COLUMNS": "200"}
    ran = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_command_line_lists_and_explains_it(installed: Path) -> None:
    assert "nearest_mean" in python(installed, "-m", "hubscore", "scores", "--format", "quiet").split()
    told = python(installed, "-m", "hubscore", "scores", "nearest_mean")
    assert "nearest class mean" in told
    assert "0.0 .. 1.0" in told


IN_PYTHON = """
import sys
from hubscore import score
from hubscore.ranking.columns import choose
import numpy as np
print(score("nearest_mean", features=[[0.], [1.], [2.], [10.], [11.], [3.]], labels=[0, 0, 0, 1, 1, 1]))
print(*(column.name for column in choose("logme,nearest_mean")))
print(score("nearest_mean", **np.load(sys.argv[1])))
"""


@pytest.fixture(scope="module")
def case() -> dict[str, np.ndarray]:
    labels = np.arange(60) % 3
    return {"features": np.random.default_rng(0).normal(size=(60, 4)) + 1.5 * np.eye(4)[labels], "labels": labels}


@pytest.fixture(scope="module")
def printed(installed: Path, case: dict[str, np.ndarray]) -> list[str]:
    """What one process of Python says of it, line by line."""
    np.savez(installed / "case.npz", **case)
    return python(installed, "-c", IN_PYTHON, str(installed / "case.npz")).splitlines()


def test_it_computes_what_it_says(printed: list[str]) -> None:
    # Two classes on a line; one image of the second lies nearest to the first.
    assert float(printed[0]) == pytest.approx(5 / 6)


def test_it_stands_among_the_built_in_scores_of_a_ranking(printed: list[str]) -> None:
    assert printed[1] == "logme nearest_mean"


def test_its_arithmetic_against_the_plain_way(printed: list[str], case: dict[str, np.ndarray]) -> None:
    features, labels = case["features"], case["labels"]
    right = 0
    for row in range(60):
        rest = np.arange(60) != row
        means = [features[rest & (labels == label)].mean(axis=0) for label in range(3)]
        right += int(np.argmin([np.linalg.norm(features[row] - mean) for mean in means]) == labels[row])
    assert float(printed[2]) == pytest.approx(right / 60)
