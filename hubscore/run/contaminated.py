"""Checkpoints that were trained on the very data: looked up, and left out where that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.candidates.base_models import with_base_datasets
from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.label_names import read_label_names
from hubscore.errors import CandidateError, HubscoreError
from hubscore.hub.client import hub_api, hub_id, snapshot_folder
from hubscore.ranking.contamination import declares_this_data, hub_name, same_classes
from hubscore.run.exclusion import ALL
from hubscore.types import Candidate, Probe, Skipped

if TYPE_CHECKING:
    from hubscore.run.session import Session


def leave_out_contaminated(session: Session, found: CandidateSet, probe: Probe) -> CandidateSet:
    """Return the candidates as :func:`leave_out_declared` does, and where all are to be left out, without those whose
    classes are called what the probe's are; of each its configuration alone is fetched.

    Raises:
        CandidateError: none is left.
    """
    found = leave_out_declared(session, found, probe)
    if session.candidates.exclude_contaminated != ALL or not probe.classes:
        return found
    for one in found.candidates:
        try:
            session.downloader.download_config(one)
        except HubscoreError:  # the run says so when it comes to this one
            continue
    out = {
        one.repo_id: "its own classes are called what the classes of the data are"
        for one in with_label_names(session, found)
        if same_classes(one.label_names, probe.classes)
    }
    return _without(found, out, hint=True)


def leave_out_declared(session: Session, found: CandidateSet, probe: Probe) -> CandidateSet:
    """Return the candidates with what the cards of their base models say; where it is asked for, those that declare the
    probe's data as training data are skipped. Nothing is downloaded, and of data on this machine nothing is asked.

    Args:
        session: the run.
        found: its candidates.
        probe: whose data set is looked for.

    Raises:
        CandidateError: none is left.
    """
    dataset = hub_name(probe)
    if not dataset:
        return found
    found = with_base_datasets(found, hub_api(session.run.token))
    if not session.candidates.exclude_contaminated:
        return found
    known = {one.repo_id: one for one in found.candidates}
    out = {
        name: f"its card, or its base model's, declares {dataset} as training data"
        for name, one in known.items()
        if declares_this_data(one, dataset, known)
    }
    return _without(found, out, hint=False)


def with_label_names(session: Session, found: CandidateSet) -> tuple[Candidate, ...]:
    """Return the candidates with the names of their own classes, of those whose configuration this run fetched or left
    on the disk.
    """
    known = session.downloader.label_names

    def names(one: Candidate) -> tuple[str, ...]:
        if one.repo_id in known:
            return known[one.repo_id]
        return read_label_names(Path(one.path) if one.path else snapshot_folder(hub_id(one), one.revision))

    return tuple(replace(one, label_names=names(one)) for one in found.candidates)


def _without(found: CandidateSet, out: Mapping[str, str], *, hint: bool) -> CandidateSet:
    if out and len(out) == len(found.candidates):
        name, reason = next(iter(out.items()))
        others = f", and so for {len(out) - 1} more" if len(out) > 1 else ""
        raise CandidateError(
            "--exclude-contaminated leaves no candidate",
            f"{name}: {reason}{others}",
            "leave out --exclude-contaminated, or name others with --models",
        )
    return replace(
        found,
        candidates=tuple(one for one in found.candidates if one.repo_id not in out),
        skipped=(*found.skipped, *(Skipped(name, reason, hint=hint) for name, reason in out.items())),
    )
