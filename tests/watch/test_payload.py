import json

import pytest

from hubscore.errors import UsageError
from hubscore.watch.payload import read_payload

SHA = "a" * 40


def body(
    action="update", scope="repo.content", refs=({"ref": "refs/heads/main", "oldSha": "b" * 40, "newSha": SHA},), **repo
):
    """A webhook's body as the Hub posts it (version 3)."""
    repo = {
        "type": "model",
        "name": "org/net",
        "id": "1",
        "private": False,
        "headSha": "c" * 40,
        "owner": {"id": "2"},
        **repo,
    }
    event = {"event": {"action": action, "scope": scope}, "repo": repo, "webhook": {"id": "3", "version": 3}}
    return json.dumps(event if refs is None else {**event, "updatedRefs": list(refs)})


@pytest.mark.parametrize(
    ("text", "sha"),
    [
        (body(), SHA),
        (body("create", "repo", None), "c" * 40),
        (body(scope="repo.config", refs=None), "c" * 40),
        (body(headSha=None, refs=None), None),
        (body(headSha="not a sha", refs=()), None),
        (body(refs=[{"ref": "refs/pr/3", "newSha": "d" * 40}, {"ref": "refs/heads/main", "newSha": SHA}]), SHA),
    ],
)
def test_what_may_be_a_new_checkpoint(text, sha):
    trigger = read_payload(text)
    assert (trigger.repo_id, trigger.ignored, trigger.sha) == ("org/net", "", sha)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (body("delete", "repo", None), "deleted"),
        (body("move", "repo", None), "another name"),
        (body(private=True), "private"),
        (body(type="dataset"), "about a dataset"),
        (body("create", "discussion", None), "about a discussion"),
        (body("create", "discussion.comment", None), "about a discussion.comment"),
        (body(scope="repository"), "about a repository"),
        (body(refs=[{"ref": "refs/pr/3", "newSha": SHA}]), "only a pull request changed"),
        (body(refs=[{"ref": "refs/heads/dev", "newSha": SHA}]), "main branch did not change"),
        (body(refs=[{"ref": "refs/heads/main", "newSha": None}]), "main branch was deleted"),
        (body(refs=[{"ref": "refs/heads/main", "newSha": "0" * 40}]), "main branch was deleted"),
        (body(refs=["refs/heads/main"]), "only a pull request changed"),
    ],
)
def test_what_cannot_be_one_says_why(text, why):
    assert why in read_payload(text).ignored


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("[]", "no event"),
        ('{"event": {}}', "no repo"),
        ('{"event": {}, "repo": {}}', "repo.name are needed"),
        (body(name="../../etc"), "not the name of a repo"),
        (body(name="org/net\nx"), "not the name of a repo"),
        (body(name=["org/net"]), "repo.name are needed"),
    ],
)
def test_what_is_no_webhook_is_refused(text, words):
    with pytest.raises(UsageError, match=words):
        read_payload(text)
