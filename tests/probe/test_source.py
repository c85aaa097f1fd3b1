from pathlib import Path

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import snapshot_download

from hubscore.errors import DatasetError, ErrorCode, HubError, UsageError
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


def test_offline_the_cached_commit_is_read(hub, monkeypatch):
    add_dataset(hub.root, "locate/kept", {"data.csv": "a\n1\n", "more.csv": "a\n2\n"})
    sha = locate_dataset("locate/kept").revision
    snapshot_download("locate/kept", repo_type="dataset", allow_patterns=["data.csv"])
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for form in ("locate/kept", f"locate/kept@{sha}", "https://huggingface.co/datasets/locate/kept"):
        place = locate_dataset(form)
        files = place.files()
        assert (place.kind, place.revision) == ("hub", sha) and place.cached is not None
        assert files.paths() == ["data.csv"] and files.read("data.csv") == b"a\n1\n"
        assert files.sizes(["data.csv", "more.csv"]) == [4, 0]
        assert f"offline: read from the Hub's cache at commit {sha[:7]}" in place.notes[0]
        assert place.uri == str(place.cached)


def test_offline_what_is_not_cached_or_not_whole_is_refused(hub, monkeypatch):
    shards = [f"data/train-0000{number}-of-00002.parquet" for number in range(2)]
    add_dataset(hub.root, "locate/half", dict.fromkeys(shards, "x"))
    add_dataset(hub.root, "locate/never", {"data.csv": "a\n"})
    snapshot_download("locate/half", repo_type="dataset", allow_patterns=shards[:1])
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(DatasetError, match=r"1 of 2 files of data/train are there, and offline mode is on"):
        locate_dataset("locate/half")
    with pytest.raises(HubError) as error:
        locate_dataset("locate/never")
    assert error.value.code == ErrorCode.OFFLINE and "HF_HUB_OFFLINE" in error.value.fix


def test_the_address_of_a_page_is_a_data_set(remote, hub):
    sha = locate_dataset(remote).revision
    for address in (f"https://huggingface.co/datasets/{remote}", f"{hub.url}/datasets/{remote}/tree/{sha}"):
        place = locate_dataset(address)
        assert (place.name, place.kind, place.revision) == (remote, "hub", sha)
    place = locate_dataset(f"https://hf.co/datasets/{remote}/viewer/default/train?row=3")
    assert (place.config, place.split) == ("default", "train")
    with pytest.raises(UsageError, match="Two revisions"):
        locate_dataset(f"{hub.url}/datasets/{remote}/tree/main", revision="v2")


def test_a_misspelt_data_set_gets_a_near_name(remote, tmp_path, monkeypatch):
    (tmp_path / "photos").mkdir()
    monkeypatch.chdir(tmp_path)
    for wrong, right in (("locate/cat", remote), ("photoz", "photos"), ("./photoz/", "./photos")):
        with pytest.raises(DatasetError) as error:
            locate_dataset(wrong)
        assert error.value.fix == f"did you mean {right}?"


def test_a_model_is_called_one(hub):
    add_model(hub.root, "locate/net", {"config.json": "{}"})
    with pytest.raises(DatasetError) as error:
        locate_dataset("locate/net")
    assert "it is a model" in error.value.why and error.value.fix == "hubscore rank DATASET --models locate/net"


def test_files_of_programs_are_named_as_such(tmp_path):
    for name, advice in (("a.npz", "save its items as files, or as Parquet"), ("a.xlsx", "save it as CSV")):
        (tmp_path / name).write_bytes(b"x")
        with pytest.raises(DatasetError) as error:
            locate_dataset(tmp_path / name)
        assert error.value.fix == advice
