"""Addresses of a data set's pages on the Hub, as people copy them from the browser."""

from __future__ import annotations

from dataclasses import dataclass

from hubscore.errors import DatasetError
from hubscore.hub.addresses import HubAddress, read_address


@dataclass(frozen=True)
class HubPage:
    """What an address says.

    Attributes:
        repo_id: the data set.
        revision: branch, tag or commit, where the page shows one.
        config: the configuration that the viewer shows.
        split: the split that it shows.
        path: the folder or file that it shows.
    """

    repo_id: str
    revision: str | None = None
    config: str | None = None
    split: str | None = None
    path: str = ""


def read_page(text: str, endpoint: str) -> HubPage | None:
    """Read an address; none where the text is not one of the Hub.

    Args:
        text: with or without ``https://``.
        endpoint: the Hub in use, whose addresses count as well.

    Raises:
        DatasetError: it is a page of something else.

    Example:
        >>> read_page("https://huggingface.co/datasets/user/birds/viewer/default/test", "https://huggingface.co")
        HubPage(repo_id='user/birds', revision=None, config='default', split='test', path='')
    """
    address = read_address(text, endpoint)
    if address is None:
        return None
    if address.kind != "dataset" or not address.repo_id:
        raise _other(text, address)
    config, split = (*address.viewed, None, None)[:2]
    return HubPage(address.repo_id, address.revision, config, split, address.path)


def _other(text: str, address: HubAddress) -> DatasetError:
    if address.kind == "model":
        why, fix = "it is the page of a model", f"hubscore rank DATASET --models {address.repo_id}"
    else:
        why = "it is the page of a Space" if address.kind == "space" else "it is not the page of a data set"
        fix = "write a data set as user/name"
    return DatasetError(f"{text!r} is not a data set", why, fix)
