"""Every "Try:" works when it is typed, in the situation that it is given in: each command here goes wrong, its advice
is read off stderr and followed, and what comes out must be right.
"""

import re
import shlex
from difflib import get_close_matches
from pathlib import Path

import pytest
from candidates.repos import timm_repo, transformers_repo
from hubfixture import add_dataset, add_model, write_files
from PIL import Image
from spacedata import example_ranking
from typer.exceptions import Exit
from typer.main import get_command

from hubscore.cli.argv import spread
from hubscore.cli.main import app, main

DATASET, MODEL = "advice/birds", "advice/resnet18.one"
PLACES = {"DATASET": DATASET, "ID": MODEL, "DIR": "photos", "FILE": "models.txt", "RANKING": "ranking.json"}


def picture(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(folder / name)


@pytest.fixture(scope="module")
def shelf(hub, tmp_path_factory):
    place = tmp_path_factory.mktemp("advice")
    for label in ("cat", "dog"):
        for number in range(3):
            picture(place / "photos", f"{label}/{number}.png")
    add_dataset(hub.root, DATASET, {"train": place / "photos"})
    add_model(hub.root, MODEL, timm_repo("resnet18", license="apache-2.0", base_model="advice/origin"))
    add_model(hub.root, "advice/origin", transformers_repo(license="apache-2.0", pipeline_tag="image-classification"))
    write_files(place, {"net": "", "models.txt": f"{MODEL}\n", "my-net/config.json": "{}"})
    ranking = example_ranking(models=5)
    ranking.save(str(place / "ranking.json"))
    rows = [f"{row.model},{data},0.{row.rank}" for data in ("airplanes", "birds") for row in ranking]
    (place / "truth.csv").write_text("\n".join(["model,accuracy", *(f"{row.model},0.{row.rank}" for row in ranking)]))
    (place / "several.csv").write_text("model,target,accuracy\n" + "\n".join(rows) + "\n")
    return place


@pytest.fixture
def typed(shelf, monkeypatch, capsys):
    """Type a command and return its exit code and what it said on stderr."""
    monkeypatch.chdir(shelf)

    def run(words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        return ended.value.code, capsys.readouterr().err

    return run


def advice(err):
    return " ".join(err.partition("\nTry: ")[2].split())


def parses(command):
    """Whether the command line can be read, without running it."""
    words = spread(shlex.split(command)[1:])
    group = get_command(app)
    context = group.make_context("hubscore", list(words))
    name, verb, rest = group.resolve_command(context, [*words])
    assert verb is not None and name is not None
    try:
        verb.make_context(name, rest, parent=context)
    except Exit:  # --help
        return True
    return True


def with_option(words, option, value):
    """The same command with one option set."""
    return [*without_option(words, option), option, value]


def without_option(words, option):
    if option not in words:
        return list(words)
    at = words.index(option)
    return [*words[:at], *words[at + 2 :]]


def followed(words, fix):
    """Yield the commands that the advice comes to: each of its alternatives is one."""
    if meant := re.search(r"did you mean (.*?)\?", fix):
        for name in re.split(r" or |, ", meant[1]):
            wrong = get_close_matches(name, words, n=1, cutoff=0) if name not in words else []
            yield [name if word in wrong else word for word in words]
        return
    if command := re.match(r"hubscore [^(;]*", fix):
        names = command[0].partition(", ")[0].split()
        yield [
            *(PLACES.get(word, word) for word in names[1:]),
            *(["--plan"] if "--plan" in words and names[1] == "rank" else []),
        ]
        return
    for way in re.split(r", or | or (?=drop|--m)", fix):
        if way.startswith("drop "):
            dropped = re.findall(r"--[a-z-]+", way)
            left = words
            for option in dropped:
                left = without_option(left, option)
            yield left
        elif way.startswith("--"):
            changed = words
            for option, value in re.findall(r"(--[a-z-]+) ([^\s,]+)", way):
                changed = with_option(changed, option, value)
            yield changed


PLAN = ["rank", DATASET, "--plan"]
FOUND = [*PLAN, "--search", "resnet18.one"]
WRONG = [
    ["rank", "--plan"],
    ["plan"],
    ["rank", "--models", MODEL, DATASET, "--plan"],
    ["plan", "--models", MODEL, "photos"],
    ["rank", "advice/bird", "--models", MODEL, "--plan"],
    ["rank", "birds", "--models", MODEL, "--plan"],
    ["rank", "./photoz", "--models", MODEL, "--plan"],
    ["rank", "photoz", "--models", MODEL, "--plan"],
    ["rank", MODEL, "--plan"],
    ["rank", f"https://huggingface.co/{MODEL}", "--plan"],
    [*PLAN, "--models", "advice/resnet18.onne"],
    [*PLAN, "--models", "advise/resnet18.one"],
    [*PLAN, "--models", "resnet18.one"],
    [*PLAN, "--models", "advice/resnet18"],
    [*PLAN, "--models", DATASET],
    [*FOUND, "--license", "apache"],
    [*FOUND, "--license", "Apache2"],
    [*FOUND, "--license", "mit"],
    [*FOUND, "--task", "image-clasification"],
    [*FOUND, "--task", "object-detection"],
    [*FOUND, "--author", "advise"],
    [*FOUND, "--author", "nobody"],
    [*FOUND, "--tag", "no-such-tag"],
    [*FOUND, "--base-model", "advice/origen"],
    [*FOUND, "--max-params", "1"],
    [*FOUND, "--min-params", "5M"],
    [*FOUND, "--library", "tim"],
    [*FOUND, "--library", "transformers"],
    [*FOUND, "--sort", "download"],
    [*FOUND, "--target", "clasification"],
    [*FOUND, "--scores", "nlep"],
    [*FOUND, "--max-params", "many"],
    ["bench", "ranking.json"],
    ["bench", "ranking.json", "--truth", "several.csv"],
    ["bench", "ranking.json", "--truth", "several.csv", "--on-dataset", "bird"],
    ["scores", "nlep"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_the_advice_works_when_it_is_followed(typed, words):
    code, err = typed(words)
    assert code in (1, 2) and "Error: " in err and "This is a bug" not in err
    fix = advice(err)
    ways = [way for way in followed(words, fix) if way != words]
    assert ways, f"nothing to follow in {fix!r}"
    for way in ways:
        again, said = typed(way)
        assert again == 0, f"{shlex.join(words)}\n{err}\nfollowed: {shlex.join(way)}\n{said}"


@pytest.mark.parametrize(
    "words",
    [
        ["space", "--results", "./photos"],
        ["space"],
        ["layers"],
        ["layers", MODEL],
        ["map"],
        ["map", "--add", MODEL],
        ["bench"],
        ["watch"],
    ],
    ids=" ".join,
)
def test_advised_commands_can_be_read(typed, words):
    code, err = typed(words)
    assert code == 2 and "leaderboard will be" not in err
    command = re.search(r"hubscore [a-z]+[^(;,]*", advice(err))
    assert command is not None and parses(command[0].replace(" ...", ""))


def test_a_data_set_among_the_models_is_called_one(typed):
    assert "it is a data set, and a candidate must be a model" in typed([*PLAN, "--models", DATASET])[1]


def test_without_a_data_set_nobody_speaks_of_models(typed):
    assert "--models" not in typed(["rank"])[1]


def test_accuracies_of_another_data_set_are_warned_of(typed):
    code, err = typed(["bench", "ranking.json", "--truth", "several.csv", "--on-dataset", "airplanes"])
    assert code == 0 and "these accuracies are on airplanes, and the ranking is about" in err


def test_a_misspelt_model_is_found_before_the_probe_is_read(typed, monkeypatch):
    monkeypatch.setattr("hubscore.run.session.load_probe", lambda *args, **kwargs: pytest.fail("the probe was read"))
    for words in (["--models", "advice/resnet18.onne"], ["--models", MODEL, "--reference", "advice/resnet18.onne"]):
        code, err = typed(["rank", DATASET, *words])
        assert code == 1 and "did you mean advice/resnet18.one?" in err
