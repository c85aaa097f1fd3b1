"""`rank()`: from a data set and some candidates to a ranking, in steps that the command line shares."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.download import cached_bytes
from hubscore.candidates.downloader import Downloader
from hubscore.candidates.plan import Plan, check_budget, make_plan
from hubscore.candidates.query import Query
from hubscore.candidates.resolve import resolve_candidates
from hubscore.candidates.search import search_candidates
from hubscore.candidates.sizes import measure_sizes
from hubscore.errors import CandidateError, UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.concat import concat_probes
from hubscore.extract.distributed import resolve_device
from hubscore.extract.extract_all import ExtractionOutcome, extract_all
from hubscore.extract.launch import Job, launch, wanted_processes
from hubscore.extract.machine_speed import seconds_per_parameter
from hubscore.hub.client import free_bytes, hub_api
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking
from hubscore.run.label_texts import LabelTexts, check_label_texts, read_label_texts
from hubscore.run.reference import apply_reference, check_reference, make_maps, with_reference
from hubscore.run.validation import check_request, needs_maps
from hubscore.types import Candidate, Probe, Ranking, Skipped, Target

if TYPE_CHECKING:
    from hubscore.extract.events import Event, Progress

BUDGET_GB = 5.0


class RunObserver:
    """What a run tells while it goes; the command line prints it, by default nobody listens."""

    def drawn(self, probe: Probe) -> None:
        """The probe is in memory."""

    def planned(self, plan: Plan, budget_gb: float, yes: bool) -> None:
        """Candidates are known and nothing of them is downloaded yet.

        Raises:
            BudgetError: the run would download more than ``budget_gb``.
        """
        check_budget(plan, budget_gb, yes=yes)

    def extracting(self, plan: Plan) -> None:
        """The first candidate is about to be fetched."""

    def mapping(self, plan: Plan, method: str) -> None:
        """The candidates are about to be run again, for attribution maps by this method."""

    def event(self, event: Event) -> None:
        """A candidate was started, finished or skipped."""

    def scoring(self, done: int, total: int) -> None:
        """Scores are being computed."""


def rank(
    dataset: str | os.PathLike[str] | Probe,
    *,
    models: Sequence[str] | None = None,
    query: Query | None = None,
    scores: str | Sequence[str] = "all",
    samples: int = 500,
    seed: int = 0,
    config: str | None = None,
    split: str | None = None,
    revision: str | None = None,
    image_column: str | None = None,
    label_column: str | None = None,
    target: Target | None = None,
    unlabeled: bool = False,
    reference: str | None = None,
    reference_head: bool = False,
    reduce: int | None = None,
    capacity: bool = False,
    subsamples: int = 20,
    resample: str | Sequence[str] = (),
    label_texts: LabelTexts | None = None,
    probes: int = 1,
    input_size: int | None = None,
    batch_size: int | None = None,
    device: str = "auto",
    processes: int | None = None,
    probe_bytes: int = 2_000_000_000,
    budget_gb: float = BUDGET_GB,
    yes: bool = False,
    evict: bool = False,
    cache_dir: str | os.PathLike[str] | None = None,
    token: str | bool | None = None,
    watcher: RunObserver | None = None,
) -> Ranking:
    """Rank checkpoints by how well they should transfer to a data set.

    Args:
        dataset: a Hub id, a folder of images, a CSV or Parquet file, or a :class:`Probe` drawn before.
        models: ids, ``id@revision``, folders, or files that list them; without, ``query`` is searched for.
        query: what to search the Hub for; by default the 20 most downloaded checkpoints for image classification, one
            an architecture family.
        scores: ``"all"`` or names; ``hubscore scores`` lists them.
        samples: rows to draw, the same number of each class as far as they go.
        seed: of the draw and of every random step.
        config: configuration of the data set.
        split: split to draw from.
        revision: of the data set.
        image_column: found by type otherwise.
        label_column: found by type otherwise.
        target: what the labels are; found by type otherwise.
        unlabeled: use only what needs no labels.
        reference: a network that was trained on the target, as in ``models``: candidates are compared with it, shown
            beside the other scores, and ranked by it where there are no labels.
        reference_head: train a linear head on the labels over ``reference`` first, and compare with its outputs.
        reduce: exact PCA to so many dimensions before every score that reads features.
        capacity: add each network's depth to every score (PARC, Eq. 6).
        subsamples: for the intervals; 0 for none.
        resample: slow scores to recompute on every subsample all the same (``nleep`` has no interval otherwise).
        label_texts: class names as text models write them, for EMMS: an ``.npz`` file with one array a text model, an
            ``.npy`` file, or the arrays, each of shape (classes, dimensions), rows in the order of the probe's classes.
        probes: from 2 on, draw so many fresh probes as the papers do: every score is the mean over them and the
            intervals come from their spread instead of from subsamples. Costs as many extractions of every checkpoint.
        input_size: pixels a side, for networks that accept another size.
        batch_size: chosen by memory otherwise.
        device: ``auto``, ``cpu``, ``cuda``, ...
        processes: started through accelerate; by default one a GPU.
        probe_bytes: most bytes read of the data set.
        budget_gb: most gigabytes of checkpoints downloaded without asking.
        yes: download more than that.
        evict: delete what was downloaded of a checkpoint once it has run.
        cache_dir: where features are kept.
        token: for the Hub; the saved one by default.
        watcher: told what happens.

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
    watcher = watcher or RunObserver()
    unlabeled = unlabeled or (isinstance(dataset, Probe) and dataset.labels is None)
    check_request(
        scores,
        reduce=reduce,
        subsamples=subsamples,
        resample=resample,
        probes=probes,
        unlabeled=unlabeled,
        reference=reference is not None,
        head=reference_head,
        label_texts=label_texts is not None,
    )
    _check_probes(probes, dataset)
    check_reference(reference, head=reference_head, unlabeled=unlabeled)
    resolve_device(device)
    texts = read_label_texts(label_texts)
    store = FeatureCache(cache_dir)
    store.prepare()
    drawn = (
        [dataset]
        if isinstance(dataset, Probe)
        else [
            load_probe(
                dataset,
                config=config,
                split=split,
                revision=revision,
                image_column=image_column,
                label_column=label_column,
                target=target,
                samples=samples,
                seed=seed + number,
                max_bytes=probe_bytes,
                labels_required=not unlabeled,
                token=token,
            )
            for number in range(probes)
        ]
    )
    if unlabeled:
        drawn = [replace(probe, labels=None, target=None, classes=()) for probe in drawn]
    for probe in drawn:
        check_label_texts(texts, probe)
        watcher.drawn(probe)
    whole = concat_probes(drawn)
    found = find_candidates(models, query, token=token)
    guide = find_reference(reference, token=token) if reference else None
    plan = plan_run(with_reference(found, guide), samples=len(whole), store=store, device=device, input_size=input_size)
    watcher.planned(plan, budget_gb, yes)
    watcher.extracting(plan)
    everyone = with_reference(found, guide).candidates
    outcome = extract(
        everyone,
        whole,
        store=store,
        token=token,
        processes=processes,
        device=device,
        input_size=input_size,
        batch_size=batch_size,
        evict=evict,
        progress=watcher.event,
    )
    maps, no_maps, map_images = (
        make_maps(
            everyone,
            whole,
            store=store,
            token=token,
            device=device,
            input_size=input_size,
            batch_size=batch_size,
            evict=evict,
            begin=lambda method: watcher.mapping(plan, method),
            progress=watcher.event,
        )
        if guide is not None and needs_maps(scores, unlabeled=unlabeled, head=reference_head)
        else ({}, {}, 0)
    )
    first, *fresh = apply_reference(outcome, drawn, guide, maps=maps, head=reference_head, seed=seed)
    record = {
        "left_out": {reason: list(names) for reason, names in found.left_out_names.items()},
        "forward_images": outcome.forward_images,
        "input_size": input_size,
        "samples": samples,
        "maps_skipped": no_maps,
        "map_images": map_images,
        "reference": None
        if guide is None
        else {"model": guide.repo_id, "revision": guide.revision, "head": reference_head},
    }
    return build_ranking(
        found.candidates,
        first.extractions,
        first.probe,
        reference=first.reference,
        maps=first.maps,
        fresh=fresh,
        scores=scores,
        reduce=reduce,
        capacity=capacity,
        subsamples=subsamples,
        seed=seed,
        resample=resample,
        label_texts=texts,
        skipped=(*found.skipped, *outcome.skipped),
        progress=watcher.scoring,
        record=record,
    )


