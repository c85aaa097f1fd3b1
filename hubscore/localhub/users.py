"""Who may do what: people with tokens, organisations, and repos that are private, gated or closed to discussion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from hubscore.errors import UsageError
from hubscore.localhub.scan import KINDS, RepoKey, full_id

ROLES = ("read", "write")
DEFAULT_USERS: dict[str, Any] = {"users": {"local": {"token": "hf_local"}}}


@dataclass(frozen=True)
class User:
    """A person at the Hub.

    Args:
        name: also the namespace the person owns.
        token: what the client sends.
        role: what the token allows, ``read`` or ``write``.
        fullname: shown by whoami.
        orgs: role in each organisation.
    """

    name: str
    token: str
    role: str = "write"
    fullname: str = ""
    orgs: Mapping[str, str] = field(default_factory=dict)

    def owns(self, namespace: str) -> bool:
        """Whether the namespace is the person's own or an organisation's where they may write."""
        return bool(namespace) and (namespace == self.name or self.orgs.get(namespace) == "write")

    def belongs(self, namespace: str) -> bool:
        """Whether the person sees private repos of the namespace."""
        return bool(namespace) and (namespace == self.name or namespace in self.orgs)


@dataclass(frozen=True)
class RepoRule:
    """What the users file says of one repo."""

    private: bool = False
    gated: str | bool = False
    discussions: bool = True
    access: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Users:
    """Everybody at the Hub, and the rules of single repos."""

    by_token: Mapping[str, User]
    rules: Mapping[RepoKey, RepoRule]
    anonymous: bool = True

    def rule(self, key: RepoKey) -> RepoRule:
        """The rules of one repo, open where the file is silent."""
        return self.rules.get(key, RepoRule())

    def names(self) -> frozenset[str]:
        """Every namespace somebody owns."""
        people = self.by_token.values()
        return frozenset(user.name for user in people) | frozenset(org for user in people for org in user.orgs)


def load_users(source: Path | str | Mapping[str, Any] | None) -> Users:
    """Read a users file, or the same content as a dictionary; None gives the one default user.

    Raises:
        UsageError: the file cannot be read, or a key or value in it is unknown.
    """
    if isinstance(source, (str, Path)):
        source = _read(Path(source))
    content = DEFAULT_USERS if source is None else source
    _only(content, {"anonymous", "users", "repos"}, "the users file")
    if content.get("anonymous", "read") not in ("read", "none"):
        raise UsageError("The users file cannot be used", "anonymous must be read or none", "anonymous: read")
    people = [_user(name, entry or {}) for name, entry in (content.get("users") or {}).items()]
    by_token = {user.token: user for user in people}
    if len(by_token) < len(people):
        raise UsageError(
            "The users file cannot be used", "two users have the same token", "give each user a token of their own"
        )
    rules = {_key(name): _rule(name, entry or {}) for name, entry in (content.get("repos") or {}).items()}
    return Users(by_token, rules, anonymous=content.get("anonymous", "read") == "read")


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(
            f"The users file {path} cannot be read", str(error).splitlines()[0], "docs/localhub.md has an example"
        ) from error
    if not isinstance(content, dict):
        raise UsageError(
            f"The users file {path} cannot be used",
            "it must hold a mapping with the key users",
            "docs/localhub.md has an example",
        )
    return content


def _only(entry: Any, allowed: set[str], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise UsageError(
            "The users file cannot be used", f"{where} must be a mapping", f"keys: {', '.join(sorted(allowed))}"
        )
    if unknown := set(entry) - allowed:
        raise UsageError(
            "The users file cannot be used",
            f"unknown key {sorted(map(str, unknown))[0]!r} in {where}",
            f"known keys: {', '.join(sorted(allowed))}",
        )


def _user(name: str, entry: Mapping[str, Any]) -> User:
    _only(entry, {"token", "role", "fullname", "orgs"}, f"user {name}")
    orgs = entry.get("orgs") or {}
    orgs = dict.fromkeys(orgs, "write") if isinstance(orgs, list) else dict(orgs)
    role = entry.get("role", "write")
    for word in (role, *orgs.values()):
        if word not in ROLES:
            raise UsageError(
                "The users file cannot be used", f"user {name} has the role {word!r}", "roles are read and write"
            )
    return User(name, str(entry.get("token") or f"hf_{name}"), role, str(entry.get("fullname") or name), orgs)


def _key(name: str) -> RepoKey:
    folder, _, repo_id = name.partition("/")
    if folder.removesuffix("s") not in KINDS or not repo_id:
        raise UsageError(
            "The users file cannot be used",
            f"{name!r} names no repo",
            "write models/org/name, datasets/org/name or spaces/org/name",
        )
    return RepoKey(folder.removesuffix("s"), full_id(repo_id))


def _rule(name: str, entry: Mapping[str, Any]) -> RepoRule:
    _only(entry, {"private", "gated", "discussions", "access"}, f"repo {name}")
    gated = entry.get("gated", False)
    if gated not in (False, True, "auto", "manual"):
        raise UsageError(
            "The users file cannot be used", f"repo {name} has gated: {gated!r}", "gated is auto, manual or false"
        )
    return RepoRule(
        private=bool(entry.get("private", False)),
        gated="auto" if gated is True else gated,
        discussions=bool(entry.get("discussions", True)),
        access=frozenset(entry.get("access") or ()),
    )
