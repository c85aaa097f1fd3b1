import gzip
import io

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest
from probe.pictures import write

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import LocalFiles
from hubscore.probe.table_files import read_table_file

TABLE = pa.table({"file": ["a.png", "b.png"], "label": ["x", "y"]})


def name_only(value: object) -> str:
    """Compressed bytes hold the time, so that they would name a test differently in every process."""
    return value if isinstance(value, str) else type(value).__name__


def stored(writer):
    buffer = io.BytesIO()
    writer(TABLE, buffer)
    return buffer.getvalue()


PARQUET = stored(pq.write_table)


def read(tmp_path, name, data):
    return read_table_file(LocalFiles(write(tmp_path, {name: data})), name, None, [IMAGE])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv.gz", gzip.compress(b"file,label\na.png,x\nb.png,y\n")),
        ("a.csv.zst", pa.compress(b"file,label\na.png,x\nb.png,y\n", "zstd", asbytes=True)),
        ("a.parquet.zst", pa.compress(PARQUET, "zstd", asbytes=True)),
        ("a.parquet.gz", gzip.compress(PARQUET)),
        ("a.pq", PARQUET),
        ("a.feather", stored(pyarrow.feather.write_feather)),
        ("a.jsonl.gz", gzip.compress(b'{"file": "a.png", "label": "x"}\n{"file": "b.png", "label": "y"}\n')),
        ("a.json", b'[{"file": "a.png", "label": "x"}, {"file": "b.png", "label": "y"}]'),
    ],
    ids=name_only,
)
def test_formats_and_packing(tmp_path, name, data):
    table, notes = read(tmp_path, name, data)
    assert table.to_pydict() == TABLE.to_pydict() and notes == []


def test_notes_name_the_file(tmp_path):
    assert read(tmp_path, "a.csv", b"file;label\na.png;x\n")[1] == ["a.csv: its fields are separated by semicolons"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.parquet", PARQUET[:-20], "download it again"),
        ("a.parquet", b"", "cannot be read"),
        ("a.csv.gz", gzip.compress(bytes(1000))[:20], "download it again"),
        ("a.csv", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
        ("a.parquet", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git lfs pull"),
        ("a.parquet", b"<!DOCTYPE html><html></html>", "web page"),
        ("a.csv", b"PK\x03\x04\0\0\0\0", "ZIP archive"),
        ("a.csv", b"a,b\n\xea\xee\xf2,\xf1\xee\xe1\xe0\n", "save it as UTF-8"),
        ("a.csv", b"a,b\n1,2\n1,2,3\n", "quotes"),
        ("a.jsonl", b'{"a": ', "line 1 is not JSON"),
    ],
    ids=name_only,
)
def test_what_cannot_be_read_says_what_to_do(tmp_path, name, data, words):
    with pytest.raises(DatasetError, match=f"File '{name}' cannot be read") as error:
        read(tmp_path, name, data)
    assert words in str(error.value)
