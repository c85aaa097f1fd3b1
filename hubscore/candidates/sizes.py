"""Exact sizes of the candidates that a search chose: one request each, before anything is downloaded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.weights import choose_weights, exact_bytes, weight_files
from hubscore.errors import CandidateError, HubscoreError, reason_of
from hubscore.hub.client import hub_id
from hubscore.hub.errors import explain_error
from hubscore.hub.known_files import KnownFile, cached_files, files_of_tree, note_files
from hubscore.hub.outage import outage_code
from hubscore.types import Candidate, Skipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from huggingface_hub import HfApi

_AT_ONCE = 8


@dataclass(frozen=True)
class _Measured:
    """One candidate with its exact size and the hashes of its weights, or the error."""

    candidate: Candidate
    hashes: tuple[str, ...] = ()
    error: HubscoreError | None = None


def measure_sizes(found: CandidateSet, *, api: HfApi) -> CandidateSet:
    """Replace estimated sizes by exact ones, and drop copies: repos whose weights are the same file as an earlier
    one's.

    Candidates whose bytes are known are not asked about. One that cannot be read any more becomes a skip.

    Raises:
        HubError: nothing could be read, so the Hub itself is the trouble.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        measured = list(pool.map(lambda candidate: _measure(candidate, api), found.candidates))
    failed = [one for one in measured if one.error is not None]
    if failed and len(failed) == len(measured):
        raise failed[0].error or CandidateError("no candidate could be read")
    kept, copies = _without_copies([one for one in measured if one.error is None])
    left_out = dict(found.left_out_names)
    if copies:
        left_out["same weights as a chosen one"] = tuple(one.candidate.repo_id for one in copies)
    sized = {one.candidate.repo_id for one in kept if one.candidate.bytes is not None}
    return replace(
        found,
        candidates=tuple(one.candidate for one in kept),
        skipped=(*found.skipped, *(_skipped(one.candidate, one.error) for one in failed if one.error)),
        left_out_names=left_out,
        estimated_bytes={name: size for name, size in found.estimated_bytes.items() if name not in sized},
    )


def _measure(candidate: Candidate, api: HfApi) -> _Measured:
    """List the files in the root of one repo with their sizes."""
    from huggingface_hub.utils import httpx

    if candidate.path is not None or candidate.bytes is not None:
        return _Measured(candidate)
    try:
        files = _root(candidate, api)
    except (OSError, ValueError, TypeError, KeyError, httpx.HTTPError) as error:
        return _Measured(candidate, error=explain_error(error, candidate.repo_id))
    weights = choose_weights(files)
    if weights is None:
        return _Measured(
            candidate,
            error=CandidateError(
                f"{candidate.repo_id!r} cannot be ranked",
                "a config without weights",
                subject=candidate.repo_id,
                predicate="cannot be ranked",
            ),
        )
    hashes = _hashes(weights, files)
    size = exact_bytes(weights, {name: entry.size for name, entry in files.items()}, candidate.modality)
    return _Measured(replace(candidate, weights=weights, bytes=size), hashes)


def weight_hashes(candidate: Candidate, api: HfApi) -> tuple[str, ...]:
    """Return the sha256 of each weight file of a candidate at its commit; empty where the Hub does not say, or for a
    local folder.

    Raises:
        CandidateError: the repo or the commit is gone.
        HubError: the Hub refused, failed or cannot be reached.
    """
    from huggingface_hub.utils import httpx

    if candidate.path is not None:
        return ()
    try:
        files = _root(candidate, api)
    except (OSError, ValueError, httpx.HTTPError) as error:
        raise explain_error(error, candidate.repo_id) from error
    weights = choose_weights(files)
    return _hashes(weights, files) if weights else ()


def _root(candidate: Candidate, api: HfApi) -> dict[str, KnownFile]:
    """List the files in the root of one repo, those below it too, so that its download need not; the client itself
    tries again, and asks nobody about a commit that its cache lists.
    """
    from huggingface_hub import RepoFile

    name, revision = hub_id(candidate), candidate.revision
    files = cached_files(name, revision)
    if files is None:
        tree = api.list_repo_tree(name, revision=revision, recursive=True)
        files = files_of_tree(entry for entry in tree if isinstance(entry, RepoFile))
        note_files(name, revision, files)
    return {path: file for path, file in files.items() if "/" not in path}


def _hashes(weights: str, files: Mapping[str, KnownFile]) -> tuple[str, ...]:
    """Return what tells one set of weights from another; an index says nothing that its shards do not."""
    hashes = (files[name].sha256 for name in weight_files(weights, files))
    return tuple(sha256 for sha256 in hashes if sha256)


def _without_copies(measured: list[_Measured]) -> tuple[list[_Measured], list[_Measured]]:
    """Split into the first holder of each set of weights, and the rest."""
    seen: set[tuple[str, ...]] = set()
    kept: list[_Measured] = []
    copies: list[_Measured] = []
    for one in measured:
        (copies if one.hashes and one.hashes in seen else kept).append(one)
        seen.add(one.hashes)
    return kept, copies


def _skipped(candidate: Candidate, error: HubscoreError) -> Skipped:
    return Skipped(candidate.repo_id, reason_of(error), code=outage_code(error))
