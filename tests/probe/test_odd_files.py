import subprocess

import pytest
from probe.pictures import class_files, write

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.load import load_probe
from hubscore.probe.odd_files import odd_files, unread_notes


@pytest.mark.parametrize(
    ("name", "why", "fix"),
    [
        ("data.tar.gz", "1 packed file (data.tar.gz)", "tar xf {0}/data.tar.gz -C {0},"),
        ("x.tgz", "1 packed file", "tar xf {0}/x.tgz -C {0},"),
        ("x.png.gz", "1 packed file", "gunzip {0}/x.png.gz,"),
        ("x.png.zst", "1 packed file", "unzstd {0}/x.png.zst,"),
        ("my x.tgz", "1 packed file", "tar xf '{0}/my x.tgz' -C {0},"),
        ("x.7z", "1 packed file", "7z x {0}/x.7z -o{0},"),
        ("a.parquet.part", "1 half download (a.parquet.part)", "download it again"),
        ("a.png.crdownload", "1 half download", "download it again"),
        ("labels.csv.bak", "1 backup copy", "mv {0}/labels.csv.bak {0}/labels.csv,"),
        ("a.png~", "1 backup copy", "mv '{0}/a.png~' {0}/a.png,"),
        ("a.jpg.txt", "1 file with an ending too many", "mv {0}/a.jpg.txt {0}/a.jpg,"),
        ("a.md", "1 other file (a.md): 1 .md", "rename the files: texts are read where their names end in .txt"),
        ("data", "1 other file (data): 1 no ending", "name a folder with one sub-folder"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, why, fix):
    (tmp_path / name).write_text("x")
    with pytest.raises(DatasetError, match="holds no images") as error:
        load_probe(tmp_path)
    assert why in error.value.why and fix.format(tmp_path) in error.value.fix
    with pytest.raises(DatasetError, match="is not a data set") as error:
        load_probe(tmp_path / name)
    assert fix.format(tmp_path).split(" a folder")[0] in error.value.fix


def test_the_kind_that_something_can_be_done_about_comes_first():
    found = odd_files(["a.xyz", "b.xyz", "c.tar.gz"], [IMAGE])
    assert found.why == "1 packed file (c.tar.gz)" and odd_files([], [IMAGE]) is None


def test_half_downloads_beside_data_are_named():
    assert unread_notes(["cat/1.png", "cat/2.png.part", "x.txt"], [IMAGE]) == ["left out: 1 half download (2.png.part)"]


def test_the_command_that_is_named_helps(tmp_path):
    write(tmp_path / "pets", class_files({"cat": 2, "dog": 2}))
    (tmp_path / "d").mkdir()
    subprocess.run(["tar", "czf", "d/data.tar.gz", "pets"], cwd=tmp_path, check=True)
    with pytest.raises(DatasetError) as error:
        load_probe(tmp_path / "d")
    command = error.value.fix.removeprefix("unpack it: ").split(", then")[0]
    subprocess.run(command.split(), check=True)
    assert load_probe(tmp_path / "d").classes == ("cat", "dog")
