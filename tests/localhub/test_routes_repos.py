import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError


def test_a_repo_is_created_written_and_deleted(alice, bob):
    url = alice.create_repo("alice/new", private=False)
    assert (url.repo_id, url.repo_type) == ("alice/new", "model")
    assert alice.list_repo_files("alice/new") == [".gitattributes"]
    with pytest.raises(HfHubHTTPError, match="409"):
        alice.create_repo("alice/new")
    assert alice.create_repo("alice/new", exist_ok=True).repo_id == "alice/new"
    alice.upload_file(repo_id="alice/new", path_or_fileobj=b"x", path_in_repo="x.txt")
    assert "alice/new" in [it.id for it in bob.list_models(author="alice")]
    with pytest.raises(HfHubHTTPError, match="403"):
        bob.delete_repo("alice/new")
    alice.delete_repo("alice/new")
    with pytest.raises(RepositoryNotFoundError):
        bob.model_info("alice/new")
    alice.delete_repo("alice/new", missing_ok=True)


def test_the_namespace_defaults_to_the_person_and_must_be_theirs(alice, bob, as_user):
    assert bob.create_repo("mine", repo_type="dataset").repo_id == "bob/mine"
    for api, name in ((bob, "alice/x"), (bob, "lab/x"), (as_user("reader"), "reader/x"), (as_user(None), "x/x")):
        with pytest.raises(HfHubHTTPError):
            api.create_repo(name)
    assert alice.create_repo("lab/x").repo_id == "lab/x"


def test_spaces_have_an_sdk(alice):
    alice.create_repo("alice/board", repo_type="space", space_sdk="static")
    info = alice.space_info("alice/board")
    assert info.sdk == "static" and "README.md" in alice.list_repo_files("alice/board", repo_type="space")
    assert [it.id for it in alice.list_spaces(author="alice")] == ["alice/board"]


def test_a_deleted_repo_stays_in_the_folder_and_can_be_made_anew(hub, alice):
    folder = add_model(hub.root, "alice/gone", {"README.md": "# Old\n"})
    before = alice.model_info("alice/gone").sha
    alice.delete_repo("alice/gone")
    with pytest.raises(RepositoryNotFoundError):
        alice.model_info("alice/gone")
    assert (folder / "README.md").exists()
    with pytest.raises(RepositoryNotFoundError):
        alice.list_repo_files("alice/gone", revision=before)
    alice.create_repo("alice/gone")
    with pytest.raises(RevisionNotFoundError):
        alice.list_repo_files("alice/gone", revision=before)
    assert alice.list_repo_files("alice/gone") == [".gitattributes"]


def test_settings_hide_and_gate(alice, bob, as_user):
    alice.create_repo("alice/secret", private=True)
    for api in (bob, as_user(None)):
        with pytest.raises(RepositoryNotFoundError):
            api.model_info("alice/secret")
    assert alice.model_info("alice/secret").private
    alice.update_repo_settings("alice/secret", private=False, gated="manual")
    info = bob.model_info("alice/secret")
    assert info.gated == "manual" and not info.private


def test_branches_and_tags(hub, alice):
    add_dataset(hub.root, "alice/branched", {"README.md": "# One\n"})
    kind = {"repo_type": "dataset"}
    first = alice.dataset_info("alice/branched").sha
    alice.create_branch("alice/branched", branch="dev/one", **kind)
    alice.create_tag("alice/branched", tag="v1", **kind)
    alice.upload_file(repo_id="alice/branched", path_or_fileobj=b"x", path_in_repo="x.txt", revision="dev/one", **kind)
    refs = alice.list_repo_refs("alice/branched", **kind)
    assert {ref.name: ref.target_commit == first for ref in refs.branches} == {"main": True, "dev/one": False}
    assert [(ref.name, ref.target_commit) for ref in refs.tags] == [("v1", first)]
    assert alice.list_repo_files("alice/branched", revision="v1", **kind) == ["README.md"]
    assert alice.list_repo_files("alice/branched", revision=first[:10], **kind) == ["README.md"]
    with pytest.raises(HfHubHTTPError, match="409"):
        alice.create_branch("alice/branched", branch="dev/one", **kind)
    alice.create_branch("alice/branched", branch="dev/one", exist_ok=True, **kind)
    alice.delete_branch("alice/branched", branch="dev/one", **kind)
    alice.delete_tag("alice/branched", tag="v1", **kind)
    with pytest.raises(RevisionNotFoundError):
        alice.dataset_info("alice/branched", revision="dev/one")
    with pytest.raises(RevisionNotFoundError):
        alice.delete_tag("alice/branched", tag="v1", **kind)


def test_a_commit_by_its_sha_is_no_branch(hub, alice):
    add_model(hub.root, "alice/pinned", {"README.md": "# One\n"})
    sha = alice.model_info("alice/pinned").sha
    with pytest.raises(HfHubHTTPError, match="is not a branch"):
        alice.upload_file(repo_id="alice/pinned", path_or_fileobj=b"x", path_in_repo="x", revision=sha)


def test_whoami_and_overview(hub, alice):
    me = alice.whoami()
    assert (me["name"], me["fullname"], [org["name"] for org in me["orgs"]]) == ("alice", "Alice", ["lab"])
    assert me["auth"]["accessToken"]["role"] == "write"
    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        HfApi(endpoint=hub.url, token="hf_nobody").whoami()
    assert alice.get_user_overview("alice").username == "alice"
