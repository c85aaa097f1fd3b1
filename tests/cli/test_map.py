import json

import numpy as np
import pytest
from modelmap.maps import make, member
from PIL import Image

from hubscore.cli.main import main
from hubscore.modelmap.method import choose_method
from hubscore.modelmap.model_map import ModelMap

FAST = ("--method", "cka", "--device", "cpu")


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "160")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            main(["map", *map(str, words)])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return command


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(8):
        Image.fromarray(rng.integers(0, 255, size=(40, 40, 3)).astype(np.uint8)).save(folder / f"{number}.png")
    return folder


@pytest.fixture
def three(tiny_repos):
    return [tiny_repos.timm, tiny_repos.transformers, tiny_repos.headless]


def test_a_space_is_made_saved_grown_and_shown(run, photos, three, tmp_path):
    code, out, err = run(photos, "--models", *three[:2], "--save", tmp_path / "s", "--format", "json", *FAST)
    assert code == 0, err
    assert [row["model"] for row in json.loads(out)] == three[:2]
    assert json.loads(out)[0]["nearest"] == three[1] and "--add ID" in err
    code, out, err = run(
        "--map", tmp_path / "s", "--add", three[2], "--nearest", three[2], "--format", "json", "--device", "cpu"
    )
    assert code == 0, err
    assert {row["model"] for row in json.loads(out)} == set(three[:2]) and "8 images went through networks" in err
    code, out, err = run("--map", tmp_path / "s", "--remove", three[0], "-q")
    assert code == 0 and out.split() == three[1:]


def test_every_kind_of_file(run, tmp_path):
    make(tmp_path / "s")
    paths = [tmp_path / f"out.{ending}" for ending in ("json", "csv", "html", "png", "svg")]
    code, _, err = run("--map", tmp_path / "s", "--images", 0, *(word for path in paths for word in ("--out", path)))
    assert code == 0 and all(f"Saved {path}" in err and path.stat().st_size > 100 for path in paths)


def test_pictures_by_name(run, tmp_path):
    make(tmp_path / "s")
    assert (
        run(
            "--map",
            tmp_path / "s",
            "--out",
            tmp_path / "m.png",
            "--picture",
            "maps",
            "--images",
            "0,3",
            "--maps-of",
            "lab/next",
        )[0]
        == 0
    )
    assert Image.open(tmp_path / "m.png").size[0] > 200
    code, _, err = run("--map", tmp_path / "s", "--out", tmp_path / "m.png", "--picture", "maps", "--images", "99")
    assert code == 2 and "There is no image 99" in err and "0 to 23" in err


def test_checks_against_taskonomy(run, tmp_path):
    from hubscore.bench.taskonomy import tasks

    make(tmp_path / "s", choose_method("cka"), names=[f"org/{task}" for task in tasks()])
    code, out, err = run("--map", tmp_path / "s", "--check", "taskonomy", "--format", "json")
    rows = json.loads(out)
    assert code == 0 and [row["k"] for row in rows] == list(range(1, 20)) and rows[-1]["recall"] == 1.0
    assert "18 targets x 20 sources, self removed" in err


def test_lambda_of_a_saved_space(run, tmp_path):
    make(tmp_path / "s", choose_method("depara"))
    values = [
        json.loads(run("--map", tmp_path / "s", "--lambda", weight, "--json")[1])[0]["similarity"] for weight in (1, 10)
    ]
    assert values[0] != values[1]
    assert ModelMap.open(tmp_path / "s").method.lambda_ == 1.0


def test_an_undefined_model_is_told(run, tmp_path):
    made = make(tmp_path / "s")
    made.insert({"lab/dead": member("lab/dead", dead=True)})
    code, out, err = run("--map", tmp_path / "s", "--format", "json", "--images", 0, "--out", tmp_path / "s.html")
    assert code == 0 and json.loads(out)[-1]["nearest"] is None
    assert (
        "5 of 15 pairs have no similarity; lab/res-a and lab/dead: on all but 0 of the samples a map is zero"
        in " ".join(err.split())
    )
    assert "without a similarity to any other: lab/dead" in (tmp_path / "s.html").read_text()


def test_a_skipped_candidate_is_named_and_strict_makes_it_a_failure(run, photos, three, tmp_path):
    words = (photos, "--models", *three[:2], "tiny/none", "-q", *FAST)
    code, out, err = run(*words)
    assert code == 0 and out.split() == three[:2] and "1 candidate skipped" in err and "tiny/none" in err
    assert run(*words, "--strict")[0] == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--map", "{s}", "--space", "other"), "--map and --space exclude each other"),
        (("--map", "{s}", "--models", "a/b"), "--map and --models exclude each other"),
        (("data", "--map", "{s}"), "--map and DATASET exclude each other"),
        (("--map", "{s}", "--method", "cka"), "--map and --method exclude each other"),
        (("--map", "{s}", "--label-column", "y"), "--map and --label-column exclude each other"),
        (("--map", "{s}", "--search", "net"), "--map and --search exclude each other"),
        (("data", "--models", "a/b", "--method", "cka", "--components", "5"), "does not go with --components"),
        (("--add", "a/b"), "none was named"),
        (("--map", "{s}", "--check", "imagenet"), "there is taskonomy"),
        (("--map", "{s}", "--check", "taskonomy"), "0 of 5 models end in the name of a Taskonomy task"),
        (("--map", "{s}", "--out", "x.pdf"), "the ending must be .json, .csv, .html, .png or .svg"),
        (("--map", "{s}", "--out", "x.png", "--picture", "cloud"), "There is no picture 'cloud'"),
        (("--map", "{s}", "--images", "first"), "image numbers"),
        (("--map", "{s}", "--lambda", "2"), "only depara weighs"),
        (("--map", "nowhere"), "there is no map.json in it"),
        (("data", "--models", "a/b", "--save", "{s}"), "there is one already"),
        (("data", "--models", "a/b", "--method", "ckaa"), "did you mean cka"),
        (("--models", "a/b"), "No data set was named"),
    ],
)
def test_what_does_not_go_together_is_bad_usage(run, tmp_path, words, told):
    make(tmp_path / "s")
    code, out, err = run(*(word.format(s=tmp_path / "s") for word in words))
    assert code == 2 and told in err and not out


def test_the_plan_downloads_nothing(run, hub, photos, three):
    code, out, err = run(photos, "--models", *three, "--plan", "-q")
    assert code == 0, err
    assert sorted(out.split()) == sorted(three)


def test_the_old_name_of_map_still_works_and_warns(run, tmp_path):
    make(tmp_path / "s")
    code, out, err = run("--space", tmp_path / "s", "-q")
    assert code == 0 and out and "Warning: --space is now called --map" in err
    code, _, err = run("--map", tmp_path / "s", "-q")
    assert code == 0 and "Warning" not in err