def _check_probes(probes: int, dataset: object) -> None:
    if probes < 1:
        raise UsageError(f"Cannot draw {probes} probes", "one is the least", "--probes 5, or leave it out")
    if probes > 1 and isinstance(dataset, Probe):
        raise UsageError(
            f"Cannot draw {probes} probes",
            "a probe that was drawn already was given",
            "give the data set's name instead",
        )


def extract(
    candidates: Sequence[Candidate],
    probe: Probe,
    *,
    store: FeatureCache,
    token: str | bool | None = None,
    processes: int | None = None,
    device: str = "auto",
    input_size: int | None = None,
    batch_size: int | None = None,
    evict: bool = False,
    progress: Progress | None = None,
) -> ExtractionOutcome:
    """Run every candidate over the probe, in one process or in several; what those stored is then read from the
    store.
    """
    downloader, gone, forwards = Downloader(token), dict[str, Skipped](), 0
    count = wanted_processes(processes, device, len(candidates))
    if count > 1:
        job = Job(tuple(candidates), probe, str(store.root), device, input_size, batch_size, evict)
        launched = launch(job, count, token=token, progress=progress)
        gone, forwards, progress = {item.model: item for item in launched.skipped}, launched.forward_images, None
    outcome = extract_all(
        [one for one in candidates if one.repo_id not in gone],
        probe,
        fetch=downloader.download,
        fetch_config=downloader.download_config,
        store=store,
        forget=downloader.evict if evict else None,
        device=device,
        input_size=input_size,
        batch_size=batch_size,
        progress=progress,
    )
    skipped = gone | {item.model: item for item in outcome.skipped}
    ordered = tuple(skipped[one.repo_id] for one in candidates if one.repo_id in skipped)
    return ExtractionOutcome(outcome.extractions, ordered, outcome.forward_images + forwards)


