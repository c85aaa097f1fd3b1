import shutil

import pytest
from schema import UnreadableError
from sources import Folder, Repo

from hubscore.localhub import serve


def test_a_folder_is_named_without_where_it_lies_and_changes_with_its_files(example, tmp_path):
    source = Folder(shutil.copytree(example, tmp_path / "copy"))
    before = source.revision()
    assert source.name == "copy" and source.revision() == before
    (tmp_path / "copy/scores.json").write_text("{}")
    assert source.revision() != before and source.read("scores.json", "") == b"{}"
    with pytest.raises(UnreadableError, match="does not exist"):
        Folder(tmp_path / "gone").revision()


def test_a_data_set_of_the_hub_has_the_same_files_as_its_folder(example, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    folder = Folder(shutil.copytree(example, tmp_path / "root/datasets/ann/results"))
    with serve(tmp_path / "root", state=tmp_path / "state") as hub:
        source = Repo("ann/results", endpoint=hub.url)
        assert source.names("unknown") == frozenset()
        revision = source.revision()
        assert folder.names("") <= source.names(revision)
        assert source.read("scores.json", revision) == folder.read("scores.json", "")
