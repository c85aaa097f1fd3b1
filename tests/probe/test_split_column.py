import numpy as np
import pyarrow as pa
import pytest
from datasets import Features
from probe.pictures import png, write

from hubscore.errors import UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import LocalFiles
from hubscore.probe.split_column import find_split_column, pick_split
from hubscore.probe.table import TableRows


def table(tmp_path, **columns):
    found = pa.table(columns)
    return TableRows(found, Features.from_arrow_schema(found.schema), LocalFiles(tmp_path), [""] * len(found))


def pick(rows, split="train", *, required=False):
    return pick_split(rows, split, required=required, source="list.csv")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("split", ["train", "test", "train", None]),
        ("Split", ["TRAIN", "val", "train", "dev"]),
        ("data_split", ["training", "extra-hard", "training", "test"]),
        ("subset", ["train", "valid", "train", "valid"]),
        ("phase", ["train", "test", "train", "test"]),
        ("is_train", [True, False, True, None]),
        ("is_test", [0, 1, 0, 1]),
        ("is_training_image", [1, 0, 1, 0]),
    ],
)
def test_the_training_rows_are_read_and_it_is_said(tmp_path, name, values):
    rows = pick(table(tmp_path, number=[0, 1, 2, 3], **{name: values}))
    assert rows.column("number").to_pylist() == [0, 2] and list(rows.features) == ["number"]
    assert rows.population == 2 and rows.numbers.tolist() == [0, 1]
    assert len(rows.notes) == 1 and name in rows.notes[0]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("split", ["a", "b", "a"]),
        ("subset", ["train", "bus", "plane"]),
        ("species", ["train", "test", "train"]),
        ("is_train", [0.5, 1.0, 2.0]),
        ("split", [1, 2, 3]),
    ],
)
def test_other_columns_are_no_splits(tmp_path, name, values):
    rows = table(tmp_path, **{name: values})
    assert find_split_column(rows) is None and pick(rows) is rows


def test_another_split_by_any_of_its_names(tmp_path):
    rows = table(tmp_path, number=[0, 1, 2], split=["train", "val", "extra"])
    for name in ("val", "validation", "dev"):
        assert pick(rows, name, required=True).column("number").to_pylist() == [1]
    assert pick(rows, "extra", required=True).column("number").to_pylist() == [2]
    with pytest.raises(UsageError, match="has no rows of split 'test': column 'split' has extra"):
        pick(rows, "test", required=True)


def test_a_split_that_nothing_names(tmp_path):
    with pytest.raises(UsageError, match="has no split 'test'"):
        pick(table(tmp_path, number=[0]), "test", required=True)


def test_the_names_of_files_decide_where_the_column_says_nothing_else(tmp_path):
    rows = pick(table(tmp_path, number=[0, 1], split=["train", "train"]), "test")
    assert rows.population == 2 and list(rows.features) == ["number"] and rows.notes == []


def test_items_and_budget_are_those_of_the_rows(tmp_path):
    write(tmp_path, {f"{number}.png": png(number) for number in range(4)})
    rows = pick(table(tmp_path, file=[f"{number}.png" for number in range(4)], split=["test", "train"] * 2))
    assert [item.data for item in rows.items("file", [1, 0], IMAGE)] == [png(3), png(1)]
    rng, size = np.random.default_rng(0), len(png(3))
    assert rows.fitting("file", [1, 0], 4 * size, rng) is None
    assert rows.fitting("file", [1, 0], size + 1, rng).tolist() == [1]
