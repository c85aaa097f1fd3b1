from pathlib import Path

import pytest

from hubscore.bench.truth import Truth, read_truth, write_truth
from hubscore.errors import UsageError

SEVERAL = "model,source,target,accuracy\na,x,birds,0.5\nb,birds,birds,0.9\na,x,cars,0.7\n"


def table(folder: Path, text: str) -> Path:
    path = folder / "truth.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    rows = [{"model": "a", "accuracy": 0.5, "test_images": 300}, {"model": "b", "accuracy": 0.25, "test_images": 300}]
    write_truth(tmp_path / "truth.csv", rows)
    assert read_truth(tmp_path / "truth.csv") == Truth({"a": 0.5, "b": 0.25}, 300)


def test_percent_become_shares(tmp_path: Path) -> None:
    assert read_truth(table(tmp_path, "model,accuracy\na,50\nb,0.5\n")).accuracies == {"a": 0.5, "b": 0.005}


def test_the_size_of_the_fine_tuning_is_read_where_the_table_has_it(tmp_path: Path) -> None:
    text = "model,accuracy,input_size\na,0.5,96\nb,0.4,\n"
    assert read_truth(table(tmp_path, text)).input_sizes == {"a": 96}
    with pytest.raises(UsageError, match="the row of 'b', column 'input_size': 'big'"):
        read_truth(table(tmp_path, text.replace(",\n", ",big\n")))


def test_one_data_set_of_several_and_its_own_source_left_out(tmp_path: Path) -> None:
    truth = read_truth(table(tmp_path, SEVERAL), target="birds", test_images=300)
    assert truth == Truth({"a": 0.5}, 300, ("b",))


def test_several_rows_of_a_model_are_runs_and_their_mean_counts(tmp_path: Path) -> None:
    truth = read_truth(table(tmp_path, "model,accuracy\na,0.5\nb,0.8\na,0.6\n"))
    assert truth.accuracies == {"a": pytest.approx(0.55), "b": 0.8}
    assert truth.runs == {"a": (0.5, 0.6)}


def test_several_files_are_runs_and_each_has_its_own_unit(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("model,accuracy\na,0.5\nb,0.9\n")
    second.write_text("model,accuracy\na,60\nb,90\n")
    truth = read_truth([first, second])
    assert truth.accuracies == {"a": pytest.approx(0.55), "b": pytest.approx(0.9)}
    errors = truth.standard_errors()
    assert errors is not None and errors.source == "the spread between runs"
    # variance (0.05² + 0.05²) / 2 over both models, of a mean of two runs half of it
    assert errors.by_model == {"a": pytest.approx(0.05 / 2**0.5), "b": pytest.approx(0.05 / 2**0.5)}


def test_runs_on_two_data_sets_have_no_mean(tmp_path: Path) -> None:
    for name in ("birds", "cars"):
        (tmp_path / f"{name}.csv").write_text(f"model,target,accuracy\na,{name},0.5\n")
    with pytest.raises(UsageError, match=r"mean of accuracies on two data sets.*is about birds.*about cars"):
        read_truth([tmp_path / "birds.csv", tmp_path / "cars.csv"])


def test_a_source_that_is_the_target_in_one_file_is_left_out_of_all(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("model,source,target,accuracy\na,x,birds,0.5\nb,birds,birds,0.9\n")
    second.write_text("model,target,accuracy\na,birds,0.6\nb,birds,0.9\n")
    truth = read_truth([first, second])
    assert (list(truth.accuracies), truth.left_out) == (["a"], ("b",))


def test_standard_errors_come_from_what_is_known_best(tmp_path: Path) -> None:
    text = "model,accuracy,accuracy_se,test_images\na,50,3,300\na,60,4,300\nb,70,2,300\nc,80,{},300\n"
    own = read_truth(table(tmp_path, text.format(1))).standard_errors()
    assert own is not None and own.by_model["a"] == pytest.approx(0.025) and own.source.endswith("own standard errors")
    runs = read_truth(table(tmp_path, text.format(""))).standard_errors()
    assert runs is not None and runs.by_model["c"] == pytest.approx(0.1 / 2**0.5)
    drawn = Truth({"a": 0.5}, 300).standard_errors()
    assert drawn is not None and drawn.by_model["a"] == pytest.approx(0.0287, abs=1e-4)
    assert Truth({"a": 0.5}).standard_errors() is None
