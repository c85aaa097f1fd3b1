import os

import pytest
from probe.pictures import class_files, write

from hubscore.errors import DatasetError
from hubscore.probe.load import load_probe
from hubscore.probe.walk import list_files, listing_notes


def test_pipes_and_broken_links_are_left_out(tmp_path):
    write(tmp_path, class_files({"cat": 2, "dog": 2}))
    os.mkfifo(tmp_path / "cat/x.png")
    (tmp_path / "dog/y.png").symlink_to("nowhere")
    (tmp_path / ".z").symlink_to("nowhere")
    probe = load_probe(tmp_path)
    assert len(probe) == 4 and "left out, broken links or no regular files: cat/x.png, dog/y.png" in probe.notes
    os.mkfifo(tmp_path / "list.csv")
    with pytest.raises(DatasetError, match="no regular file"):
        load_probe(tmp_path / "list.csv")


def test_linked_class_folders_have_the_name_of_the_link(tmp_path):
    write(tmp_path, {f"store/{name}": data for name, data in class_files({"x": 2, "y": 2}).items()})
    (tmp_path / "cat").symlink_to("store/x")
    (tmp_path / "dog").symlink_to("store/y")
    probe = load_probe(tmp_path)
    assert probe.classes == ("cat", "dog") and len(probe) == 4
    assert any("cat/ are the same folder" in note for note in probe.notes)


def test_two_links_to_one_folder_are_two_folders(tmp_path):
    write(tmp_path / "elsewhere", {"1.png": "x"})
    (tmp_path / "in").mkdir()
    for name in ("b", "a"):
        (tmp_path / "in" / name).symlink_to(tmp_path / "elsewhere")
    found = list_files(tmp_path / "in")
    assert found.paths == ["a/1.png", "b/1.png"] and listing_notes(found) == ["b/ and a/ are the same folder"]


def test_circles_end(tmp_path):
    write(tmp_path, {"a/1.png": "x", "b/2.png": "x"})
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/b").symlink_to(tmp_path / "b")
    (tmp_path / "b/a").symlink_to(tmp_path / "a")
    assert list_files(tmp_path).paths == ["a/1.png", "b/2.png"]
