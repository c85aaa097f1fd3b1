"""The reference network of a ranking: one that was trained on the target, or gets a linear head on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.plan import Plan
from hubscore.errors import CandidateError
from hubscore.extract.concat import split_extractions
from hubscore.extract.extract_all import ExtractionOutcome
from hubscore.modalities.attributions import explains
from hubscore.ranking.score_inputs import PENULTIMATE, ProbeResults, features_of
from hubscore.run.linear_head import linear_head_outputs
from hubscore.run.rank_options import RankOptions
from hubscore.run.session import Session
from hubscore.run.validation import needs_maps
from hubscore.types import Candidate, Extraction, Probe

if TYPE_CHECKING:
    from hubscore.attribution.explainer import Objective, Reading

_EXPLAINED: tuple[tuple[str, str, Objective], ...] = (
    ("maps", "saliency", "mean"),
    ("nodes", "gradient_x_input", "norm"),
)
"""Which maps are compared: those of the attribution paper, and DEPARA's nodes (Eq. 3)."""


@dataclass(frozen=True)
class ReferenceMaps:
    """The attribution maps that a ranking compares.

    Attributes:
        by_kind: by kind as :class:`~hubscore.ranking.score_inputs.ProbeResults` has them, and by model.
        skipped: in the same way, why a model has none.
        images: how many images went through networks forwards and backwards.
    """

    by_kind: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    skipped: dict[str, dict[str, str]] = field(default_factory=dict)
    images: int = 0


def find_reference(
    session: Session, name: str | None, *, role: str = "reference", option: str = "--reference"
) -> Candidate | None:
    """Return the network that candidates are compared with; none where none is named.

    Raises:
        CandidateError: it cannot be used.
    """
    if name is None:
        return None
    try:
        return session.find_network(name)
    except CandidateError as error:
        fix = error.fix if error.details.get("near") else ""
        raise unusable(name, error.why, role=role, option=option, code=error.code, fix=fix) from error


def unusable(
    name: str,
    why: str,
    *,
    role: str = "reference",
    option: str = "--reference",
    code: str | None = None,
    fix: str = "",
) -> CandidateError:
    """Return the error of a reference network that cannot be used."""
    what = f"The {role} network {name!r} cannot be used"
    return CandidateError(what, why, fix or f"{option} ID of another network", code=code, subject=name)


def with_reference(found: CandidateSet, network: Candidate | None) -> CandidateSet:
    """Return the candidates and the reference network, which may be one of them."""
    if network is None or any(one.repo_id == network.repo_id for one in found.candidates):
        return found
    return replace(found, candidates=(*found.candidates, network))


def apply_reference(
    outcome: ExtractionOutcome,
    probes: Sequence[Probe],
    network: Candidate | None,
    *,
    maps: Mapping[str, Mapping[str, np.ndarray]],
    head: bool,
    seed: int,
) -> Iterator[ProbeResults]:
    """Yield the results on each probe, with the reference network beside it.

    Args:
        outcome: over all probes together.
        probes: in their order.
        network: the reference network, or none.
        maps: by kind and model, over all probes together.
        head: whether the reference is a linear head on it.
        seed: of the head's folds.

    Raises:
        CandidateError: the reference network could not be run.
    """
    if network is not None and network.repo_id not in outcome.extractions:
        why = next((item.reason for item in outcome.skipped if item.model == network.repo_id), "it was not run")
        raise unusable(network.repo_id, why)
    start = 0
    for probe, extractions in zip(probes, split_extractions(outcome.extractions, probes), strict=True):
        rows = slice(start, start + len(probe))
        start = rows.stop
        of_rows = {kind: {model: values[rows] for model, values in by_model.items()} for kind, by_model in maps.items()}
        reference = None if network is None else extractions[network.repo_id]
        yield ProbeResults(
            probe,
            extractions,
            _with_head(reference, probe, seed) if reference is not None and head else reference,
            of_rows,
        )


def _with_head(reference: Extraction, probe: Probe, seed: int) -> Extraction:
    outputs = linear_head_outputs(features_of(reference), probe, seed=seed)
    return replace(reference, features={PENULTIMATE: outputs})


def make_maps(
    session: Session, candidates: Sequence[Candidate], probe: Probe, plan: Plan, ranking: RankOptions
) -> ReferenceMaps:
    """Make the attribution maps that a ranking compares; none where no score compares maps."""
    wanted = ranking.reference is not None and needs_maps(
        ranking.scores, unlabeled=session.data.unlabeled, head=ranking.reference_head
    )
    by_kind, skipped, images = {}, {}, 0
    for kind, method, objective in _EXPLAINED if wanted else ():
        if not explains(probe.modality, method):  # "all" scores were asked for: those that compare maps are undefined
            continue
        session.observer.mapping(plan, method)
        reading: Reading = "printed" if kind == "maps" and ranking.reading == "printed" else "released"
        outcome = session.attribute(candidates, probe, method, objective=objective, reading=reading)
        by_kind[kind] = {model: made.maps[method] for model, made in outcome.attributions.items()}
        skipped[kind] = {item.model: item.reason for item in outcome.skipped}
        images += outcome.forward_images
    return ReferenceMaps(by_kind, skipped, images)
