import pytest
from hubfixture import add_model
from huggingface_hub import snapshot_download

from hubscore.hub.client import hub_api, snapshot_folder
from hubscore.hub.known_files import KnownFile, cached_files, files_of_answer, files_of_tree, hand_over, note_files
from hubscore.hub.listing import model_json

FILES = {"config.json": "{}", "model.safetensors": b"x" * 50, "below/notes.txt": "notes"}


@pytest.fixture
def repo(hub):
    """Add a repo and return its name, its commit and what the Hub says of its files."""

    def make(name):
        add_model(hub.root, name, FILES)
        answer = model_json(hub_api(), name)
        return name, answer["sha"], files_of_answer(answer)

    return make


def test_the_answer_about_a_model_lists_what_the_tree_does(repo):
    name, sha, files = repo("known/same")
    tree = hub_api().list_repo_tree(name, revision=sha, recursive=True)
    assert files == files_of_tree(one for one in tree if hasattr(one, "blob_id"))
    assert {path for path in files if not path.startswith(".")} == set(FILES)


def test_what_was_noted_is_not_listed_again_and_all_of_it_comes(hub, repo):
    name, sha, files = repo("known/noted")
    note_files(name, sha, files)
    assert not snapshot_folder(name, "").parent.exists()  # noting leaves nothing on the disk
    hand_over(name, sha)
    asked = len(hub.log)
    snapshot_download(name, revision=sha)
    assert not any("/tree/" in path for _, path, _, _ in hub.log[asked:])
    assert (snapshot_folder(name, sha) / "below" / "notes.txt").read_text() == "notes"
    assert cached_files(name, sha) == files


def test_what_is_no_commit_or_no_list_is_passed_over(repo):
    name, sha, files = repo("known/odd")
    note_files(name, "main", files)
    note_files(name, sha, {})
    note_files(None, sha, files)
    hand_over(name, sha)
    hand_over(name, "main")
    assert cached_files(name, sha) is None and cached_files(name, "main") is None


def test_a_damaged_list_is_left_to_the_client(repo):
    name, sha, _ = repo("known/damaged")
    note_files(name, sha, {"config.json": KnownFile(2, "ab", None, 7)})  # type: ignore[arg-type]
    hand_over(name, sha)
    assert cached_files(name, sha) is None
    for siblings in (None, 3, [None], [{"rfilename": 3}], [{"rfilename": "a", "size": "2", "blobId": "b"}]):
        assert files_of_answer({"siblings": siblings}) == {}
