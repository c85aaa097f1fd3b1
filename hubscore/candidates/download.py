"""Downloading what a run reads of a candidate, and taking it off the disk again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.candidates.weights import choose_weights, config_files, files_in, patterns, wanted_files
from hubscore.errors import CandidateError
from hubscore.hub.client import hub_id, snapshot_folder
from hubscore.hub.errors import explain_error
from hubscore.hub.known_files import hand_over
from hubscore.hub.retry import retry
from hubscore.types import Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence


def download(candidate: Candidate, *, token: str | bool | None = None, offline: bool = False) -> Path:
    """Return the folder that holds a candidate's configuration and weights, downloaded at its commit if need be;
    ``offline`` asks nobody.

    Raises:
        CandidateError: the repo or its weights are gone, gated, or not there.
        HubError: the Hub refused, failed, cannot be reached or cut the download each time.
        StorageError: the disk is full.
    """
    folder = _download(candidate, patterns(candidate.weights, candidate.modality), token, offline)
    there = {path.name for path in folder.iterdir()}
    if choose_weights(there) is None:
        why = "a config without weights: no model.safetensors or pytorch_model.bin"
        raise CandidateError(
            f"Model {candidate.repo_id!r} has no weights to load",
            why,
            "choose another model",
            subject=candidate.repo_id,
            predicate="has no weights to load",
        )
    return folder


def download_config(candidate: Candidate, *, token: str | bool | None = None, offline: bool = False) -> Path:
    """Return the folder that holds a candidate's configuration; its weights may be missing. ``offline`` asks nobody.

    Raises:
        CandidateError: the repo is gone or gated.
        HubError: the Hub refused, failed or cannot be reached.
    """
    return _download(candidate, config_files(candidate.modality), token, offline)


def cached_bytes(candidate: Candidate) -> int:
    """Return how much of a candidate is on this machine already: all of a local folder, or what the Hub's cache
    holds.
    """
    folder = Path(candidate.path) if candidate.path else snapshot_folder(hub_id(candidate), candidate.revision)
    if not folder.is_dir():
        return 0
    return sum(
        (folder / name).stat().st_size for name in wanted_files(candidate.weights, files_in(folder), candidate.modality)
    )


def _download(candidate: Candidate, wanted: Sequence[str], token: str | bool | None, offline: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils import httpx

    from hubscore import __version__

    if candidate.path is not None:
        return Path(candidate.path)
    if not offline:
        hand_over(hub_id(candidate), candidate.revision)
    try:
        # The client tries some of its requests again by itself, and what is here already is not fetched twice.
        folder = retry(
            lambda: snapshot_download(
                hub_id(candidate),
                revision=candidate.revision,
                allow_patterns=list(wanted),
                token=token,
                library_name="hubscore",
                library_version=__version__,
                local_files_only=offline,
            )
        )
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, candidate.repo_id) from error
    return Path(folder)
