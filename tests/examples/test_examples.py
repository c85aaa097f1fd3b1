"""Each example runs as its first lines say, against folders and the local Hub."""

import io
import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hubfixture import add_dataset, save_tiny_timm, save_tiny_vit
from PIL import Image

from hubscore.types import Ranking

EXAMPLES = Path(__file__).parents[2] / "examples"
Run = Callable[..., str]


def blots(split: str, each: int, seed: int) -> dict[str, bytes]:
    """Three classes of noisy pictures of different brightness."""
    files = {}
    for label, name in enumerate(("dark", "grey", "light")):
        for number in range(each):
            pixels = np.random.default_rng([seed, label, number]).integers(0, 90, (32, 32, 3)) + 80 * label
            buffer = io.BytesIO()
            Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
            files[f"{split}/{name}/{number:02d}.png"] = buffer.getvalue()
    return files


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run an example in an empty folder and return what it prints."""

    def example(name: str, *arguments: object) -> str:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out

    return example


@pytest.fixture(scope="module")
def photos(hub) -> str:
    add_dataset(hub.root, "examples/blots", blots("train", 8, 0) | blots("test", 4, 1))
    return "examples/blots"


def test_every_example_is_short_and_tested() -> None:
    scripts = sorted(EXAMPLES.glob("*.py"))
    tested = Path(__file__).read_text(encoding="utf-8")
    assert [script.name[:2] for script in scripts] == ["01", "02", "03", "04", "05", "06"]
    for script in scripts:
        assert len(script.read_text(encoding="utf-8").splitlines()) < 60
        assert f'run("{script.name}"' in tested


def test_scores_from_arrays(run: Run) -> None:
    lines = run("01_score_from_arrays.py").splitlines()
    assert [line.split()[0] for line in lines] == ["logme", "h_score", "knn", "parc", "leep", "leep"]
    for line in lines[:4]:
        good, poor = map(float, line.split()[1:])
        assert good > poor
    assert "undefined: it has no source head" in lines[-1]


def test_a_local_folder(run: Run, tmp_path: Path) -> None:
    save_tiny_timm(tmp_path / "nets" / "resnet")
    save_tiny_vit(tmp_path / "nets" / "vit")
    for name, content in blots("train", 8, 2).items():
        path = tmp_path / "photos" / name.removeprefix("train/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    out = run("02_rank_local_folder.py", tmp_path / "nets", tmp_path / "photos")
    assert out.startswith("1. ")
    assert f"{tmp_path}/nets/resnet" in out
    assert f"{tmp_path}/nets/vit" in out
    assert out.splitlines()[-1].startswith("Try first: ")


def test_from_the_hub_and_against_the_truth(run: Run, photos: str, tiny_repos, tmp_path: Path) -> None:
    out = run("03_rank_from_hub.py", photos, "tiny/", "ranking.html")
    assert tiny_repos.timm in out
    assert "agrees with this order by tau-b" in out
    assert (tmp_path / "ranking.html").read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")
    _keep(tmp_path / "ranking.json", {tiny_repos.timm, tiny_repos.transformers, tiny_repos.headless})
    out = run("04_compare_with_truth.py", "ranking.json", 3)
    assert f"{tiny_repos.timm}: " in out
    assert "consensus consensus" in out
    assert "The standard error of one accuracy is" in out


def test_model_map(run: Run, hub, photos: str, tiny_repos, tmp_path: Path) -> None:
    for seed in (7, 8):
        save_tiny_timm(hub.root / "models" / "examples" / f"resnet-{seed}", seed=seed)
    out = run("05_model_map.py", photos, "my-map", tiny_repos.timm, "examples/resnet-7", "examples/resnet-8")
    assert [line.split()[0] for line in out.splitlines()] == ["1", "2"]
    assert "Where they look" in (tmp_path / "my-map" / "map.html").read_text(encoding="utf-8")
    assert (tmp_path / "my-map" / "tree.svg").is_file()


def test_the_best_is_fine_tuned_with_trainer(run: Run, hub, photos: str, tiny_repos, tmp_path: Path) -> None:
    save_tiny_vit(hub.root / "models" / "examples" / "vit", seed=5)
    out = run("06_fine_tune_the_best.py", photos, tiny_repos.transformers, "examples/vit")
    assert f"Fine-tuning {tiny_repos.transformers}" in out or "Fine-tuning examples/vit" in out
    accuracy = float(out.partition("Accuracy on the test split: ")[2].split()[0])
    assert 0 <= accuracy <= 1
    (checkpoint,) = (tmp_path / "fine-tuned").iterdir()
    assert list(json.loads((checkpoint / "config.json").read_text())["label2id"]) == ["dark", "grey", "light"]


def _keep(path: Path, models: set[str]) -> None:
    """Leave the session's other repos out of a saved ranking."""
    saved = json.loads(path.read_text(encoding="utf-8"))
    saved["rows"] = [row for row in saved["rows"] if row["model"] in models]
    path.write_text(json.dumps(saved), encoding="utf-8")
    assert len(Ranking.load(str(path))) == 3
