import io
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import DatasetDict
from hubfixture import add_dataset
from probe.pictures import class_files, labelled, parquet_bytes, png, write

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.layout import read_layout
from hubscore.probe.parquet import ParquetRows
from hubscore.probe.readers import open_rows
from hubscore.probe.source import locate_dataset
from hubscore.probe.table import TableRows


def rows(dataset, budget=10**9):
    place = locate_dataset(dataset)
    files = place.files()
    return open_rows(
        place,
        files,
        read_layout(place, files, modalities=[IMAGE]),
        modalities=[IMAGE],
        samples=10,
        budget=budget,
        seed=0,
    )


def test_parquet_with_images_is_read_in_parts(tmp_path):
    root = write(tmp_path, {"data/train-00000-of-00001.parquet": parquet_bytes(labelled([png(0)], ["a"]))})
    assert isinstance(rows(root), ParquetRows)
    assert isinstance(rows(root / "data/train-00000-of-00001.parquet"), ParquetRows)


def test_parquet_with_paths_is_a_table(tmp_path):
    write(tmp_path, {"a.png": png(0)})
    pq.write_table(pa.table({"file": [None, "a.png"], "label": [1, 2]}), tmp_path / "list.parquet")
    found = rows(tmp_path / "list.parquet")
    assert isinstance(found, TableRows) and found.items("file", [1], IMAGE)[0].data == png(0)


def test_parquet_with_texts_is_not_read(tmp_path):
    rng = np.random.default_rng(0)
    pq.write_table(
        pa.table({"text": [rng.bytes(200).hex() for _ in range(20_000)], "label": [1] * 20_000}), tmp_path / "a.parquet"
    )
    found = rows(tmp_path)
    assert isinstance(found, ParquetRows) and found.files.meter.total < (tmp_path / "a.parquet").stat().st_size / 2


@pytest.mark.parametrize("name", ["list.csv", "list.jsonl"])
def test_tables(tmp_path, name):
    write(
        tmp_path,
        {"a.png": png(0), "list.csv": "file,label\na.png,1\n", "list.jsonl": '{"file": "a.png", "label": 1}\n'},
    )
    assert isinstance(rows(tmp_path / name), TableRows)


def test_what_save_to_disk_writes(tmp_path):
    data = labelled([png(number) for number in range(4)], [0, 1, 0, 1], ["cat", "dog"])
    DatasetDict(train=data, test=data.select([0])).save_to_disk(str(tmp_path / "set"))
    found = rows(tmp_path / "set")
    assert (
        found.population == 4 and found.features == data.features and found.column("label").to_pylist() == [0, 1, 0, 1]
    )
    assert [image.data for image in found.items("image", [3, 1], IMAGE)] == [png(3), png(1)]
    assert found.files.meter.total < 1_000


def test_zip_files_are_folders(tmp_path):
    def zipped(files):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return buffer.getvalue()

    files = class_files({"cat": 4, "dog": 3})
    root = write(tmp_path / "set", {"train.zip": zipped(files), "test.zip": zipped(class_files({"ant": 1}))})
    found = rows(root)
    assert found.population == 7 and found.features["label"].names == ["ant", "cat", "dog"]
    assert found.items("image", [6], IMAGE)[0].data == files["dog/002.png"]
    flat = rows(write(tmp_path / "flat", {"cat.zip": zipped({"1.png": png(0)}), "dog.zip": zipped({"1.png": png(0)})}))
    assert flat.features["label"].names == ["cat", "dog"] and flat.population == 2
    listed = {"metadata.csv": b"file_name,kind\nb.png,x\n", "b.png": png(3)}
    found = rows(write(tmp_path / "listed", {"train.zip": zipped(listed)}))
    assert found.column("kind").to_pylist() == ["x"] and found.items("image", [0], IMAGE)[0].data == png(3)


def test_everything_else_is_a_stream(tmp_path):
    with pytest.raises(DatasetError, match="its json files do not say"):
        rows(write(tmp_path / "set", {"a.json": '[{"image": "x"}]'}))


def test_folders(tmp_path):
    assert rows(write(tmp_path, class_files({"a": 2, "b": 2}))).population == 4


def test_tables_that_are_too_large_are_not_downloaded(hub):
    add_dataset(hub.root, "split/texts", {"a.csv": "text,label\n" + "words,1\n" * 500})
    with pytest.raises(
        DatasetError,
        match=r"are too large: they are 4,011 bytes .*, and at most 100 may be read\nTry: --probe-bytes 4011$",
    ):
        rows("split/texts", budget=100)
