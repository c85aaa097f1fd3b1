"""What the project says about itself in files that no code reads."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import hubscore
from hubscore.scores.info import SCORES

ROOT = Path(__file__).parents[1]


def read_yaml(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def cited():
    references = read_yaml("CITATION.cff")["references"]
    return {(author["family-names"], reference["year"]) for reference in references for author in reference["authors"]}


@pytest.mark.parametrize("info", list(SCORES), ids=lambda info: info.name)
def test_the_paper_of_every_score_is_cited(info):
    if not info.paper or info.paper.startswith("none") or not info.function.startswith("hubscore."):
        return
    author = re.split(r",| et al| and ", info.paper)[0]
    years = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", info.paper)}
    assert {(author, year) for year in years} & cited()


def test_every_reference_is_complete():
    for reference in read_yaml("CITATION.cff")["references"]:
        assert reference["title"] and reference["authors"] and 1900 < reference["year"] < 2100
        assert reference.get("collection-title") or reference.get("journal")


def test_the_versions_that_are_tested_are_those_that_are_promised(project):
    tested = read_yaml(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    promised = [item.rpartition(":: ")[2] for item in project["classifiers"] if re.search(r":: 3\.\d+$", item)]
    assert tested == promised
    assert project["requires-python"] == f">={tested[0]}"


def test_ci_runs_what_a_contributor_runs():
    steps = read_yaml(".github/workflows/ci.yml")["jobs"]["test"]["steps"]
    assert any(step.get("run", "").startswith("make test") for step in steps)


def test_ci_looks_at_what_is_uploaded():
    runs = [step.get("run", "") for step in read_yaml(".github/workflows/ci.yml")["jobs"]["package"]["steps"]]
    places = [runs.index(run) for run in ("python -m build", "twine check --strict dist/*")]
    assert places == sorted(places) and "check-wheel-contents dist/*.whl" in runs[places[0] :]


def test_the_wheel_is_tried_where_it_is_promised():
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    assert jobs["wheel"]["strategy"]["matrix"]["python"] == jobs["test"]["strategy"]["matrix"]["python"]
    assert [step["run"] for step in jobs["wheel"]["steps"] if "run" in step][-1] == "hubscore demo"


def test_the_newest_release_in_the_changelog_is_this_version():
    titles = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert titles[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(hubscore.__version__)} - \d{{4}}-\d\d-\d\d", titles[1])


def test_every_dependency_says_what_it_is_for(project):
    text = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    asked = [*project["dependencies"], *project["optional-dependencies"]["space"]]
    names = sorted(re.match(r"[\w-]+", one)[0] for one in asked)
    weighed, _, told = text.partition("## What for, and could it go")
    for part in (weighed, told):
        assert sorted(re.findall(r"^\| `([\w-]+)` \|", part, re.MULTILINE)) == names
    bounded = {re.match(r"[\w-]+", one)[0] for one in asked if ",<" in one}
    sentence = next(line for line in told.splitlines() if line.startswith("An upper bound"))
    assert bounded <= set(re.findall(r"`([\w-]+)`", sentence))


def test_the_pictures_of_the_readme_are_small():
    pictures = list((ROOT / "docs/pictures").iterdir())
    assert {picture.name for picture in pictures} == {"terminal.svg", "report.png", "space.png"}
    assert sum(picture.stat().st_size for picture in pictures) < 150_000


def test_no_two_packages_say_the_same_of_themselves():  # check-wheel-contents takes them for copies (W002)
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "hubscore").rglob("__init__.py")]
    texts = [text for text in texts if text.strip()]
    assert len(set(texts)) == len(texts)


def test_the_package_index_can_follow_every_link_of_the_readme(project):
    main = project["urls"]["Homepage"]
    targets = re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert targets and [target for target in targets if not target.startswith(("https://", "#"))] == []
    raw = f"{main}/main/".replace("//github.com", "//raw.githubusercontent.com")
    for target in targets:
        if target.startswith(raw):
            assert (ROOT / target.removeprefix(raw)).is_file(), target
        if target.startswith(main):
            kind, path = re.fullmatch(rf"{main}/(blob|tree)/main/([^#]+)(?:#.*)?", target).groups()
            assert (ROOT / path).is_dir() if kind == "tree" else (ROOT / path).is_file(), target


def test_the_readme_lists_every_example():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "examples").iterdir():
        assert f"/main/examples/{path.name})" in text, path.name


def test_hooks_are_pinned():
    for repo in read_yaml(".pre-commit-config.yaml")["repos"]:
        assert re.fullmatch(r"v\d+\.\d+\.\d+", repo["rev"])


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "hubscore" / "py.typed").exists()


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "AGENTS.md",
        *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")),
    ],
)
def test_links_and_named_files_are_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    folder = (ROOT / name).parent
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if "://" not in target:
            assert (folder / target).exists(), target
    for path in re.findall(r"`((?:hubscore|tests|docs|benchmarks|examples|space)/[\w/.-]+)`", text):
        if not re.search("[A-Z]{2}", path):  # `hubscore/scores/NAME.py` stands for many
            assert (ROOT / path).exists(), path


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=lambda path: path.stem)
def test_a_benchmark_reads_its_arguments_before_it_runs(path):
    code = path.read_text(encoding="utf-8")
    if '__name__ == "__main__"' in code:
        assert "ArgumentParser" in code and "parse_args(" in code, "--help must not run it"


def test_help_of_a_benchmark_runs_nothing():
    told = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "startup.py", "--help"], capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0 and "usage: startup.py" in told.stdout and "empty Python" not in told.stderr
