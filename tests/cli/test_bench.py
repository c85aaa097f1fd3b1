import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hubscore.cli.main import main
from hubscore.types import ProbeDescription, Ranking, Row, RunRecord

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``hubscore ...`` in this process; return exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "160")

    def command(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return command


@pytest.fixture
def ranking(tmp_path: Path) -> Path:
    rows = tuple(
        Row(
            rank=n + 1,
            model=f"lab/{n}",
            revision="a" * 40,
            library="timm",
            consensus=1 - n / 4,
            scores={"logme": -float(n)},
            baselines={"size": n},
        )
        for n in range(4)
    )
    path = tmp_path / "ranking.json"
    Ranking(rows=rows, skipped=(), probe=ProbeDescription(dataset="d")).save(str(path))
    return path


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    path = tmp_path / "truth.csv"
    path.write_text(
        "model,target,accuracy\nlab/0,birds,0.9\nlab/1,birds,0.8\nlab/2,birds,0.7\nlab/3,birds,0.6\nlab/0,cars,0.1\n"
    )
    return path


def test_the_table_is_on_stdout_and_the_reading_on_stderr(run: Run, ranking: Path, truth: Path) -> None:
    code, out, err = run(
        "bench", ranking, "--truth", truth, "--on-dataset", "birds", "--test-images", 300, "--format", "human"
    )
    assert code == 0
    assert out.split("\n")[0].split() == [
        "ORDER",
        "BY",
        "WEIGHTED_TAU",
        "TAU_B",
        "PEARSON",
        "P@3",
        "R@3",
        "POINTS_LOST",
        "MODELS",
    ]
    assert [line.split()[0] for line in out.splitlines()[1:] if line.strip()] == [
        "consensus",
        "logme",
        "size",
        "perfect",
    ]
    assert "Its first choice is the best model, lab/0." in err
    assert "It beats every baseline here" in err
    assert "standard error of one accuracy is" in err


def test_json_holds_every_measure(run: Run, ranking: Path, truth: Path) -> None:
    _, out, _ = run("bench", ranking, "--truth", truth, "--on-dataset", "birds", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["logme"]["kendall"] == pytest.approx(1)
    assert rows["size"]["kendall"] == pytest.approx(-1)
    assert rows["size"]["regret"] == pytest.approx(0.3)


def test_another_size_than_that_of_the_fine_tuning_is_warned_of(run: Run, ranking: Path, truth: Path) -> None:
    made = Ranking.load(str(ranking))
    sized = {row.model: {"input_size": [224, 224]} for row in made}
    replace(made, record=RunRecord(extractions=sized)).save(str(ranking))
    text = truth.read_text().replace("accuracy\n", "accuracy,input_size\n").replace("0.9\n", "0.9,96\n")
    truth.write_text(text)
    _, _, err = run("bench", ranking, "--truth", truth, "--on-dataset", "birds", "--format", "human")
    assert "1 of 1 models were ranked at another input size" in err and "lab/0: ranked at 224, fine-tuned at 96" in err


def test_several_files_are_several_runs(run: Run, ranking: Path, truth: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.csv"
    again.write_text("model,target,accuracy\nlab/0,birds,0.88\nlab/1,birds,0.8\nlab/2,birds,0.72\nlab/3,birds,0.6\n")
    _, out, _ = run("bench", ranking, "--truth", truth, "--truth", again, "--on-dataset", "birds", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["another run"]["kind"] == rows["perfect order"]["kind"] == "ceiling"
    assert rows["size"]["regret"] == pytest.approx(0.89 - 0.6)
    assert rows["perfect order"]["regret"] == pytest.approx(0)


def test_quiet_prints_names(run: Run, ranking: Path, truth: Path) -> None:
    code, out, err = run("bench", ranking, "--truth", truth, "--on-dataset", "birds", "-q")
    assert (code, out.split(), err) == (0, ["consensus", "logme", "size"], "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "No ranking was named\nTry: hubscore bench ranking.json --truth truth.csv"),
        (("R",), "Cannot tell where true accuracies come from: neither --truth nor --finetune was given"),
        (("R", "--truth", "T", "--finetune", "3"), "--truth reads accuracies, --finetune measures them"),
        (("R", "--truth", "T"), "accuracies on 2 data sets: birds, cars"),
        (
            ("R", "--truth", "T", "--on-dataset", "birds", "--target", "cars"),
            "--on-dataset and --target exclude each other",
        ),
        (("R", "--truth", "T", "--on-dataset", "cars"), "Only 1 of 4 ranked models have a true accuracy"),
        (("R", "--truth", "missing.csv"), "Cannot read 'missing.csv'"),
    ],
)
def test_bad_usage_says_what_to_type(run: Run, ranking: Path, truth: Path, words: tuple[str, ...], told: str) -> None:
    code, out, err = run("bench", *({"R": ranking, "T": truth}.get(word, word) for word in words))
    assert (code, out) == (2, "")
    assert told in err


def test_the_old_name_of_on_dataset_still_works_and_warns(run: Run, ranking: Path, truth: Path) -> None:
    code, out, err = run("bench", ranking, "--truth", truth, "--target", "birds", "-q")
    assert (code, out.split()) == (0, ["consensus", "logme", "size"])
    assert "Warning: --target is now called --on-dataset" in err
