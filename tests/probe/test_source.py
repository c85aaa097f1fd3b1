from pathlib import Path

import pytest
from hubfixture import add_dataset

from hubscore.errors import DatasetError, HubError, UsageError
from hubscore.probe.files import HubFiles, LocalFiles
from hubscore.probe.source import locate_dataset


@pytest.fixture
def remote(hub):
    add_dataset(hub.root, "locate/cats", {"data.csv": "a\n"})
    yield "locate/cats"
    hub.faults.clear()


def test_a_folder_and_a_file(tmp_path):
    (tmp_path / "list.csv").write_text("a\n")
    folder, file = locate_dataset(tmp_path), locate_dataset(str(tmp_path / "list.csv"))
    assert (folder.kind, folder.path, folder.revision) == ("folder", tmp_path.resolve(), None)
    assert (file.kind, file.path) == ("file", (tmp_path / "list.csv").resolve())
    assert isinstance(folder.files(), LocalFiles) and file.name == str(tmp_path / "list.csv")


@pytest.mark.parametrize("form", ["{}", "datasets/{}", "hf://datasets/{}", "{}@main", "hf://datasets/{}@main"])
def test_every_way_to_write_a_hub_id(remote, form):
    place = locate_dataset(form.format(remote))
    assert (place.name, place.kind) == (remote, "hub") and len(place.revision) == 40
    assert isinstance(place.files(), HubFiles) and place.uri == f"hf://datasets/{remote}"


def test_an_id_without_an_owner(hub):
    add_dataset(hub.root, "locate-bare", {"data.csv": "a\n"})
    assert locate_dataset("locate-bare").files().read("data.csv") == b"a\n"


def test_a_revision_is_resolved_to_its_commit(remote):
    sha = locate_dataset(remote).revision
    assert (
        locate_dataset(remote, revision=sha).revision == locate_dataset(f"{remote}@{sha}", revision=sha).revision == sha
    )
    with pytest.raises(DatasetError, match="has no such revision"):
        locate_dataset(f"{remote}@nowhere")
    with pytest.raises(UsageError, match="Two revisions are named for 'locate/cats': 'a' in the id, 'b' as an option"):
        locate_dataset(f"{remote}@a", revision="b")


def test_a_local_path_wins_and_says_how_to_get_the_other(remote, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(remote).mkdir(parents=True)
    place = locate_dataset(remote)
    assert place.kind == "folder" and place.also == f"hf://datasets/{remote}"
    assert locate_dataset(f"hf://datasets/{remote}").kind == "hub"
    with pytest.raises(UsageError) as error:
        locate_dataset(remote, revision="main")
    assert "is a local path and has no revisions" in str(error.value) and f"hf://datasets/{remote}" in error.value.fix


@pytest.mark.parametrize(
    "name",
    ["./photos", "/no/such/folder", "a/b/c", "photos.csv", "user/list.parquet", "hf://models/a/b", "s3://bucket/x"],
)
def test_what_is_neither_a_path_nor_an_id(name):
    with pytest.raises(DatasetError) as error:
        locate_dataset(name)
    assert error.value.what == f"Data set {name!r} was not found" and "no such file or folder" in error.value.why


def test_an_unknown_id_mentions_both_meanings(hub):
    with pytest.raises(DatasetError) as error:
        locate_dataset("locate/nobody")
    assert "'locate/nobody' was not found at http" in error.value.what
    assert error.value.why.endswith("no local file or folder has this name either")


@pytest.mark.parametrize(
    ("status", "words"), [(401, "refused the token"), (403, "may not do this"), (500, "the Hub failed")]
)
def test_what_the_hub_answers(hub, remote, monkeypatch, status, words):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    hub.faults.add(path=remote, status=status, times=None)
    with pytest.raises(HubError, match=words):
        locate_dataset(remote)


def test_a_gated_set_is_not_called_missing(hub, remote):
    hub.faults.add(path=remote, status=403, headers={"X-Error-Code": "GatedRepo"})
    with pytest.raises(DatasetError, match="is gated") as error:
        locate_dataset(remote)
    assert "local" not in str(error.value)


def test_a_single_file_must_be_a_table(tmp_path):
    (tmp_path / "cat.jpg").write_bytes(b"")
    with pytest.raises(
        DatasetError, match=r"cat.jpg' is not a data set: a single file must be one of .csv, .tsv, .tab"
    ):
        locate_dataset(tmp_path / "cat.jpg")


def test_no_name_at_all():
    with pytest.raises(UsageError, match="has no name"):
        locate_dataset(" ")
