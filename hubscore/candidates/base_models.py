"""What the cards of base models say that they were trained on, where these are no candidates themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.card_metadata import datasets_of
from hubscore.candidates.repo_info import repo_info
from hubscore.errors import ErrorCode
from hubscore.hub.errors import explain_error
from hubscore.hub.listing import model_json

if TYPE_CHECKING:
    from huggingface_hub import HfApi

_NO_HUB = (ErrorCode.OFFLINE, ErrorCode.UNREACHABLE, ErrorCode.TIMEOUT)


def with_base_datasets(found: CandidateSet, api: HfApi) -> CandidateSet:
    """Return the candidates with the training data of the checkpoints that they were derived from: one request for each
    base model that is no candidate itself.

    Nothing is asked for folders on this machine. What the Hub does not answer stays unknown, and a Hub that cannot be
    reached is not asked again: this is never what stops a run.

    Args:
        found: the candidates.
        api: the Hub client.
    """
    here = {one.repo_id for one in found.candidates}
    bases = dict.fromkeys(
        one.base_model for one in found.candidates if one.path is None and one.base_model and one.base_model not in here
    )
    known = _datasets(list(bases), api)
    return replace(
        found,
        candidates=tuple(
            replace(one, base_datasets=known[one.base_model]) if one.path is None and one.base_model in known else one
            for one in found.candidates
        ),
    )


def _datasets(names: list[str], api: HfApi) -> dict[str, tuple[str, ...]]:
    from huggingface_hub.utils import httpx

    known: dict[str, tuple[str, ...]] = {}
    for name in names:
        try:
            known[name] = datasets_of(repo_info(model_json(api, name)))
        except (OSError, ValueError, httpx.HTTPError) as error:
            if explain_error(error, name).code in _NO_HUB:
                break
    return known
