import pytest

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.load import load_probe
from hubscore.probe.odd_files import odd_files, unread_notes


@pytest.mark.parametrize(
    ("name", "why", "fix"),
    [
        ("data.tar.gz", "1 packed file (data.tar.gz)", "tar xf data.tar.gz"),
        ("x.tgz", "1 packed file", "tar xf x.tgz"),
        ("x.png.gz", "1 packed file", "gunzip x.png.gz"),
        ("x.7z", "1 packed file", "7z x x.7z"),
        ("a.parquet.part", "1 half download (a.parquet.part)", "download it again"),
        ("a.png.crdownload", "1 half download", "download it again"),
        ("labels.csv.bak", "1 backup copy", "rename it to labels.csv"),
        ("a.png~", "1 backup copy", "rename it to a.png"),
        ("a.jpg.txt", "1 file with an ending too many", "rename it to a.jpg"),
        ("data", "1 other file (data): 1 no ending", "name a folder with one sub-folder"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, why, fix):
    (tmp_path / name).write_text("x")
    with pytest.raises(DatasetError, match="holds no images") as error:
        load_probe(tmp_path)
    assert why in error.value.why and fix in error.value.fix
    with pytest.raises(DatasetError, match="is not a data set") as error:
        load_probe(tmp_path / name)
    assert fix.split(" a folder")[0] in error.value.fix


def test_the_kind_that_something_can_be_done_about_comes_first():
    found = odd_files(["a.xyz", "b.xyz", "c.tar.gz"], [IMAGE])
    assert found.why == "1 packed file (c.tar.gz)" and odd_files([], [IMAGE]) is None


def test_half_downloads_beside_data_are_named():
    assert unread_notes(["cat/1.png", "cat/2.png.part", "x.txt"], [IMAGE]) == ["left out: 1 half download (2.png.part)"]
