import pytest
from hubfixture import add_model
from huggingface_hub import CommitOperationAdd, HfApi, metadata_update
from huggingface_hub.errors import HfHubHTTPError

CARD = "---\nlicense: mit\n---\n# Title\n\nfirst\n\nmiddle\n\nlast\n"


@pytest.fixture
def repo(hub, request) -> str:
    name = f"alice/{request.node.name[:60]}"
    add_model(hub.root, name, {"README.md": CARD, "config.json": "{}"})
    return name


def propose(api: HfApi, repo: str, text: str, title: str = "Add results") -> int:
    done = api.create_commit(
        repo,
        [CommitOperationAdd("README.md", text.encode())],
        commit_message=title,
        commit_description="why",
        create_pr=True,
    )
    return done.pr_num


def test_a_commit_as_a_pull_request_is_open_and_merges(alice, bob, repo):
    number = propose(bob, repo, CARD.replace("first", "FIRST"))
    pull = alice.get_discussion_details(repo, number)
    assert (pull.status, pull.author, pull.title, pull.git_reference) == (
        "open",
        "bob",
        "Add results",
        f"refs/pr/{number}",
    )
    assert pull.events[0].type == "comment" and pull.events[0].content == "why"
    assert pull.target_branch == "refs/heads/main" and pull.conflicting_files == []
    assert "-first" in pull.diff and "+FIRST" in pull.diff
    assert "first" in open(alice.hf_hub_download(repo, "README.md")).read()
    assert "FIRST" in open(alice.hf_hub_download(repo, "README.md", revision=f"refs/pr/{number}")).read()
    alice.merge_pull_request(repo, number, comment="Thanks")
    pull = alice.get_discussion_details(repo, number)
    assert pull.status == "merged" and pull.merge_commit_oid == alice.model_info(repo).sha
    assert "FIRST" in open(alice.hf_hub_download(repo, "README.md")).read()
    assert alice.list_repo_commits(repo)[0].title == f"Add results (#{number})"


def test_a_pull_request_is_updated_by_its_author_and_by_the_owner_only(as_user, alice, bob, repo):
    number = propose(bob, repo, CARD + "a\n")
    reference = f"refs/pr/{number}"
    for api, text in ((bob, "b"), (alice, "c")):
        api.upload_file(repo_id=repo, path_or_fileobj=text.encode(), path_in_repo=f"{text}.txt", revision=reference)
    with pytest.raises(HfHubHTTPError, match="403"):
        as_user("local").upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="x.txt", revision=reference)
    assert {"b.txt", "c.txt"} < set(alice.list_repo_files(repo, revision=reference))
    events = alice.get_discussion_details(repo, number).events
    assert [event.type for event in events] == ["comment", "commit", "commit", "commit"]
    pulls = alice.list_repo_refs(repo, include_pull_requests=True).pull_requests
    assert [(ref.ref, ref.target_commit) for ref in pulls] == [
        (reference, alice.model_info(repo, revision=reference).sha)
    ]


def test_edits_of_different_places_merge_and_of_the_same_place_conflict(alice, bob, repo):
    apart = propose(bob, repo, CARD.replace("last", "LAST"))
    same = propose(bob, repo, CARD.replace("first", "1st"))
    alice.upload_file(repo_id=repo, path_or_fileobj=CARD.replace("first", "FIRST").encode(), path_in_repo="README.md")
    assert alice.get_discussion_details(repo, apart).conflicting_files == []
    assert alice.get_discussion_details(repo, same).conflicting_files == ["README.md"]
    alice.merge_pull_request(repo, apart)
    assert open(alice.hf_hub_download(repo, "README.md")).read() == CARD.replace("first", "FIRST").replace(
        "last", "LAST"
    )
    with pytest.raises(HfHubHTTPError, match=r"Merge conflicts in README\.md"):
        alice.merge_pull_request(repo, same)
    with pytest.raises(HfHubHTTPError, match="Only an open pull request can be merged"):
        alice.merge_pull_request(repo, apart)


def test_the_same_edit_on_both_sides_is_no_conflict(alice, bob, repo):
    number = propose(bob, repo, CARD.replace("middle", "centre"))
    alice.upload_file(
        repo_id=repo,
        path_or_fileobj=CARD.replace("middle", "centre").replace("last", "end").encode(),
        path_in_repo="README.md",
    )
    alice.merge_pull_request(repo, number)
    assert "centre\n\nend\n" in open(alice.hf_hub_download(repo, "README.md")).read()


