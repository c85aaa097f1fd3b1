import os

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi, HfFileSystem, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import httpx

BYTES = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def model(hub) -> str:
    files = {"README.md": "# Files\n", "empty.txt": b"", "data/a b#c%.bin": BYTES, "data/deep/ü.txt": "ü"}
    add_model(hub.root, "files/model", files)
    return "files/model"


def test_downloads_are_the_bytes_and_are_not_asked_for_twice(hub, model):
    sha = HfApi().model_info(model).sha
    path = hf_hub_download(model, "data/a b#c%.bin", revision=sha)
    with open(path, "rb") as file:
        assert file.read() == BYTES
    hub.log.clear()
    assert hf_hub_download(model, "data/a b#c%.bin", revision=sha) == path
    assert hub.log == []
    hf_hub_download(model, "data/a b#c%.bin")
    assert [(method, status, sent) for method, _, status, sent in hub.log] == [("HEAD", 200, 0)]


def test_a_snapshot_holds_every_file(model, tmp_path):
    folder = snapshot_download(model, local_dir=tmp_path)
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and ".cache" not in path.parts
    }
    assert found == {
        "README.md": b"# Files\n",
        "empty.txt": b"",
        "data/a b#c%.bin": BYTES,
        "data/deep/ü.txt": "ü".encode(),
    }


def test_ranges_are_read_alone(hub, model):
    files = HfFileSystem()
    hub.log.clear()
    with files.open(f"{model}/data/a b#c%.bin", "rb", block_size=100) as file:
        file.seek(5000)
        assert file.read(10) == BYTES[5000:5010]
    answers = [(status, sent) for method, path, status, sent in hub.log if method == "GET" and "/resolve/" in path]
    assert [status for status, _ in answers] == [206] and answers[0][1] < 1000
    assert files.cat_file(f"{model}/data/a b#c%.bin", start=-6, end=None) == BYTES[-6:]


def test_a_range_behind_the_end_is_refused(hub, model):
    url = f"{hub.url}/{model}/resolve/main/README.md"
    assert httpx.get(url, headers={"Range": "bytes=100-"}).status_code == 416
    assert httpx.get(url, headers={"Range": "bytes=2-1000"}).content == b"Files\n"


def test_a_head_tells_commit_hash_and_true_size(hub, model):
    head = httpx.head(f"{hub.url}/{model}/resolve/main/data/deep/%C3%BC.txt")
    info = HfApi().get_paths_info(model, "data/deep/ü.txt")[0]
    assert head.headers["content-length"] == "2"
    assert head.headers["etag"] == f'"{info.blob_id}"'
    assert head.headers["x-repo-commit"] == HfApi().model_info(model).sha


def test_trees_and_paths(model):
    api = HfApi()
    assert [it.path for it in api.list_repo_tree(model)] == ["README.md", "data", "empty.txt"]
    assert [it.path for it in api.list_repo_tree(model, "data")] == ["data/a b#c%.bin", "data/deep"]
    assert [it.path for it in api.list_repo_tree(model, "data", recursive=True)] == [
        "data/a b#c%.bin",
        "data/deep",
        "data/deep/ü.txt",
    ]
    info = api.get_paths_info(model, ["data", "README.md", "missing"], expand=True)
    assert [it.path for it in info] == ["data", "README.md"]
    assert info[1].last_commit.title == "Initial commit"
    with pytest.raises(EntryNotFoundError):
        list(api.list_repo_tree(model, "nowhere"))


def test_large_trees_come_in_pages(hub):
    add_dataset(hub.root, "files/many", {f"train/{number:04}.txt": "x" for number in range(1100)})
    hub.log.clear()
    assert len(HfApi().list_repo_files("files/many", repo_type="dataset")) == 1100
    pages = [path for _, path, _, _ in hub.log if "/tree/" in path]
    assert len(pages) == 2


