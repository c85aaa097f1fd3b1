import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from datasets import Features, Image, Value
from probe.pictures import png

from hubscore.probe.byte_texts import are_texts, bytes_columns, with_texts
from hubscore.probe.load import load_probe

TEXTS = [f"a text of number {at} über alles".encode() for at in range(12)]
TABLE = pa.table({"text": pa.array(TEXTS, pa.binary()), "label": pa.array([b"pos", b"neg"] * 6, pa.binary())})


@pytest.mark.parametrize("value", [png(1), b"\xff\xd8\xff\xe0", b"GIF89a\x01\x00", b"\x00\x01", b""])
def test_files_are_no_texts(value):
    assert not are_texts([value]) and are_texts(["Größe\n".encode(), None])


def test_columns_of_files_are_not_looked_at():
    features = Features({"image": Value("binary"), "text": Value("binary"), "photo": Image(), "label": Value("int64")})
    assert bytes_columns(features, ("image",)) == ["text"]


def test_other_columns_of_a_table_stay():
    pictures = pa.table({"photo": [png(0), png(1)], "name": [b"a", b"b"]})
    found, said = with_texts(pictures)
    assert found.schema.types == [pa.binary(), pa.string()] and said == ["name"]


@pytest.mark.parametrize("write", [pq.write_table, feather.write_feather])
def test_texts_and_labels_may_be_bytes(tmp_path, write):
    path = tmp_path / ("texts.parquet" if write is pq.write_table else "texts.feather")
    write(TABLE, path)
    probe = load_probe(path)
    assert probe.modality == "text" and probe.classes == ("neg", "pos") and len(probe) == 12
    assert "bytes in text, label were read as texts" in probe.notes
    assert sorted(str(one) for one in probe.items) == sorted(text.decode() for text in TEXTS)
