import pytest
from hubfixture import add_model
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError, RemoteEntryNotFoundError


def read(api: HfApi, repo: str, path: str, revision: str | None = None) -> str:
    with open(api.hf_hub_download(repo, path, revision=revision), encoding="utf-8") as file:
        return file.read()


@pytest.fixture
def repo(hub, alice, request) -> str:
    name = f"alice/{request.node.name[:60]}"
    add_model(hub.root, name, {"README.md": "# One\n", "config.json": "{}", "weights/model.safetensors": b"\0" * 2000})
    return name


def test_a_commit_changes_the_head_and_old_revisions_stay_readable(hub, alice, repo):
    before = alice.model_info(repo).sha
    done = alice.upload_file(
        repo_id=repo, path_or_fileobj=b"# Two\n", path_in_repo="README.md", commit_message="Say two"
    )
    assert done.oid == alice.model_info(repo).sha != before
    assert read(alice, repo, "README.md") == "# Two\n"
    assert read(alice, repo, "README.md", before) == "# One\n"
    assert [commit.title for commit in alice.list_repo_commits(repo)] == ["Say two", "Initial commit"]
    assert (hub.root / "models" / repo / "README.md").read_text() == "# One\n"


def test_adding_deleting_and_copying_in_one_commit(alice, repo):
    operations = [
        CommitOperationAdd("notes/a.txt", b"a"),
        CommitOperationAdd("big.bin", b"b" * 3000),
        CommitOperationDelete("config.json"),
        CommitOperationCopy("weights/model.safetensors", "model.safetensors"),
    ]
    alice.create_commit(repo, operations, commit_message="Many things")
    assert alice.list_repo_files(repo) == [
        "README.md",
        "big.bin",
        "model.safetensors",
        "notes/a.txt",
        "weights/model.safetensors",
    ]
    sizes = {
        it.path: (it.size, it.lfs is not None)
        for it in alice.list_repo_tree(repo, recursive=True)
        if hasattr(it, "size")
    }
    assert (
        sizes["big.bin"] == (3000, True)
        and sizes["model.safetensors"] == (2000, True)
        and sizes["README.md"] == (6, False)
    )
    alice.delete_folder("weights/", repo)
    assert "weights/model.safetensors" not in alice.list_repo_files(repo)
    with pytest.raises(RemoteEntryNotFoundError, match="A file with this name doesn't exist"):
        alice.delete_file("weights/model.safetensors", repo)


def test_a_commit_that_changes_nothing_is_not_made(alice, repo):
    before = alice.model_info(repo).sha
    done = alice.upload_file(repo_id=repo, path_or_fileobj=b"# One\n", path_in_repo="README.md")
    assert done.oid == before and len(alice.list_repo_commits(repo)) == 1


def test_a_commit_on_an_outdated_parent_is_refused(alice, repo):
    parent = alice.model_info(repo).sha
    alice.upload_file(repo_id=repo, path_or_fileobj=b"1", path_in_repo="one.txt", parent_commit=parent)
    with pytest.raises(HfHubHTTPError, match="A commit has happened since") as failure:
        alice.upload_file(repo_id=repo, path_or_fileobj=b"2", path_in_repo="two.txt", parent_commit=parent)
    assert failure.value.response.status_code == 412


@pytest.mark.parametrize("path", ["a/.git/config", "a/b/../../../c", "a\\b"])
def test_paths_that_are_not_files_of_a_repo_are_refused(alice, repo, path):
    with pytest.raises((HfHubHTTPError, ValueError)):
        alice.create_commit(repo, [CommitOperationAdd(path, b"x")], commit_message="no")


def test_a_file_cannot_become_a_folder_too(alice, repo):
    with pytest.raises(HfHubHTTPError, match="cannot be a file and a folder"):
        alice.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="README.md/x")


def test_gitignore_leaves_files_out(alice, repo, tmp_path):
    for name in (
        "keep.txt",
        "drop.log",
        "logs/x.txt",
        "deep/drop.log",
        "deep/keep.log",
        "deep/logs/y.txt",
        "doc/api/z.html",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".gitignore").write_text("# logs\n*.log\n!keep.log\nlogs/\n/doc/**/*.html\n")
    alice.upload_folder(repo_id=repo, folder_path=tmp_path)
    added = set(alice.list_repo_files(repo)) - {"README.md", "config.json", "weights/model.safetensors"}
    assert added == {".gitignore", "keep.txt", "deep/keep.log"}
    alice.upload_file(
        repo_id=repo, path_or_fileobj=b"x", path_in_repo="later.log"
    )  # the committed .gitignore counts too
    assert "later.log" not in alice.list_repo_files(repo)


def test_a_damaged_card_is_refused(alice, repo):
    with pytest.raises(ValueError, match=r"Invalid metadata in README.md"):
        alice.upload_file(repo_id=repo, path_or_fileobj=b"---\na: [\n---\n", path_in_repo="README.md")


def test_strangers_and_others_cannot_commit(as_user, bob, repo):
    for api, status in ((as_user(None), 401), (bob, 403), (as_user("reader"), 403)):
        with pytest.raises(HfHubHTTPError) as failure:
            api.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="x.txt")
        assert failure.value.response.status_code == status


def test_members_commit_to_their_organisation(hub, alice, bob):
    add_model(hub.root, "lab/shared", {"README.md": "# Lab\n"})
    alice.upload_file(repo_id="lab/shared", path_or_fileobj=b"x", path_in_repo="x.txt")
    with pytest.raises(HfHubHTTPError, match="don't have write access"):
        bob.upload_file(repo_id="lab/shared", path_or_fileobj=b"y", path_in_repo="y.txt")
