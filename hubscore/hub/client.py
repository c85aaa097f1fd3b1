"""The one client that every call to the Hub goes through, and where its cache keeps what."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore import __version__

if TYPE_CHECKING:
    from huggingface_hub import HfApi

    from hubscore.types import Candidate


def hub_api(token: str | bool | None = None) -> HfApi:
    """Return a client that says it is hubscore; ``token`` as the client takes it (none: the saved one, False:
    anonymous).
    """
    from huggingface_hub import HfApi

    return HfApi(library_name="hubscore", library_version=__version__, token=token)


def hub_id(candidate: Candidate) -> str:
    """Return the repo's name on the Hub; a candidate's key may carry ``@revision`` behind it."""
    return candidate.repo_id.partition("@")[0]


def free_bytes() -> int | None:
    """Return how much the disk that downloads go to still takes, none where nobody knows."""
    from huggingface_hub import constants

    cache = Path(constants.HF_HUB_CACHE)
    try:
        return shutil.disk_usage(next(folder for folder in (cache, *cache.parents) if folder.is_dir())).free
    except (OSError, StopIteration):
        return None


def snapshot_folder(repo_id: str, revision: str, kind: str = "model") -> Path:
    """Return where the Hub's cache keeps a repo's commit, whether or not it is there; without a commit, where it
    keeps them all.
    """
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    return Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=repo_id, repo_type=kind) / "snapshots" / revision


def cached_snapshot(repo_id: str, revision: str | None, kind: str = "model") -> Path | None:
    """Return the folder in the Hub's cache that a revision of a repo means; of none, what was main when it was fetched,
    or else the only commit there. None where the cache does not have it.
    """
    folder = snapshot_folder(repo_id, "", kind)
    noted = folder.parent / "refs" / (revision or "main")
    if noted.is_file():
        revision = noted.read_text(encoding="utf-8").strip()
    commits = [one for one in folder.glob("*") if one.is_dir() and revision in (None, one.name)]
    return commits[0] if len(commits) == 1 else None
