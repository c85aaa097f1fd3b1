"""From what a repo says about itself to a candidate."""

from __future__ import annotations

from hubscore.candidates.card_metadata import base_model_of, datasets_of, license_of, source_size_of, tags_of_multilabel
from hubscore.candidates.compatibility import modality_of
from hubscore.candidates.family import family_of
from hubscore.candidates.repo_info import RepoInfo
from hubscore.candidates.weights import choose_weights, exact_bytes
from hubscore.modalities.base import Modality
from hubscore.types import Candidate


def candidate_from_repo_info(
    info: RepoInfo, *, repo_id: str | None = None, modality: Modality | None = None
) -> Candidate:
    """Return the candidate for a repo that :func:`hubscore.candidates.compatibility.refusal` lets through.

    Args:
        info: what the repo says about itself.
        repo_id: the candidate's key where that is not the repo's name (a second revision of one repo).
        modality: whose network it is; found by its library and configuration otherwise.
    """
    modality = modality or modality_of(info)
    library = modality.library_of(info) if modality else None
    if modality is None or library is None:
        raise ValueError(f"{info.name} was not refused and has no library")
    weights = choose_weights(info.files)
    return Candidate(
        repo_id=repo_id or info.name,
        revision=info.revision,
        library=library,
        task=info.task,
        parameters=info.parameters,
        bytes=exact_bytes(weights, info.files, modality.name),
        license=license_of(info),
        gated=info.gated,
        base_model=base_model_of(info),
        family=family_of(info.config, info.name, library),
        downloads=info.downloads,
        likes=info.likes,
        source_size=source_size_of(info),
        weights=weights,
        path=info.path,
        modality=modality.name,
        multilabel=tags_of_multilabel(info.tags, info.files),
        datasets=datasets_of(info),
    )
