"""How a candidate may be written: an id, an id at a revision, the address of its page, a folder."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import isdir
from pathlib import Path

from hubscore.errors import CandidateError
from hubscore.hub.addresses import HubAddress, read_address
from hubscore.hub.near_names import did_you_mean, near_paths

_PATH_STARTS = ("./", "../", "/", "~", ".\\", "..\\")
_LIST_ENDS = (".txt", ".json", ".csv")


@dataclass(frozen=True)
class CandidateName:
    """One candidate as it was written, taken apart.

    Attributes:
        text: as written.
        repo_id: the repo on the Hub, none for a folder.
        revision: branch, tag or commit, where one was given.
        folder: the folder of a local checkpoint, none for a Hub repo.
    """

    text: str
    repo_id: str | None = None
    revision: str | None = None
    folder: Path | None = None


def parse_name(text: str, *, endpoint: str | None = None) -> CandidateName:
    """Take a candidate's name apart; an existing folder wins over a repo of the same name.

    Args:
        text: ``org/name``, ``org/name@revision``, ``hf://models/org/name@revision``, the address of a
            model's page, or a folder.
        endpoint: the Hub in use, whose URLs count as the Hub's own.

    Raises:
        CandidateError: the text names nothing that can be a checkpoint.
    """
    folder = Path(text).expanduser()
    if text and isdir(folder):
        return CandidateName(text, folder=folder)
    address = read_address(text, endpoint)
    if address is not None:
        return _from_address(text, address)
    if text.startswith(_PATH_STARTS) or text.endswith(_LIST_ENDS):
        near = did_you_mean(near_paths(text, _LIST_ENDS))
        fix = near or "check the path, or name a Hub model as owner/name"
        raise CandidateError(f"No file or folder {text!r}", "it does not exist", fix)
    if "://" in text:
        return _from_uri(text, endpoint)
    repo_id, at, revision = text.partition("@")
    _check_id(repo_id, text)
    if at and not revision:
        raise CandidateError(
            f"Cannot read the model {text!r}", "nothing follows the @", f"{repo_id}, or {repo_id}@REVISION"
        )
    return CandidateName(text, repo_id=repo_id, revision=revision or None)


def _from_address(text: str, address: HubAddress) -> CandidateName:
    if address.kind != "model":
        found = {"dataset": "dataset", "space": "space"}.get(address.kind or "", "page of no model")
        raise _no_model(text, found, address.repo_id)
    if "/" in address.path or (address.path and not address.is_file):
        folder = address.path if not address.is_file else address.path.rpartition("/")[0]
        why = f"it shows the folder {folder}, and hubscore reads what lies at the top of a repo"
        fix = f"--models {address.repo_id}, or hf download {address.repo_id} --include '{folder}/*' --local-dir DIR and"
        raise CandidateError(f"Cannot read the model {text!r}", why, f"{fix} --models DIR/{folder}", subject=text)
    _check_id(address.repo_id, text)
    return CandidateName(text, repo_id=address.repo_id, revision=address.revision)


def _from_uri(text: str, endpoint: str | None) -> CandidateName:
    from huggingface_hub.errors import HfUriError
    from huggingface_hub.utils import parse_hf_uri

    try:
        uri = parse_hf_uri(text, endpoint=endpoint)
    except HfUriError as error:
        raise CandidateError(
            f"Cannot read the model {text!r}", str(error).splitlines()[-1], "write it as owner/name"
        ) from error
    if uri.type != "model":
        raise _no_model(text, uri.type, uri.id)
    return CandidateName(text, repo_id=uri.id, revision=uri.revision)


def _no_model(text: str, found: str, repo_id: str) -> CandidateError:
    fix = "write it as owner/name"
    if found == "dataset":
        fix = f"name a model as owner/name; the data set goes first: hubscore rank {repo_id} --models ID"
    predicate = f"is a {found}"
    return CandidateError(
        f"{text!r} {predicate}", "a candidate must be a model", fix, subject=text, predicate=predicate
    )


def _check_id(repo_id: str, text: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise CandidateError(
            f"Cannot read the model {text!r}", "it is neither a Hub id nor a folder", "write it as owner/name"
        ) from error
