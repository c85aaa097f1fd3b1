"""What is uploaded: two builds are the same to the byte, and the wheel has what the program reads."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = "LICENSE README.md hubscore pyproject.toml space".split()


def build(target, source, out):
    """Build from a copy of the project that lies elsewhere and is younger."""
    source.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_file():
            shutil.copyfile(ROOT / name, source / name)
        else:
            left_out = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(ROOT / name, source / name, ignore=left_out, copy_function=shutil.copyfile)
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, text=True)
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    return build("wheel", folder / "here", folder / "out")


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_two_builds_are_the_same_to_the_byte(target, wheel, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    first = wheel if target == "wheel" else build(target, tmp_path / "here", tmp_path / "first")
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    second = build(target, tmp_path / "elsewhere", tmp_path / "second")
    assert first.name == second.name and first.read_bytes() == second.read_bytes()


def test_the_wheel_has_what_the_program_reads_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, place in (("hubscore", "hubscore"), ("space", "hubscore/publish/space/app")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{place}/{path.relative_to(ROOT / folder).as_posix()}" in names
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"hubscore"}
    assert not [name for name in names if "__pycache__" in name]
