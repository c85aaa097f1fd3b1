"""Every "Try:" works when it is typed, in the situation that it is given in: each command here goes wrong, its advice
is read off stderr and followed, and what comes out must be right.
"""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from advicecheck import unreadable
from advicefollow import followed, shell_of
from candidates.repos import timm_repo, transformers_repo
from hubfixture import add_dataset, add_model, write_files
from PIL import Image
from spacedata import example_ranking

from hubscore.cli.main import main

DATASET, MODEL = "advice/birds", "advice/resnet18.one"
LABELS = ("cat", "dog")
PLACES = {"DATASET": DATASET, "ID": MODEL, "DIR": "photos", "FILE": "models.txt", "RANKING": "ranking.json"}


def picture(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(folder / name)


@pytest.fixture(scope="module")
def shelf(hub, tmp_path_factory):
    place = tmp_path_factory.mktemp("advice")
    for label in LABELS:
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
    add_layouts(place)
    return place


def add_layouts(place: Path) -> None:
    """Folders and tables that hubscore cannot read as they are, or in one way only."""
    for name in ("train/cat/0", "train/cat/1", "train/dog/0", "train/dog/1", "extra/0", "extra/1"):
        picture(place / "two", f"{name}.png")
    for name in ("validation/cat/0", "validation/cat/1", "validation/dog/0", "validation/dog/1"):
        picture(place / "valtest", f"{name}.png")
        picture(place / "valtest", f"{name.replace('validation', 'test')}.png")
    tables = {
        "flat": "",
        "camera": "file_name,camera\n{}.png,c{}",
        "twocolumns": "file_name,person,place\n{}.png,p{},q{}",
        "hot": "",
        "fractions": "file_name,label\n{}.png,.{}5",
    }
    for name, text in tables.items():
        for number in range(6):
            picture(place / name, f"{number}.png")
        head, _, row = text.partition("\n")
        lines = [row.format(number, number % 2, number // 3) for number in range(6)]
        if text:
            write_files(place / name, {"metadata.csv": "\n".join([head, *lines]) + "\n"})
    rows = [{"file_name": f"{number}.png", "label": [1, number % 2]} for number in range(6)]
    write_files(place / "hot", {"metadata.jsonl": "\n".join(map(json.dumps, rows)) + "\n"})
    shutil.make_archive(str(place / "onlytar" / "data"), "gztar", place / "photos")


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
    [*FOUND, "--limit", "0"],
    [*FOUND, "--min-params", "10M", "--max-params", "5"],
    [*FOUND, "--scores", "parc@x"],
    [*FOUND, "--scores", "leep@3"],
    [*FOUND, "--scores", "size"],
    [*FOUND, "--reduce", "0"],
    [*FOUND, "--samples", "1"],
    [*FOUND, "--subsamples", "1"],
    [*FOUND, "--scores", "knn", "--resample", "knn"],
    [*FOUND, "--scores", "knn", "--subsamples", "5", "--resample", "nleep"],
    [*FOUND, "--probes", "3", "--resample", "knn"],
    [*FOUND, "--transform", "mine"],
    [*FOUND, "--scores", "layer_kernel_probe", "--no-layers"],
    [*FOUND, "--device", "abacus"],
    [*FOUND, "--modality", "images"],
    [*FOUND, "--split", "test"],
    [*FOUND, "--config", "gone"],
    [*FOUND, "--input-column", "label"],
    [*FOUND, "--target", "regression"],
    [*FOUND, "--models", MODEL],
    [*FOUND, "--reference-head"],
    [*FOUND, "--reference", MODEL, "--reference-head", "--unlabeled"],
    [*FOUND, "--out", "r.xlsx"],
    [*FOUND, "--out", "none/r.json"],
    [*FOUND, "--save-candidates", "models.yaml"],
    [*FOUND, "--format", "xml"],
    [*FOUND, "--json", "--quiet"],
    *(
        ["rank", *data, "--plan", "--models", MODEL]
        for data in (
            ["photos", "--as", "pictures"],
            ["photos", "--as", "parquet"],
            ["photos", "--revision", "main"],
            ["photos", "--samples", "3"],
            ["two"],
            ["flat"],
            ["camera"],
            ["twocolumns"],
            ["hot", "--label-column", "label", "--target", "classification"],
            ["fractions", "--label-column", "label", "--target", "classification"],
            ["valtest"],
            ["onlytar"],
        )
    ),
    ["bench", "ranking.json", "--truth", "several.csv", "--on-dataset", "birds", "--target", "birds"],
]


@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_the_advice_works_when_it_is_followed(typed, words):
    code, err = typed(words)
    assert code in (1, 2) and "Error: " in err and "This is a bug" not in err
    fix = advice(err)
    ways = list(followed(words, err.partition("\nTry: ")[0], fix, PLACES))
    assert ways and (shell_of(fix) or words not in ways), f"nothing to follow in {fix!r}"
    if shell_of(fix):
        subprocess.run(shell_of(fix), check=True)
    for way in ways:
        again, said = typed(way)
        assert again == 0, f"{shlex.join(words)}\n{err}\nfollowed: {shlex.join(way)}\n{said}"


# What follows would need minutes of networks, a server that stays, or a write to the Hub: it is parsed and not run.
PARSED = [
    (["publish", "ranking.json", "--to", "nowhere"], ""),
    (["publish", "ranking.json"], "--to cards"),
    (["publish"], ""),
    (["publish", "ranking.json", "--to", "cards", "--private"], ""),
    (["publish", "ranking.json", "--to", "cards", "--space", "a/b"], ""),
    (["publish", "ranking.json", "--to", "results", "--open-prs"], ""),
    (["publish", "ranking.json", "--to", "results", "--results-repo", "a/b", "--namespace", "a"], ""),
    (["map", "photos", "--models", MODEL, "--method", "task2vec"], "--method attribution"),
    (["map", "photos", "--models", MODEL, "--method", "attribution", "--lambda", "2"], ""),
    (["map", "photos", "--models", MODEL, "--out", "x.pdf"], "--out map.html"),
    (["map", "photos", "--models", MODEL, "--images", "first"], "--images 0,1,2"),
    (["map", "--map", "photos", "--models", MODEL], ""),
    (["layers", MODEL, "photos", "--scores", "leep"], ""),
    (["layers", MODEL, "photos", "--lambda", "1"], ""),
    (["layers", MODEL, "photos", "--out", "x.pdf"], "--out layers.html"),
    (["watch", DATASET, "--interval", ""], "--interval 1h"),
    (["watch", DATASET, "--out", "r.csv"], "--out ranking.json"),
    (["calibrate"], ""),
    (["calibrate", "truth.csv", "--out", "c.txt"], "--out c.json"),
]


@pytest.mark.parametrize(("words", "fix"), PARSED, ids=lambda one: " ".join(one) if isinstance(one, list) else "")
def test_advice_that_would_take_minutes_or_write_to_the_hub_can_be_read(typed, words, fix):
    code, err = typed(words)
    told = advice(err)
    assert code in (1, 2) and told.startswith(fix) and "This is a bug" not in err
    ways = list(followed(words, err.partition("\nTry: ")[0], told, PLACES))
    assert ways, f"nothing to follow in {told!r}"
    for way in ways:
        if "NAME" not in way and "NAME," not in way:
            assert not unreadable(shlex.join(way)), f"{told}: {way}"


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
    assert command is not None and not unreadable(command[0].removeprefix("hubscore ").replace(" ...", ""))


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
