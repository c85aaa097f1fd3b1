import zipfile

import pytest
from hubfixture import add_dataset
from probe.pictures import class_files, png, write, zipped

from hubscore.errors import DatasetError
from hubscore.probe.files import LocalFiles
from hubscore.probe.source import locate_dataset
from hubscore.probe.zips import ZipFiles

FILES = class_files({"cat": 3, "dog": 2}) | {"long.txt": b"words " * 50_000}


EVERY = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("compression", EVERY)
def test_members_are_files(tmp_path, compression):
    members = ZipFiles(LocalFiles(write(tmp_path, {"a.zip": zipped(FILES, compression=compression)})), ["a.zip"])
    assert members.paths() == sorted(f"a.zip/{name}" for name in FILES)
    for name, data in FILES.items():
        assert members.read(f"a.zip/{name}") == members.open(f"a.zip/{name}").read() == data
    assert members.sizes(["a.zip/cat/000.png", "a.zip/gone"]) == [len(FILES["cat/000.png"]), 0]
    assert (
        members.join("a.zip/cat", "../dog/000.png") == "a.zip/dog/000.png"
        and members.local("a.zip/cat/000.png") is None
    )
    with pytest.raises(FileNotFoundError):
        members.read("a.zip/gone")


def test_members_of_several_archives_are_kept_apart(tmp_path):
    files = LocalFiles(write(tmp_path, {"a.zip": zipped({"1.png": png(1)}), "b.zip": zipped({"1.png": png(2)})}))
    members = ZipFiles(files, ["a.zip", "b.zip"])
    assert members.below(["b.zip"]) == ["b.zip/1.png"] and members.read("b.zip/1.png") == png(2)


def test_one_request_a_member_on_the_hub(hub):
    pictures = {f"{number}.png": png(number, (100, 100)) for number in range(30)}
    archive = zipped(pictures)
    add_dataset(hub.root, "zips/cats", {"train.zip": archive})
    members = ZipFiles(locate_dataset("zips/cats").files(), ["train.zip"])
    before = members.meter.total
    requests = len(hub.log)
    assert members.read("train.zip/7.png") == pictures["7.png"]
    assert len(hub.log) == requests + 1 and members.meter.total - before < len(pictures["7.png"]) + 400
    assert members.meter.total < len(archive) / 4


def test_a_damaged_archive_is_named(tmp_path):
    write(tmp_path, {"a.zip": zipped(FILES)[:-40], "b.zip": b""})
    for name in ("a.zip", "b.zip"):
        with pytest.raises(DatasetError, match=f"File '{name}' cannot be read"):
            ZipFiles(LocalFiles(tmp_path), [name])


@pytest.mark.parametrize("compression", EVERY)
def test_a_damaged_member_is_no_more_than_that(tmp_path, compression):
    data = bytearray(zipped({"1.png": png(1), "2.png": png(2)}, compression))
    data[data.index(b"1.png") + 40] ^= 255
    members = ZipFiles(LocalFiles(write(tmp_path, {"a.zip": bytes(data)})), ["a.zip"])
    with pytest.raises(OSError, match="damaged in its archive"):
        members.read("a.zip/1.png")
    assert members.read("a.zip/2.png") == png(2)


def test_rare_ways_of_packing_are_said(tmp_path):
    data = bytearray(zipped({"cat/000.png": png(1)}, zipfile.ZIP_STORED))
    data[data.rindex(b"PK\x01\x02") + 10] = 9  # Deflate64, as Windows packs large files
    members = ZipFiles(LocalFiles(write(tmp_path, {"a.zip": bytes(data)})), ["a.zip"])
    with pytest.raises(OSError, match="packed in a rare way"):
        members.read("a.zip/cat/000.png")


def test_members_with_backslashes_lie_in_folders(tmp_path):
    packed = zipped({"cat\\1.png": png(1), "./dog/1.png": png(2), "dog\\": b""})
    members = ZipFiles(LocalFiles(write(tmp_path, {"a.zip": packed})), ["a.zip"])
    assert members.paths() == ["a.zip/cat/1.png", "a.zip/dog/1.png"]
    assert members.read("a.zip/cat/1.png") == png(1) and members.read("a.zip/dog/1.png") == png(2)
