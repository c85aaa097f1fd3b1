from pathlib import Path

import pytest

from hubscore.bench.truth import Truth, read_truth, same_dataset, write_truth
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


def test_several_data_sets_need_a_choice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"accuracies on 2 data sets: birds, cars\nTry: --on-dataset birds"):
        read_truth(table(tmp_path, SEVERAL))


@pytest.mark.parametrize("ranked", ["user/cars", "data/Cars", "cars.csv", "user/cars@v2"])
def test_the_data_set_of_the_ranking_is_advised(tmp_path: Path, ranked: str) -> None:
    with pytest.raises(UsageError, match=f"the ranking is about {ranked}\nTry: --on-dataset cars$"):
        read_truth(table(tmp_path, SEVERAL), ranked=ranked)
    with pytest.raises(UsageError, match="Try: --on-dataset NAME, of the data set that the ranking is about"):
        read_truth(table(tmp_path, SEVERAL), ranked="user/flowers")


def test_names_of_one_data_set() -> None:
    assert same_dataset("uoft-cs/cifar10", "CIFAR_10") and same_dataset("./photos/", "photos")
    assert not same_dataset("a/birds", "a/cars")


def test_an_unknown_data_set_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no accuracies on 'bird': it has birds, cars\nTry: --on-dataset birds"):
        read_truth(table(tmp_path, SEVERAL), target="bird")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,accuracy\na,0.5\n", "no column 'model': its columns: name, accuracy"),
        ("model,score\na,0.5\n", "no column 'accuracy': its columns: model, score"),
        ("model,accuracy\n", "no column 'model': it has no rows"),
        ("model,accuracy\na,good\n", "no accuracy of 'a': it says 'good'"),
        ("model,accuracy\na\n", "no accuracy of 'a'"),
        ("model,accuracy\na,nan\n", "no accuracy of 'a': it says 'nan'"),
        ("model,accuracy\na,0.5\na,0.6\n", "several accuracies of 'a'"),
        ("model,accuracy\na,-0.5\n", "an accuracy is not between 0 and 1"),
        ("model,source,target,accuracy\na,x,x,0.5\n", "no row is left"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_truth(table(tmp_path, text))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read .*nothing.csv': No such file"):
        read_truth(tmp_path / "nothing.csv")
