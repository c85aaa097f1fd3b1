from pathlib import Path

import pytest

from hubscore.bench.truth_table import TruthRow, read_table
from hubscore.errors import UsageError

SEVERAL = "model,source,target,accuracy\na,x,birds,0.5\nb,birds,birds,0.9\na,x,cars,0.7\n"


def table(folder: Path, text: str) -> Path:
    path = folder / "truth.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_column_is_read(tmp_path: Path) -> None:
    text = "model,accuracy,accuracy_se,test_images,input_size\na,50,2,300,96\nb,60,,,\n"
    first, second = read_table(table(tmp_path, text)).rows
    assert first == TruthRow("a", 0.5, 0.02, 300, 96)
    assert second == TruthRow("b", 0.6)


def test_several_data_sets_need_a_choice(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"accuracies on 2 data sets: birds, cars\nTry: --on-dataset birds"):
        read_table(table(tmp_path, SEVERAL))


@pytest.mark.parametrize("ranked", ["user/cars", "data/Cars", "cars.csv", "user/cars@v2"])
def test_the_data_set_of_the_ranking_is_advised(tmp_path: Path, ranked: str) -> None:
    with pytest.raises(UsageError, match=f"the ranking is about {ranked}\nTry: --on-dataset cars$"):
        read_table(table(tmp_path, SEVERAL), ranked=ranked)
    with pytest.raises(UsageError, match="Try: --on-dataset NAME, of the data set that the ranking is about"):
        read_table(table(tmp_path, SEVERAL), ranked="user/flowers")


def test_an_unknown_data_set_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no accuracies on 'bird': it has birds, cars\nTry: --on-dataset birds"):
        read_table(table(tmp_path, SEVERAL), target="bird")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,accuracy\na,0.5\n", "no column 'model': its columns: name, accuracy"),
        ("model,score\na,0.5\n", "no column 'accuracy': its columns: model, score"),
        ("model,accuracy\n", "no column 'model': it has no rows"),
        ("model,accuracy\na,good\n", "no accuracy of 'a': it says 'good'"),
        ("model,accuracy\na\n", "no accuracy of 'a'"),
        ("model,accuracy\na,nan\n", "no accuracy of 'a': it says 'nan'"),
        ("model,accuracy,accuracy_se\na,0.5,x\n", "no standard error of 'a': it says 'x'"),
        ("model,accuracy,accuracy_se\na,0.5,-0.1\n", "no standard error of 'a'"),
        ("model,accuracy\na,500\n", "an accuracy is not between 0 and 100"),
        ("model,accuracy\na,-0.5\n", "an accuracy is not between 0 and 1"),
        ("model,source,target,accuracy\na,x,x,0.5\n", "no row is left"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_table(table(tmp_path, text))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read .*nothing.csv': No such file[^T]*Try: .*--truth FILE"):
        read_table(tmp_path / "nothing.csv")