def test_last_commits_follow_the_history(alice, hub):
    add_model(hub.root, "alice/history", {"a.txt": "1", "sub/b.txt": "1"})
    alice.upload_file(
        repo_id="alice/history", path_or_fileobj=b"2", path_in_repo="sub/b.txt", commit_message="Change b"
    )
    alice.upload_file(repo_id="alice/history", path_or_fileobj=b"2", path_in_repo="c.txt", commit_message="Add c")
    last = {it.path: it.last_commit.title for it in alice.list_repo_tree("alice/history", recursive=True, expand=True)}
    assert last == {"a.txt": "Initial commit", "sub": "Change b", "sub/b.txt": "Change b", "c.txt": "Add c"}


def test_what_is_not_there(model):
    api = HfApi()
    with pytest.raises(RemoteEntryNotFoundError, match=r"nope\.txt does not exist at revision"):
        hf_hub_download(model, "nope.txt")
    with pytest.raises(RevisionNotFoundError, match="Invalid rev id: nope"):
        hf_hub_download(model, "README.md", revision="nope")
    with pytest.raises(RepositoryNotFoundError, match="No model repo named files/none here"):
        api.model_info("files/none")
    with pytest.raises(RepositoryNotFoundError):
        api.dataset_info(model)
    with pytest.raises(BadRequestError, match="is not a property of a model"):
        api.model_info(model, expand=["colour"])


def test_files_outside_the_served_folder_are_refused(hub, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    folder = add_model(hub.root, "files/links", {"README.md": "# Links\n", "inside.txt": "inside"})
    (folder / "stolen.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "stolen").symlink_to(tmp_path)
    (folder / "alias.txt").symlink_to(folder / "inside.txt")
    (folder / "loop").symlink_to(folder)
    (hub.root / "models" / "files" / "elsewhere").symlink_to(tmp_path)
    api = HfApi()
    assert api.list_repo_files("files/links") == ["README.md", "alias.txt", "inside.txt"]
    with pytest.raises(EntryNotFoundError):
        hf_hub_download("files/links", "stolen.txt")
    with pytest.raises(RepositoryNotFoundError):
        api.model_info("files/elsewhere")
    assert "files/elsewhere" not in [it.id for it in api.list_models(author="files")]


def test_names_that_are_no_text_and_special_files_are_left_out(hub):
    folder = add_model(
        hub.root, "files/odd", {"README.md": "# Odd\n", ".hub.json": "{", "__pycache__/x.pyc": b"x", ".git/config": "x"}
    )
    (folder / os.fsdecode(b"\xff.txt")).write_text("x")
    os.mkfifo(folder / "pipe")
    info = HfApi().model_info("files/odd")
    assert [it.rfilename for it in info.siblings] == ["README.md"] and info.downloads == 0


def test_a_file_that_changed_on_disk_is_a_new_revision(hub):
    folder = add_model(hub.root, "files/edited", {"README.md": "# One\n", "b.txt": "same"})
    api = HfApi()
    first = api.model_info("files/edited").sha
    (folder / "README.md").write_text("# Two, longer\n")
    second = api.model_info("files/edited").sha
    assert second != first
    with open(hf_hub_download("files/edited", "README.md")) as file:
        assert file.read() == "# Two, longer\n"
    with pytest.raises(RevisionNotFoundError, match="was changed in the served folder"):
        hf_hub_download("files/edited", "README.md", revision=first)
    (folder / "README.md").write_text("# One\n")
    assert api.model_info("files/edited").sha == first


def test_auth_check(alice, bob, as_user, hub):
    add_model(hub.root, "alice/checked", {"README.md": "# Checked\n"})
    alice.auth_check("alice/checked", write=True)
    bob.auth_check("alice/checked")
    with pytest.raises(Exception, match="You do not have write access"):
        bob.auth_check("alice/checked", write=True)
    with pytest.raises(RepositoryNotFoundError):
        as_user(None).auth_check("alice/checked", write=True)
