"""From facts about a repo to a candidate."""

from __future__ import annotations

from hubscore.candidates.card_metadata import base_model_of, license_of, source_size_of
from hubscore.candidates.compatibility import library_of
from hubscore.candidates.family import family_of
from hubscore.candidates.repo_info import RepoInfo
from hubscore.candidates.weights import choose_weights, exact_bytes
from hubscore.types import Candidate


def candidate_from_repo_info(facts: RepoInfo, *, repo_id: str | None = None) -> Candidate:
    """Return the candidate for a repo that :func:`hubscore.candidates.compatibility.refusal` lets through.

    Args:
        facts: what the repo says about itself.
        repo_id: the candidate's key where that is not the repo's name (a second revision of one repo).
    """
    library = library_of(facts)
    if library is None:
        raise ValueError(f"{facts.name} was not refused and has no library")
    weights = choose_weights(facts.files)
    return Candidate(
        repo_id=repo_id or facts.name,
        revision=facts.revision,
        library=library,
        task=facts.task,
        parameters=facts.parameters,
        bytes=exact_bytes(weights, facts.files),
        license=license_of(facts),
        gated=facts.gated,
        base_model=base_model_of(facts),
        family=family_of(facts.config, facts.name, library),
        downloads=facts.downloads,
        likes=facts.likes,
        source_size=source_size_of(facts),
        weights=weights,
        path=facts.path,
    )
