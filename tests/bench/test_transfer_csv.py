from pathlib import Path

import pytest
from transferdata import TRUTH, rankings

from hubscore.bench.transfer_csv import has_accuracies, read_known, read_scores, save_table
from hubscore.bench.transfer_rankings import table_of_rankings
from hubscore.bench.transfer_table import TransferTable
from hubscore.errors import UsageError

PARC = (
    "Run,Architecture,Source Dataset,Target Dataset,PARC,kNN,Oracle\n"
    "0,alexnet,nabird,cub200,1.5,,90\n1,alexnet,nabird,cub200,2.5,nan,90\n0,resnet18,voc,cub200,3,4,-1\n"
)


def written(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_parc_s_columns_are_read_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, PARC)
    table = read_scores(path)
    assert dict(table.kinds) == {"PARC": "score", "kNN": "score"} and table.probes == 2
    first, second = table.rows  # the third has no accuracy, and PARC's code drops it too
    assert (first.model, first.source, first.architecture, first.target) == (
        "alexnet nabird",
        "nabird",
        "alexnet",
        "cub200",
    )
    assert first.scores == {"PARC": 1.5} and second.scores == {"PARC": 2.5}
    known = read_known([path])
    assert known.truths["cub200"].accuracies == {"alexnet nabird": 0.9}
    assert known.sources == {"alexnet nabird": "nabird"} and has_accuracies(path)


def test_facts_and_text_are_no_scores(tmp_path: Path) -> None:
    text = "model,target,input_size,lr,f1,head_accuracy,mine,remark\na,birds,96,0.1,0.5,0.5,2,good\n"
    table = read_scores(written(tmp_path, text))
    assert list(table.kinds) == ["mine"] and "remark" in table.notes[0]
    assert not has_accuracies(tmp_path / "table.csv")


def test_losses_of_our_own_are_lower_and_baselines_are_known(tmp_path: Path) -> None:
    text = "model,target,kernel_probe_loss,logme@32,size,downloads,consensus\na,birds,1,2,3,4,5\n"
    table = read_scores(written(tmp_path, text))
    assert table.lower == {"kernel_probe_loss"}
    assert list(table.kinds.values()) == ["score", "score", "baseline", "baseline", "consensus"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it has no rows"),
        ("model,mine\na,1\n", "no column 'target'"),
        ("model,target,mine\na,,1\n", "names no data set of a"),
        ("model,target,mine\na,birds,1\na,birds,2\n", "two rows of a on birds with other scores"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_scores(written(tmp_path, text))


def test_runs_of_one_model_are_one_row(tmp_path: Path) -> None:
    text = "model,target,run,accuracy,mine\na,birds,0,0.5,1\na,birds,1,0.7,1\n"
    path = written(tmp_path, text)
    assert len(read_scores(path).rows) == 1
    assert read_known([path]).truths["birds"].runs == {"a": (0.5, 0.7)}


def test_a_file_whose_data_set_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="which data set"):
        read_known([written(tmp_path, "model,accuracy\na,0.5\n")])


def test_a_saved_table_is_read_again(tmp_path: Path) -> None:
    table = table_of_rankings(rankings())
    save_table(table, path := tmp_path / "saved.csv")
    again = read_scores(path)
    assert again.rows == table.rows and again.kinds == table.kinds and again.lower == table.lower
    assert again.milliseconds == table.milliseconds


def test_a_loss_that_nobody_knows_is_turned_when_it_is_saved(tmp_path: Path) -> None:
    row = read_scores(written(tmp_path, "model,target,odd\na,birds,2\n")).rows[0]
    save_table(TransferTable((row,), {"odd": "score"}, frozenset({"odd"})), path := tmp_path / "saved.csv")
    assert read_scores(path).rows[0].scores == {"minus odd": -2.0}


def test_accuracies_are_read_by_data_set(tmp_path: Path) -> None:
    known = read_known([written(tmp_path, TRUTH)])
    assert set(known.truths) == {"birds", "cars"} and known.truths["birds"].left_out == ("lab/d",)
    assert known.architectures["lab/c"] == "vit"


def test_accuracies_of_heads_are_read_where_they_are_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "model,target,accuracy,head_accuracy,train\na,birds,0.8,0.6,all\n")
    assert read_known([path]).truths["birds"].accuracies == {"a": 0.8}
    assert read_known([path], train="head").truths["birds"].accuracies == {"a": 0.6}
    assert not read_scores(path).kinds
