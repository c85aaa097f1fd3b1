import pytest
from probe.pictures import class_files, write

from hubscore.errors import DatasetError
from hubscore.probe.left_out import shard_notes
from hubscore.probe.load import load_probe


def test_folders_that_hold_no_items_are_no_classes_and_said(tmp_path):
    write(tmp_path, {**class_files({"cat": 2, "dog": 2}), "owl/notes.txt": "soon", "cat/@eaDir/1.png/t.png": "x"})
    (tmp_path / "emu").mkdir()
    (tmp_path / ".git").mkdir()
    probe = load_probe(tmp_path)
    assert probe.classes == ("cat", "dog") and len(probe) == 4
    assert "no classes, as there are no images in them: emu/, owl/" in probe.notes
    write(tmp_path / "two", {**class_files({"train/cat": 2, "train/dog": 2, "test/cat": 2}), "docs/a.md": "x"})
    assert not any("no class" in note for note in load_probe(tmp_path / "two").notes)


def test_a_single_class_says_what_is_not_read(tmp_path):
    write(tmp_path, {**class_files({"cat": 2}), "dog/1.svg": "x"})
    with pytest.raises(DatasetError, match="every label is 'cat'; no class, as there are no images in it: dog/"):
        load_probe(tmp_path)
    write(tmp_path / "flat", {"1.png": "x", "labels.xlsx": "x"})
    with pytest.raises(DatasetError, match=r"labels\.xlsx is a spreadsheet, which is not read: save it as CSV"):
        load_probe(tmp_path / "flat")


def test_a_folder_may_have_any_name(tmp_path):
    write(tmp_path, class_files({"cat": 2, "__background__": 2, "__MACOSX": 2}))
    assert load_probe(tmp_path).classes == ("__background__", "cat")


def test_missing_shards():
    names = [f"data/train-0000{number}-of-00002.parquet" for number in range(2)]
    assert shard_notes(names) == [] and "only 1 of 2 files of data/train is there" in shard_notes(names[:1])[0]
    assert (
        shard_notes([f"data/train-0000{number}-of-00002-{number}a2b3c4d5e6f7a8b.parquet" for number in range(2)]) == []
    )
    assert shard_notes(["cat/photo-1-of-12.png"]) == []
