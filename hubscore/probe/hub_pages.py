"""Addresses of a data set's pages on the Hub, as people copy them from the browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from hubscore.errors import DatasetError

_HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_PAGES = ("tree", "blob", "resolve", "raw", "viewer", "embed", "discussions", "commit", "commits", "settings")
_FILES = ("tree", "blob", "resolve", "raw")


@dataclass(frozen=True)
class HubPage:
    """What an address says.

    Attributes:
        repo_id: the data set.
        revision: branch, tag or commit, where the page shows one.
        config: the configuration that the viewer shows.
        split: the split that it shows.
    """

    repo_id: str
    revision: str | None = None
    config: str | None = None
    split: str | None = None


def read_page(text: str, endpoint: str) -> HubPage | None:
    """Read an address; none where the text is not one of the Hub.

    Args:
        text: with or without ``https://``.
        endpoint: the Hub in use, whose addresses count as well.

    Raises:
        DatasetError: it is a page of something else, or of a part of a data set.

    Example:
        >>> read_page("https://huggingface.co/datasets/user/birds/viewer/default/test", "https://huggingface.co")
        HubPage(repo_id='user/birds', revision=None, config='default', split='test')
    """
    place = next((place for place in _places(text, endpoint)), None)
    if place is None:
        return None
    parts = [unquote(part) for part in place.split("/") if part]
    if len(parts) < 2 or parts[0] != "datasets":
        raise _other(text, parts)
    length = 1 if len(parts) == 2 or parts[2] in _PAGES else 2
    repo_id, page, rest = "/".join(parts[1 : 1 + length]), parts[1 + length : 2 + length], parts[2 + length :]
    if page == ["viewer"] or page == ["embed"]:
        rest = rest[1:] if page == ["embed"] else rest
        return HubPage(repo_id, None, *rest[:2])
    if not rest or page[0] not in _FILES:
        return HubPage(repo_id)
    words = 3 if rest[0] == "refs" else 1
    revision = "/".join(rest[:words])
    if rest[words:]:
        fix = f"{repo_id}@{revision}, with --config or --split to choose a part"
        raise DatasetError(f"{text!r} is a part of a data set", "hubscore reads a data set as a whole", fix)
    return HubPage(repo_id, revision)


def _places(text: str, endpoint: str) -> Iterator[str]:
    """Yield what follows the address of a Hub, where the text begins with one."""
    bare = text.partition("://")[2] if text.lower().startswith(("http://", "https://")) else text
    bare = bare.partition("?")[0].partition("#")[0]
    own = urlsplit(endpoint)
    for host in (f"{own.netloc}{own.path}".rstrip("/"), *_HOSTS):
        if host and bare.lower().startswith(f"{host.lower()}/"):
            yield bare[len(host) + 1 :]


def _other(text: str, parts: list[str]) -> DatasetError:
    if len(parts) > 1 and parts[0] not in ("spaces", "docs", "blog", "collections"):
        model = "/".join(parts[1:3] if parts[0] == "models" else parts[:2])
        why, fix = "it is the page of a model", f"hubscore rank DATASET --models {model}"
    else:
        why = "it is the page of a Space" if parts[:1] == ["spaces"] else "it is not the page of a data set"
        fix = "write a data set as user/name"
    return DatasetError(f"{text!r} is not a data set", why, fix)
