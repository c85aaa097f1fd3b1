"""Addresses of pages on the Hub, as people copy them from the browser, wherever the name of a repo is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from hubscore.errors import UsageError

Kind = Literal["model", "dataset", "space"]

HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_KINDS: dict[str, Kind] = {"models": "model", "datasets": "dataset", "spaces": "space"}
_CALLED = {"model": "a model", "dataset": "a data set", "space": "a Space"}
_PAGES = frozenset(
    "tree blob resolve raw blame edit viewer embed discussions commit commits settings files metrics community".split()
)
_FILES = ("tree", "blob", "resolve", "raw", "blame")
_NO_REPOS = ("docs", "blog", "collections", "papers", "posts", "organizations", "tasks", "learn", "settings", "join")
_ID = re.compile(r"[\w.-]+(/[\w.-]+)?")


@dataclass(frozen=True)
class HubAddress:
    """What an address says.

    Attributes:
        kind: of the repo; none where the page shows no repo.
        repo_id: the repo.
        revision: branch, tag or commit, where the page shows one.
        path: the folder or file that it shows, below the root of the repo.
        is_file: whether that is a file.
        viewed: the configuration and the split that the viewer of a data set shows.
    """

    kind: Kind | None
    repo_id: str = ""
    revision: str | None = None
    path: str = ""
    is_file: bool = False
    viewed: tuple[str, ...] = ()


def read_address(text: str, endpoint: str | None = None) -> HubAddress | None:
    """Read an address; none where the text is not one of the Hub.

    Args:
        text: with or without ``https://``.
        endpoint: the Hub in use, whose addresses count as well; the one of ``HF_ENDPOINT`` by default.

    Example:
        >>> read_address("https://huggingface.co/org/net/blob/main/config.json", "https://huggingface.co")
        HubAddress(kind='model', repo_id='org/net', revision='main', path='config.json', is_file=True, viewed=())
        >>> read_address("org/net", "https://huggingface.co") is None
        True
    """
    place = next(iter(_places(text, endpoint)), None)
    if place is None:
        return None
    parts = [unquote(part) for part in place.split("/") if part]
    kind: Kind = "model"
    if parts and parts[0] in _KINDS:
        kind, parts = _KINDS[parts[0]], parts[1:]
    elif len(parts) < 2 or parts[0] in _NO_REPOS:
        return HubAddress(None)
    if not parts:
        return HubAddress(None)
    length = 1 if len(parts) == 1 or (parts[1] in _PAGES and kind != "space") else 2
    repo_id, at, named = "/".join(parts[:length]).partition("@")
    page, rest = "".join(parts[length : length + 1]), parts[length + 1 :]
    if at:
        return HubAddress(kind, repo_id, "/".join([named, *parts[length:]]) or None)
    if page in ("viewer", "embed"):
        return HubAddress(kind, repo_id, viewed=tuple((rest[1:] if page == "embed" else rest)[:2]))
    if not rest or page not in _FILES:
        return HubAddress(kind, repo_id)
    words = 3 if rest[0] == "refs" else 1
    path = "/".join(rest[words:])
    return HubAddress(kind, repo_id, "/".join(rest[:words]), path, bool(path) and page != "tree")


def repo_named(text: str, kind: Kind, endpoint: str | None = None) -> str:
    """Return the id of a repo that is named by it or by the address of one of its pages.

    Args:
        text: an id, which stays as it is, an address, or ``hf://datasets/user/name`` and the like.
        kind: of the repo that is wanted.
        endpoint: the Hub in use, as of :func:`read_address`.

    Raises:
        UsageError: it is an address of something else.

    Example:
        >>> repo_named("https://huggingface.co/datasets/user/birds/tree/main", "dataset", "https://huggingface.co")
        'user/birds'
        >>> repo_named("user/birds", "dataset")
        'user/birds'
    """
    address = read_address(text, endpoint)
    if address is None:
        named = text.removeprefix("hf://")
        return text if named == text else named.removeprefix(f"{kind}s/").partition("@")[0]
    if address.kind != kind or not address.repo_id:
        found = "of no repo" if address.kind is None else f"of {_CALLED[address.kind]}"
        example = "user/name" if kind == "dataset" else "owner/name"
        raise UsageError(f"'{text}' is not {_CALLED[kind]}", f"it is the page {found}", f"write it as {example}")
    return address.repo_id


def _places(text: str, endpoint: str | None) -> Iterator[str]:
    """Yield what follows the address of a Hub, where the text begins with one."""
    if _ID.fullmatch(text) and text.partition("/")[0].lower() not in HOSTS:
        return  # the names of most repos, which need no look at the endpoint
    if endpoint is None:
        from huggingface_hub import constants

        endpoint = constants.ENDPOINT
    bare = text.partition("://")[2] if text.lower().startswith(("http://", "https://")) else text
    bare = bare.partition("?")[0].partition("#")[0]
    own = urlsplit(endpoint)
    for host in (f"{own.netloc}{own.path}".rstrip("/"), *HOSTS):
        if host and bare.lower().startswith(f"{host.lower()}/"):
            yield bare[len(host) + 1 :]
