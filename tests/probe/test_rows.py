import pyarrow as pa
import pytest
from probe.pictures import png, write

from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.files import LocalFiles
from hubscore.probe.rows import Encoded, encode, nested


@pytest.fixture
def files(tmp_path):
    return LocalFiles(write(tmp_path, {"in/a.png": png(0)}))


def test_every_way_to_store_an_image(files):
    values = [
        png(1),
        {"bytes": png(2), "path": "some/b.png"},
        {"bytes": None, "path": "a.png"},
        "a.png",
        bytearray(png(3)),
    ]
    assert encode(files, values, ["in"] * 5, IMAGE) == [
        Encoded(png(1)),
        Encoded(png(2), "b.png"),
        Encoded(png(0), "a.png"),
        Encoded(png(0), "a.png"),
        Encoded(png(3)),
    ]


def test_what_is_not_there_has_a_fault_in_its_place(files):
    values = [None, {"bytes": None, "path": None}, b"", "gone.png", "../../etc/passwd", "a.png"]
    found = encode(files, values, ["in"] * 6, IMAGE)
    assert [image.fault for image in found[:3]] == ["no image in this row"] * 3
    assert (found[3].name, found[3].fault) == ("gone.png", "file not found")
    assert found[4].fault == "'../../etc/passwd' lies outside the data set"
    assert found[5] == Encoded(png(0), "a.png")


def test_a_field_of_a_struct():
    table = pa.table({"info": [{"a": {"b": 1}}, None], "x.y": [1, 2]})
    assert nested(table, "info.a.b").to_pylist() == [1, None]
    assert nested(table, "x.y").to_pylist() == [1, 2]