def plan_run(
    found: CandidateSet, *, samples: int, store: FeatureCache, device: str = "auto", input_size: int | None = None
) -> Plan:
    """Return what running the candidates would download, take on the disk and last; this machine's speed is measured
    once.
    """
    return make_plan(
        found,
        samples=samples,
        cached={one.repo_id: cached_bytes(one) for one in found.candidates},
        rate=seconds_per_parameter(store.root, device),
        input_size=input_size,
        free=free_bytes(),
    )


def find_reference(name: str, *, token: str | bool | None = None) -> Candidate:
    """Return the network that candidates are compared with.

    Raises:
        CandidateError: it cannot be used.
    """
    try:
        return find_candidates([name], None, token=token).candidates[0]
    except CandidateError as error:
        raise CandidateError(
            f"The reference network {name!r} cannot be used", error.why, "--reference ID of another network"
        ) from error


def find_candidates(
    models: Sequence[str] | None, query: Query | None, *, token: str | bool | None = None
) -> CandidateSet:
    """Return the candidates that were named, or else those that the Hub lists, with their sizes.

    Raises:
        CandidateError: there are none.
        HubError: the Hub cannot be read.
    """
    api = hub_api(token)
    found = measure_sizes(
        resolve_candidates(models, api=api) if models else search_candidates(query or Query(), api=api),
        api=api,
    )
    if not found.candidates:
        reasons = "; ".join(f"{item.model}: {item.reason}" for item in found.skipped)
        raise CandidateError(
            "There is no candidate to rank", reasons or "none was named and none was found", "--models or --search"
        )
    return found
