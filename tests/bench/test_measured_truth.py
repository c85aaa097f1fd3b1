from pathlib import Path

import pytest

from hubscore.bench.measured_truth import from_results, truth_rows
from hubscore.bench.truth import read_truth, write_truth
from hubscore.errors import UsageError
from hubscore.finetune.recipe import FineTuneResult


def result(model: str, accuracy: float, train: str = "all") -> FineTuneResult:
    return FineTuneResult(model, accuracy, 0.5, 1e-3, 1.0, 40, accuracy / 2, (0.25, accuracy), train)


MADE = {"head": [result("a", 0.5, "head"), result("b", 0.75, "head")], "all": [result("a", 0.75)]}


def test_both_kinds_stand_in_one_row_and_are_read_apart(tmp_path: Path) -> None:
    (row,) = truth_rows(MADE, ("head", "all"))  # b is not fine-tuned yet
    assert (row["accuracy"], row["head_accuracy"], row["f1"], row["head_epochs"]) == (0.75, 0.5, 0.375, "0.25 0.5")
    write_truth(tmp_path / "t.csv", [row])
    assert read_truth(tmp_path / "t.csv").accuracies == {"a": 0.75}
    assert read_truth(tmp_path / "t.csv", train="head").accuracies == {"a": 0.5}


def test_heads_alone_say_that_they_are(tmp_path: Path) -> None:
    rows = truth_rows(MADE, ("head",))
    assert [(row["model"], row["train"]) for row in rows] == [("a", "head"), ("b", "head")]
    write_truth(tmp_path / "t.csv", rows)
    assert read_truth(tmp_path / "t.csv", train="head").accuracies == {"a": 0.5, "b": 0.75}
    with pytest.raises(UsageError):
        read_truth(tmp_path / "t.csv")


def test_nothing_is_no_row() -> None:
    assert truth_rows({"head": MADE["head"], "all": []}, ("head", "all")) == []


def test_truth_is_the_accuracy_by_model() -> None:
    truth = from_results(MADE["head"], 40)
    assert truth.accuracies == {"a": 0.5, "b": 0.75} and truth.test_images == 40
