import pytest
from probe.pictures import png, write
from probe.test_webdataset import IMAGES, tar

from hubscore.errors import DatasetError
from hubscore.probe.files import LocalFiles
from hubscore.probe.tars import TarFiles


def test_members_are_read_by_their_place(tmp_path):
    found = TarFiles(LocalFiles(write(tmp_path, {"a.tar": tar({**IMAGES, "x/.hidden": b"no"})})), ["a.tar"])
    assert found.paths() == [f"a.tar/{name}" for name in IMAGES]
    assert found.read("a.tar/2.png") == png(2) and found.meter.total == len(png(2))
    assert found.sizes(["a.tar/2.png", "a.tar/9.png"]) == [len(png(2)), 0]
    with pytest.raises(FileNotFoundError):
        found.read("a.tar/9.png")


def test_a_half_tar_file(tmp_path):
    write(tmp_path, {"a.tar": tar(IMAGES)[:700]})
    with pytest.raises(DatasetError, match="cannot be read"):
        TarFiles(LocalFiles(tmp_path), ["a.tar"])
