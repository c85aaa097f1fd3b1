"""`rank()`: from a data set and some candidates to a ranking."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from hubscore.calibration.calibration import Calibration
from hubscore.candidates.candidate_set import CandidateSet
from hubscore.extract.concat import concat_probes
from hubscore.numerics.workspace import Floats
from hubscore.run.contaminated import leave_out_contaminated
from hubscore.run.environment import environment
from hubscore.run.extraction import layer_request
from hubscore.run.growing import Grown
from hubscore.run.history import read_history, with_known_history
from hubscore.run.keywords import takes_options
from hubscore.run.label_texts import check_label_texts, read_label_texts
from hubscore.run.observer import RunObserver
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.own_nouns import in_own_nouns
from hubscore.run.race import Raced, race_work, run_last, run_race
from hubscore.run.race_rules import check_race, races
from hubscore.run.rank_options import RankOptions
from hubscore.run.recommended import check_recommend, find_recommended
from hubscore.run.reference import find_reference, with_reference
from hubscore.run.second_stage import second_stage
from hubscore.run.session import Session
from hubscore.run.short_split import draw_short_split
from hubscore.run.stored_work import passes_left
from hubscore.run.validation import check_maps, check_probes, check_request
from hubscore.types import Candidate, Probe, Ranking, Reference, RunRecord


@takes_options(CandidateOptions, RankOptions, DataOptions, RunOptions)
def rank(
    dataset: str | os.PathLike[str] | Probe,
    *,
    data: DataOptions,
    candidates: CandidateOptions,
    ranking: RankOptions,
    run: RunOptions,
    watcher: RunObserver | None = None,
) -> Ranking:
    """Rank checkpoints by how well they should transfer to a data set.

    Args:
        dataset: a Hub id, a folder of images, a CSV or Parquet file, or a :class:`Probe` drawn before.
        data: options of the data as one object, in place of its keywords below; so are the next three.
        candidates: which checkpoints.
        ranking: which scores.
        run: how checkpoints run.
        watcher: called at every step.

    Returns:
        The ranking; ``ranking.best`` is its first row.

    Raises:
        DatasetError: the data set cannot be used.
        CandidateError: no candidate could be ranked.
        BudgetError: more would be downloaded than allowed.
        UsageError: an option cannot be used, or does not go with the data or with another one.
        HubscoreError: the Hub or the disk failed; what was computed is kept.

    Example:
        >>> ranking = rank("user/birds", models=["timm/resnet18.a1_in1k", "./my-vit"])  # doctest: +SKIP
        >>> ranking.save("ranking.html")  # doctest: +SKIP
    """
    if isinstance(dataset, Probe) and dataset.labels is None:
        data = replace(data, unlabeled=True)
    check_request(ranking, unlabeled=data.unlabeled)
    check_race(ranking)
    texts, calibration = read_label_texts(ranking.label_texts), Calibration.of(ranking.calibration)
    history = read_history(ranking, token=run.token)
    session = Session(data, candidates, run, watcher)
    session.open()
    session.check_models()
    check_recommend(ranking, session.candidates)
    find_reference(session, ranking.reference)
    probes, rows = _draw_probes(session, dataset, ranking, texts)
    split = draw_short_split(session, dataset, probes[0], rows) if ranking.finetune_top is not None else None
    chosen = find_recommended(session, ranking, probes[0])
    found = leave_out_contaminated(session, chosen.found, rows)
    network = find_reference(session, ranking.reference)
    everyone = with_reference(found, network)
    work = None
    if split is not None and ranking.finetune_top is not None:
        work = split.work(ranking.finetune_top, ranking.train)
    layers = layer_request(ranking, found, everyone, probes, seed=data.seed)
    kernels = layers is not None
    race = race_work(ranking, probes[0], len(found), layers=kernels)
    left = (
        passes_left(session, everyone.candidates, rows, transform=ranking.transform, layers=layers)
        if network is None  # else its maps, and those of all others, need the weights
        else None
    )
    plan = session.begin(everyone, len(rows), work, layers=kernels, race=race, left=left)
    raced = Raced(found)
    if races(ranking, len(found)):
        raced = run_race(session, ranking, found, probes[0], texts, plan, calibration, layers=kernels)
    grown = run_last(session, ranking, raced, network, probes, rows, texts, layers, plan)
    record = _record(session, found, grown, network, ranking)
    made = grown.builder.finish(
        skipped=(*found.skipped, *raced.skipped, *grown.skipped),
        record=replace(record, recommended=chosen.text, forward_images=grown.forward_images + raced.forward_images),
        calibration=calibration,
        among=len(found) - len(raced.skipped),
    )
    made = with_known_history(in_own_nouns(made), history, ranking, calibration.history_weight)
    if split is not None and ranking.finetune_top is not None:
        made = second_stage(session, made, found.candidates, split, ranking.finetune_top, train=ranking.train)
    return raced.finish(made, ranking)


def _draw_probes(
    session: Session, dataset: str | os.PathLike[str] | Probe, ranking: RankOptions, texts: Sequence[Floats] | None
) -> tuple[list[Probe], Probe]:
    """Draw fresh probes, one by default, and check what must fit them; return them, and all their rows."""
    check_probes(ranking.probes, dataset)
    unlabeled = session.data.unlabeled
    probes: list[Probe] = []
    for number in range(ranking.probes):
        probe = session.draw_probe(dataset, labels_required=not unlabeled, number=number)
        check_label_texts(texts, probe)  # before more is read
        session.observer.drawn(probe)
        if ranking.reference is not None:
            check_maps(probe.modality, ranking.scores, unlabeled=unlabeled, head=ranking.reference_head)
        probes.append(probe)
    return probes, concat_probes(probes)


def _record(
    session: Session,
    found: CandidateSet,
    grown: Grown,
    network: Candidate | None,
    ranking: RankOptions,
) -> RunRecord:
    """Return what a ranking says of its run beside what its scores say."""
    return RunRecord(
        **environment(),
        left_out={reason: list(names) for reason, names in found.left_out_names.items()},
        forward_images=grown.forward_images,
        input_size=session.run.input_size,
        input_sizes={one.repo_id: one.input_size for one in found.candidates if one.input_size is not None},
        precision=session.run.precision,
        samples=session.data.samples,
        transform=ranking.transform,
        maps_skipped=grown.maps.skipped,
        map_images=grown.maps.images,
        reference=None if network is None else Reference(network.repo_id, network.revision, ranking.reference_head),
    )
