import csv
import io
from pathlib import Path

import numpy as np
import pytest
from cli.test_bench import Run, run
from hubfixture import add_dataset
from PIL import Image

from hubscore.candidates.resolve import resolve_candidates
from hubscore.cli.bench_finetune import FineTuneOptions, Trained
from hubscore.hub.client import hub_api
from hubscore.types import ProbeDescription, Ranking, Row

__all__ = ["run"]


def blot(label: int, number: int) -> bytes:
    """A dark or a light picture."""
    pixels = np.random.default_rng([label, number]).integers(0, 90, (32, 32, 3)) + 150 * label
    buffer = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def test_training_tells_each_accuracy_keeps_it_and_names_what_fails(run: Run, hub, tiny_repos, tmp_path: Path) -> None:
    names = ("dark", "light")
    add_dataset(hub.root, "bench/cli", {f"train/{names[n % 2]}/{n:02d}.png": blot(n % 2, n) for n in range(28)})
    models = [tiny_repos.timm, tiny_repos.transformers, tiny_repos.headless]
    found = {it.repo_id: it.revision for it in resolve_candidates(models, api=hub_api()).candidates} | {
        "tiny/gone": "b" * 40
    }
    rows = tuple(
        Row(rank=n + 1, model=name, revision=revision, library="timm", consensus=1 - n / 4, scores={"logme": -float(n)})
        for n, (name, revision) in enumerate(found.items())
    )
    about = {"dataset": "bench/cli", "config": None, "split": "train", "revision": None, "target": "classification"}
    path, kept = tmp_path / "ranking.json", tmp_path / "truth.csv"
    Ranking(rows=rows, skipped=(), probe=ProbeDescription.from_json(about)).save(str(path))
    code, out, err = run(
        "bench", path, "--finetune", 4, "--save-truth", kept, "--no-flip", "--device", "cpu", "-q", "--train", "both"
    )
    assert (code, out.split()) == (0, ["consensus", "logme"] * 2)
    assert "Warning: tiny/gone: " in err
    assert [line.split(",")[0] for line in kept.read_text().splitlines()] == ["model", *models]
    with kept.open() as file:
        saved = list(csv.DictReader(file))
    for row in saved:
        assert row["train"] == "all" and 0 <= float(row["f1"]) <= 1 and 0 <= float(row["head_f1"]) <= 1
        assert float(row["epochs"].split()[-1]) == pytest.approx(float(row["accuracy"]), abs=1e-3)
        assert (len(row["epochs"].split()), len(row["head_epochs"].split())) == (6, 50)
    code, _, err = run("bench", path, "--truth", kept, "--format", "human")
    assert "The standard error of one accuracy is" in err
    assert "No true accuracy is known of tiny/gone." in err


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """A ranking that fine-tuning agrees with, and head re-training does not."""
    rows = tuple(
        Row(rank=n + 1, model=f"lab/{n}", revision="a" * 40, library="timm", consensus=1 - n / 4) for n in range(3)
    )
    ranking, truth = tmp_path / "ranking.json", tmp_path / "truth.csv"
    Ranking(rows=rows, skipped=(), probe=ProbeDescription(dataset="d")).save(str(ranking))
    truth.write_text("model,accuracy,train,head_accuracy\nlab/0,0.9,all,0.5\nlab/1,0.8,all,0.6\nlab/2,0.7,all,0.7\n")
    return ranking, truth


def test_each_kind_of_truth_has_a_table_and_lines_that_say_which(run: Run, both: tuple[Path, Path]) -> None:
    import json

    words = ("bench", both[0], "--truth", both[1], "--train")
    code, out, err = run(*words, "both", "--format", "human")
    assert code == 0 and out.index("A new head on the network as it is") < out.index("All weights fine-tuned")
    assert "All weights fine-tuned" in err
    taus = [(row["train"], row["kendall"]) for row in json.loads(run(*words, "both", "--json")[1])]
    assert taus == [("head", pytest.approx(-1)), ("all", pytest.approx(1))]
    (row,) = json.loads(run(*words, "head", "--json")[1])
    assert row["kendall"] == pytest.approx(-1) and "train" not in row


def test_truth_of_the_other_kind_is_refused_with_what_to_type(run: Run, both: tuple[Path, Path]) -> None:
    ranking, truth = both
    truth.write_text(truth.read_text().replace(",all,", ",head,").replace("head_accuracy", "x"))
    code, _, err = run("bench", ranking, "--truth", truth)
    assert code == 2 and "accuracies of re-trained heads" in err and "--train head" in err
    assert run("bench", ranking, "--truth", truth, "--train", "head", "-q")[0] == 0
    truth.write_text(truth.read_text().replace(",head,", ",300,"))
    code, _, err = run("bench", ranking, "--truth", truth, "--train", "head")
    assert code == 2 and "no accuracies of re-trained heads" in err
    assert run("bench", ranking, "--truth", truth, "-q")[0] == 0  # a column of that name with another meaning


def test_a_history_has_no_training(run: Run, tmp_path: Path) -> None:
    code, _, err = run("bench", "--history", tmp_path, "--train", "head")
    assert code == 2 and "--train" in err


def test_heads_come_before_all_weights() -> None:
    assert FineTuneOptions(train=Trained.both).kinds == ("head", "all") and FineTuneOptions().kinds == ("all",)