def test_a_draft_must_be_published_before_it_merges(alice, bob, repo):
    draft = bob.create_pull_request(repo, "A draft first", description="not yet")
    assert draft.status == "draft" and draft.is_pull_request
    bob.upload_file(repo_id=repo, path_or_fileobj=b"n", path_in_repo="n.txt", revision=draft.git_reference)
    with pytest.raises(HfHubHTTPError, match="this one is draft"):
        alice.merge_pull_request(repo, draft.num)
    assert bob.change_discussion_status(repo, draft.num, "open").new_status == "open"
    alice.merge_pull_request(repo, draft.num)
    assert "n.txt" in alice.list_repo_files(repo)


def test_a_closed_pull_request_takes_no_commits_until_reopened(alice, bob, repo):
    number = propose(bob, repo, CARD + "x\n")
    alice.change_discussion_status(repo, number, "closed", comment="no, thank you")
    pull = bob.get_discussion_details(repo, number)
    assert pull.status == "closed" and [event.type for event in pull.events][-2:] == ["comment", "status-change"]
    with pytest.raises(HfHubHTTPError, match="is closed"):
        bob.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="x.txt", revision=pull.git_reference)
    bob.change_discussion_status(repo, number, "open")
    bob.upload_file(repo_id=repo, path_or_fileobj=b"x", path_in_repo="x.txt", revision=pull.git_reference)


def test_talk_title_and_comments(alice, bob, repo):
    talk = bob.create_discussion(repo, "A question", description="How?")
    assert not talk.is_pull_request and talk.status == "open" and talk.git_reference is None
    comment = alice.comment_discussion(repo, talk.num, "Like this")
    edited = alice.edit_discussion_comment(repo, talk.num, comment.id, "Like that")
    assert edited.content == "Like that" and edited.edited and edited.number_of_edits == 1
    assert alice.hide_discussion_comment(repo, talk.num, comment.id).hidden
    change = bob.rename_discussion(repo, talk.num, "A better question")
    assert (change.old_title, change.new_title) == ("A question", "A better question")
    with pytest.raises(HfHubHTTPError, match="3 to 200 characters"):
        bob.rename_discussion(repo, talk.num, "no")
    with pytest.raises(HfHubHTTPError, match="403"):
        bob.edit_discussion_comment(repo, talk.num, comment.id, "Never said")


def test_lists_are_filtered_and_paged(alice, bob, repo):
    for number in range(23):
        bob.create_discussion(repo, f"Question {number}")
    pull = propose(bob, repo, CARD + "x\n")
    mine = propose(alice, repo, CARD + "y\n")
    alice.change_discussion_status(repo, 3, "closed")

    def numbers(**filters) -> list[int]:
        return [it.num for it in alice.get_repo_discussions(repo, **filters)]

    assert len(numbers()) == 25 and numbers()[0] == mine
    assert numbers(discussion_type="pull_request") == [mine, pull]
    assert numbers(discussion_type="pull_request", author="bob") == [pull]
    assert numbers(discussion_status="closed") == [3]
    assert 3 not in numbers(discussion_status="open")


def test_the_clients_metadata_update_opens_a_pull_request(as_user, alice, repo):
    metadata_update(repo, {"tags": ["hubscore"]}, create_pr=True, token="hf_bob")
    assert [it.title for it in alice.get_repo_discussions(repo)] == ["Update metadata with huggingface_hub"]
    assert (
        "hubscore" in alice.model_info(repo, revision="refs/pr/1").tags
        and "hubscore" not in alice.model_info(repo).tags
    )


def test_strangers_cannot_talk(as_user, repo):
    for name, status in ((None, 401), ("reader", 403)):
        with pytest.raises(HfHubHTTPError) as failure:
            as_user(name).create_discussion(repo, "Hello there")
        assert failure.value.response.status_code == status


def test_there_is_no_discussion_of_that_number(alice, repo):
    with pytest.raises(HfHubHTTPError, match="Discussion 7 does not exist"):
        alice.get_discussion_details(repo, 7)
