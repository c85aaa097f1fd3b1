import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from probe.pictures import class_files, labelled, parquet_bytes, png, write

from hubscore.errors import DatasetError
from hubscore.probe.layout import read_layout
from hubscore.probe.locate import locate
from hubscore.probe.parquet import ParquetRows
from hubscore.probe.split import open_rows
from hubscore.probe.table import TableRows


def rows(dataset, budget=10**9):
    place = locate(dataset)
    files = place.files()
    return open_rows(place, files, read_layout(place, files), samples=10, budget=budget, seed=0)


def test_parquet_with_images_is_read_in_parts(tmp_path):
    root = write(tmp_path, {"data/train-00000-of-00001.parquet": parquet_bytes(labelled([png(0)], ["a"]))})
    assert isinstance(rows(root), ParquetRows)
    assert isinstance(rows(root / "data/train-00000-of-00001.parquet"), ParquetRows)


def test_parquet_with_paths_is_a_table(tmp_path):
    write(tmp_path, {"a.png": png(0)})
    pq.write_table(pa.table({"file": [None, "a.png"], "label": [1, 2]}), tmp_path / "list.parquet")
    found = rows(tmp_path / "list.parquet")
    assert isinstance(found, TableRows) and found.images("file", [1])[0].data == png(0)


def test_parquet_with_texts_is_not_read(tmp_path):
    pq.write_table(pa.table({"text": [f"{number} words" * 500 for number in range(2_000)], "label": [1] * 2_000}), tmp_path / "a.parquet")
    found = rows(tmp_path)
    assert isinstance(found, ParquetRows) and found.files.meter.total < 250_000


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl"])
def test_tables(tmp_path, name):
    write(tmp_path, {"a.png": png(0), "list.csv": "file,label\na.png,1\n", "list.jsonl": '{"file": "a.png", "label": 1}\n'})
    assert isinstance(rows(tmp_path / name), TableRows)


def test_folders(tmp_path):
    assert rows(write(tmp_path, class_files({"a": 2, "b": 2}))).population == 4


def test_tables_that_are_too_large_are_refused(tmp_path):
    write(tmp_path, {"a.csv": "text,label\n" + "words,1\n" * 500})
    with pytest.raises(DatasetError, match=r"are too large: they are 4,011 bytes without any image, and at most 100 may be read"):
        rows(tmp_path, budget=100)
