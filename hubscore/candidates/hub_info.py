"""One repo on the Hub, looked at closely: what `resolve` asks for every id that a person named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.candidates import local_folders as local
from hubscore.candidates.repo_info import RepoInfo, repo_info
from hubscore.candidates.weights import choose_weights, is_buffer, is_pickle, patterns
from hubscore.errors import CandidateError
from hubscore.hub.client import snapshot_folder
from hubscore.hub.errors import explain_error
from hubscore.hub.known_files import files_of_answer, note_files
from hubscore.hub.listing import model_json
from hubscore.hub.retry import retry
from hubscore.text import parse_json

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_TELLING = {"model_type", "architectures", "architecture"}


def repo_info_on_hub(repo_id: str, revision: str | None, api: HfApi) -> RepoInfo:
    """Pin a repo to its commit and read what it says about itself: one request, and few more where that does not tell.

    In offline mode the cached copy is read instead.

    Raises:
        CandidateError: unknown, gated, disabled, or no such revision.
        HubError: the Hub refused, failed or cannot be reached.
    """
    from huggingface_hub.errors import OfflineModeIsEnabled
    from huggingface_hub.utils import httpx

    try:
        answer = retry(lambda: model_json(api, repo_id, revision))
        info = repo_info(answer)
        note_files(info.name or repo_id, info.revision, files_of_answer(answer))
        if info.gated:
            retry(lambda: api.auth_check(repo_id))
        return _completed(replace(info, name=info.name or repo_id), api)
    except OfflineModeIsEnabled as error:
        return _from_cache(repo_id, revision, error)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, repo_id) from error


def _completed(info: RepoInfo, api: HfApi) -> RepoInfo:
    """Fetch what the Hub's answer left open: the configuration, and the number of parameters."""
    if not _TELLING & info.config.keys() and "config.json" in info.files:
        info = replace(info, config=_config(info, api))
    if info.parameters is None and not is_pickle(choose_weights(info.files) or "pytorch_model.bin"):
        info = replace(info, parameters=_parameters(info, api))
    return info


def _config(info: RepoInfo, api: HfApi) -> dict[str, object]:
    path = api.hf_hub_download(info.name, "config.json", revision=info.revision)
    try:
        config = parse_json(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise CandidateError(
            f"{info.name!r} has a broken config.json",
            str(error),
            "choose another model",
            subject=info.name,
            predicate="has a broken config.json",
        ) from error
    return config if isinstance(config, dict) else {}


def _parameters(info: RepoInfo, api: HfApi) -> int | None:
    """Read the safetensors header; a broken one is found out when the weights are loaded."""
    from huggingface_hub.errors import NotASafetensorsRepoError, SafetensorsParsingError

    try:
        metadata = retry(lambda: api.get_safetensors_metadata(info.name, revision=info.revision))
    except (NotASafetensorsRepoError, SafetensorsParsingError, TypeError, KeyError, AttributeError):
        return None
    tensors = (item for file in metadata.files_metadata.values() for item in file.tensors.items())
    return sum(tensor.parameter_count for name, tensor in tensors if not is_buffer(name))


def _from_cache(repo_id: str, revision: str | None, offline: Exception) -> RepoInfo:
    """Read the cached snapshot of a repo; its folder is called after the commit."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    commit = revision or _only_cached_commit(repo_id)
    try:
        folder = Path(
            snapshot_download(repo_id, revision=commit, local_files_only=True, allow_patterns=patterns(None, None))
        )
    except LocalEntryNotFoundError:
        raise explain_error(offline, repo_id) from offline
    return replace(local.from_folder(folder, repo_id, revision=folder.name), path=None)


def _only_cached_commit(repo_id: str) -> str | None:
    """Return the commit that the cache holds where it holds just one: downloads by commit leave no note of what was
    main.
    """
    commits = list(snapshot_folder(repo_id, "").glob("*"))
    return commits[0].name if len(commits) == 1 else None
