"""What a webhook of the Hub says, and whether it can be about a new checkpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hubscore.errors import UsageError
from hubscore.text import parse_json

MAIN = "refs/heads/main"
_SHA = re.compile(r"[0-9a-f]{40}")
_NO_COMMIT = "0" * 40


@dataclass(frozen=True)
class Trigger:
    """A webhook's body.

    Attributes:
        repo_id: which repo it is about.
        ignored: why it cannot be about a new checkpoint, empty where it can.
        sha: the new commit of its main branch, where it says so.
    """

    repo_id: str
    ignored: str = ""
    sha: str | None = None


def read_payload(text: str) -> Trigger:
    """Read the body of a webhook, as it is posted to a server or handed to a Job in ``WEBHOOK_PAYLOAD``.

    Nothing in it is believed beyond the name of the repo, which is then looked up on the Hub: anybody may have written
    it.

    Raises:
        UsageError: it is not a webhook of the Hub.
    """
    try:
        body = parse_json(text)
    except ValueError as error:
        raise _unreadable(f"it is not JSON ({error})") from error
    event, repo = (_part(body, name) for name in ("event", "repo"))
    name = repo.get("name")
    if not isinstance(name, str) or not isinstance(event.get("action"), str) or not isinstance(event.get("scope"), str):
        raise _unreadable("event.action, event.scope and repo.name are needed")
    reason, sha = _about(event, repo, body)
    if not reason and not _is_id(name):
        raise _unreadable("repo.name is not the name of a repo")
    return Trigger(name, reason, sha)


def _about(event: Mapping[str, Any], repo: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return why the event is of no interest, or else the new commit where it is named."""
    action, scope = event["action"], event["scope"]
    if repo.get("type", "model") != "model":
        return f"it is about a {repo.get('type')}, not a model", None
    if scope != "repo" and not scope.startswith("repo."):
        return f"it is about a {scope}, not about files", None
    if action == "delete":
        return "the repo was deleted", None
    if action == "move":
        return "the repo only got another name", None
    if repo.get("private"):
        return "the repo is private", None
    return _about_refs(repo, body.get("updatedRefs"))


def _about_refs(repo: Mapping[str, Any], refs: object) -> tuple[str, str | None]:
    """Find the main branch among what moved; pull requests, our own among them, move refs too."""
    head = repo.get("headSha")  # the client's own class looks for head_sha, which the Hub never sends
    if not isinstance(refs, list) or not refs:
        return "", _commit(head)
    moved = {ref.get("ref"): ref.get("newSha") for ref in refs if isinstance(ref, Mapping)}
    if MAIN not in moved:
        pulls = all(str(name).startswith("refs/pr/") for name in moved)
        return ("only a pull request changed" if pulls else "its main branch did not change"), None
    if moved[MAIN] in (None, _NO_COMMIT):
        return "its main branch was deleted", None
    return "", _commit(moved[MAIN])


def _commit(sha: object) -> str | None:
    return sha if isinstance(sha, str) and _SHA.fullmatch(sha) else None


def _part(body: object, name: str) -> Mapping[str, Any]:
    part = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(part, Mapping):
        raise _unreadable(f"it has no {name}")
    return part


def _is_id(name: str) -> bool:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return True


def _unreadable(why: str) -> UsageError:
    return UsageError(
        "Cannot read the webhook's payload",
        why,
        "--payload FILE with the body that the Hub posted, or --payload env in a Job",
    )
