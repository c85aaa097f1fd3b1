"""`rank_layers`: from a network and a data set to the layer that should be transferred."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hubscore.attribution import attribute_all
from hubscore.attribution.grid import Grid
from hubscore.candidates.downloader import Downloader
from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.distributed import resolve_device
from hubscore.extract.events import CandidateFinished, CandidateStarted
from hubscore.extract.extract_all import versions
from hubscore.layers.layer_features import LayerFeatures, TargetMaps, run_layers
from hubscore.layers.layer_scores import DEFAULT, DEPARA, Scored, columns_for, depara_layers, recommend, score_layers
from hubscore.layers.result import Layer, LayerSelection
from hubscore.layers.split_points import SplitPoint, Which, find_split_points
from hubscore.models.load import load_network
from hubscore.probe.load import load_probe
from hubscore.ranking.columns import Column
from hubscore.run.rank import RunObserver, find_candidates, plan_run
from hubscore.run.reference import with_reference
from hubscore.run.running import Running
from hubscore.similarity.depara import check_lambda
from hubscore.types import Candidate, Probe, Target

SAMPLES = 200
"""DEPARA's number of images for layers."""
FEWEST = 3


def rank_layers(
    model: str,
    dataset: str | os.PathLike[str] | Probe,
    *,
    layers: Which = "blocks",
    scores: str | Sequence[str] | None = None,
    target_network: str | None = None,
    lambda_: float | None = None,
    map_size: int = 64,
    samples: int = SAMPLES,
    seed: int = 0,
    config: str | None = None,
    split: str | None = None,
    revision: str | None = None,
    image_column: str | None = None,
    label_column: str | None = None,
    target: Target | None = None,
    probe_bytes: int = 2_000_000_000,
    running: Running | None = None,
    watcher: RunObserver | None = None,
) -> LayerSelection:
    """Say which layer of a network should be transferred to a data set, from one pass over its images.

    With labels, scores of each layer's features decide. With a target network, DEPARA does, and labels are not used: a
    layer is worth as much as it is like that network's representation.

    Args:
        model: an id, ``id@revision`` or a folder.
        dataset: a Hub id, a folder of images, a CSV or Parquet file, or a probe drawn before.
        layers: ``blocks``, ``all``, or modules by name; see :func:`hubscore.layers.split_points.find_split_points`.
        scores: of features and labels; PARC, LogME, H-score after a PCA to 32, and kNN by default.
        target_network: one that was trained on the target task, as ``model``; instead of labels. It runs at its own
            input size.
        lambda_: weight of DEPARA's edges, 1 by default; the paper takes 1 with 10 % of the target's data and 10 with 1
            %.
        map_size: most cells a side of the maps that are compared; 0 for the images' own size.
        samples: images to draw.
        seed: of the draw and of every random step.
        config: configuration of the data set.
        split: split to draw from.
        revision: of the data set.
        image_column: found by type otherwise.
        label_column: found by type otherwise.
        target: what the labels are; found by type otherwise.
        probe_bytes: most bytes read of the data set.
        running: how networks are run.
        watcher: told what happens.

    Returns:
        The curve over the layers, the recommended one, and what to freeze.

    Raises:
        UsageError: labels and a target network at once, neither, or an option that does not go with what decides.
        DatasetError: the data set cannot be used, or has fewer than 3 images.
        CandidateError: the network or the target network cannot be used, or there is no such layer.
        HubscoreError: the Hub or the disk failed.

    Example:
        >>> found = rank_layers("timm/resnet18.a1_in1k", "user/birds")  # doctest: +SKIP
        >>> found.recommended, found.freeze  # doctest: +SKIP
        ('layer3.1', ('conv1.', 'bn1.', 'layer1.', 'layer2.', 'layer3.'))
    """
    running, watcher = running or Running(), watcher or RunObserver()
    columns = _check(scores, target_network, lambda_, map_size)
    device = resolve_device(running.device)
    store = FeatureCache(running.cache_dir)
    store.prepare()
    probe = (
        dataset
        if isinstance(dataset, Probe)
        else load_probe(
            dataset,
            config=config,
            split=split,
            revision=revision,
            image_column=image_column,
            label_column=label_column,
            target=target,
            samples=samples,
            seed=seed,
            max_bytes=probe_bytes,
            labels_required=False,
            token=running.token,
        )
    )
    _check_probe(probe, target_network)
    watcher.drawn(probe)
    found = find_candidates([model], None, token=running.token)
    guide = _find_guide(target_network, running) if target_network else None
    plan = plan_run(
        with_reference(found, guide),
        samples=len(probe),
        store=store,
        device=running.device,
        input_size=running.input_size,
    )
    watcher.planned(plan, running.budget_gb, running.yes)
    watcher.extracting(plan)
    candidate = found.candidates[0]
    mate = None if guide is None else _attributed(guide, probe, map_size, store, running, watcher)
    cuts, passed = _run(candidate, probe, layers, mate, device, running, watcher, total=len(plan.rows))
    weight = 1.0 if lambda_ is None else lambda_
    if mate is None:
        scored = score_layers(passed.features, probe, columns, seed=seed)
    else:
        scored = depara_layers(passed, mate.features, lambda_=weight)
    record = {
        "dataset": str(probe.dataset),
        "config": probe.config,
        "split": probe.split,
        "revision": probe.revision,
        "images": len(probe),
        "fingerprint": probe.fingerprint,
        "seed": seed,
        "input_size": running.input_size,
        "layers": layers if isinstance(layers, str) else list(layers),
        "target_network": None if guide is None else {"model": guide.repo_id, "revision": guide.revision},
        "lambda": None if guide is None else weight,
        "map_size": None if guide is None else map_size,
        "versions": versions(candidate.library),
    }
    return _put_together(candidate, cuts, passed, scored, columns, record)


def list_layers(model: str, *, layers: Which = "blocks", running: Running | None = None) -> tuple[SplitPoint, ...]:
    """Return the layers of a network that :func:`rank_layers` would compare; no data set is needed."""
    running = running or Running()
    candidate = find_candidates([model], None, token=running.token).candidates[0]
    return find_split_points(
        load_network(candidate, Downloader(running.token).download(candidate), input_size=running.input_size), layers
    )


def _check(
    scores: str | Sequence[str] | None, target_network: str | None, lambda_: float | None, map_size: int
) -> tuple[Column, ...]:
    """Refuse what does not go together; return the columns that decide, none with a target network."""
    if target_network is None:
        if lambda_ is not None:
            raise UsageError(
                "--lambda has nothing to weigh", "it is DEPARA's, which needs a target network", "--target-network ID"
            )
        return columns_for(DEFAULT if scores is None else scores)
    if scores is not None:
        why = "labels or a network of the target task decide, not both"
        raise UsageError("--scores and --target-network exclude each other", why, "drop one")
    check_lambda(1.0 if lambda_ is None else lambda_)
    if map_size < 0:
        raise UsageError(
            f"Maps cannot have {map_size} cells a side",
            "one is the least",
            "--map-size 64, or 0 for the images' own size",
        )
    return ()


def _check_probe(probe: Probe, target_network: str | None) -> None:
    if len(probe) < FEWEST:
        raise DatasetError(
            f"Data set {str(probe.dataset)!r} cannot tell layers apart",
            f"{len(probe)} images were drawn, and {FEWEST} are the least",
            "--samples 200",
        )
    if target_network is None and probe.labels is None:
        why = (
            "layers are told apart by labels or by a network that was trained on the target task, and neither is there"
        )
        raise DatasetError(
            f"Data set {str(probe.dataset)!r} has no labels", why, "--label-column NAME, or --target-network ID"
        )


def _find_guide(name: str, running: Running) -> Candidate:
    try:
        return find_candidates([name], None, token=running.token).candidates[0]
    except CandidateError as error:
        raise _no_guide(name, error.why) from error


def _no_guide(name: str, why: str) -> CandidateError:
    return CandidateError(f"The target network {name!r} cannot be used", why, "--target-network ID of another network")


@dataclass(frozen=True)
class _Mate:
    """The target network's own graph."""

    features: np.ndarray
    guide: TargetMaps


def _attributed(
    candidate: Candidate, probe: Probe, map_size: int, store: FeatureCache, running: Running, watcher: RunObserver
) -> _Mate:
    """Make nodes and features of the target network, at its own input size, or take them from the store."""
    downloader, method = Downloader(running.token), "gradient_x_input"
    outcome = attribute_all(
        [candidate],
        probe,
        fetch=downloader.download,
        store=store,
        methods=(method,),
        objective="norm",
        map_size=map_size,
        device=running.device,
        batch_size=running.batch_size,
        progress=watcher.event,
        forget=downloader.evict if running.evict else None,
    )
    found = outcome.attributions.get(candidate.repo_id)
    if found is None:
        raise _no_guide(candidate.repo_id, "; ".join(item.reason for item in outcome.skipped))
    return _Mate(found.features, TargetMaps(found.maps[method], Grid.over(probe.items, map_size or None)))


def _run(
    candidate: Candidate,
    probe: Probe,
    layers: Which,
    mate: _Mate | None,
    device: str,
    running: Running,
    watcher: RunObserver,
    *,
    total: int,
) -> tuple[tuple[SplitPoint, ...], LayerFeatures]:
    """Load the network, find its layers, and run it over the probe once."""
    downloader, began = Downloader(running.token), time.perf_counter()
    watcher.event(CandidateStarted(candidate.repo_id, total, total))
    network = load_network(candidate, downloader.download(candidate), input_size=running.input_size)
    if running.evict:
        downloader.evict(candidate)
    cuts = find_split_points(network, layers)
    passed = run_layers(
        network,
        probe.items,
        [cut.name for cut in cuts],
        guide=None if mate is None else mate.guide,
        device=device,
        batch_size=running.batch_size,
    )
    network.module.to("cpu")
    watcher.event(CandidateFinished(candidate.repo_id, total, total, time.perf_counter() - began, cached=False))
    return cuts, passed


def _put_together(
    candidate: Candidate,
    cuts: Sequence[SplitPoint],
    passed: LayerFeatures,
    scored: Scored,
    columns: Sequence[Column],
    record: Mapping[str, object],
) -> LayerSelection:
    signs = {column.name: column.sign for column in columns} or dict.fromkeys(DEPARA, 1)
    deciding = tuple(signs) if columns else DEPARA[:1]
    values = np.array([[_value(scored[cut.name][name].value) * signs[name] for cut in cuts] for name in deciding])
    mean, best = recommend(values)
    counted = tuple(name for name, row in zip(deciding, values, strict=True) if not np.isnan(row).all())
    layers = tuple(
        Layer(
            cut.name,
            cut.kind,
            passed.features[cut.name].shape[1],
            cut.parameters,
            {name: one.value for name in signs if (one := scored[cut.name][name]).value is not None},
            {name: str(one.reason) for name in signs if (one := scored[cut.name][name]).value is None},
            None if np.isnan(mean[place]) else float(mean[place]),
            cut.freeze,
            cut.clean,
        )
        for place, cut in enumerate(cuts)
    )
    found = LayerSelection(
        candidate.repo_id,
        candidate.revision,
        layers,
        counted,
        {name: "higher" if sign > 0 else "lower" for name, sign in signs.items()},
        "labels" if columns else "depara",
        None if best is None else cuts[best].name,
        dict(record),
        (),
        passed.forward_images,
    )
    return replace(found, notes=tuple(_notes(found)))


def _notes(found: LayerSelection) -> list[str]:
    """Say what a reader would trip over."""
    notes = []
    for name in found.directions:
        reasons = [layer.undefined[name] for layer in found.layers if name in layer.undefined]
        if reasons:
            count = (
                "every layer" if len(reasons) == len(found.layers) else f"{len(reasons)} of {len(found.layers)} layers"
            )
            notes.append(f"{name} is undefined for {count}: {reasons[0]}")
    if found.best is not None and not found.best.clean:
        notes.append(
            f"What lies behind {found.best.name} sees the images by other ways too: freezing up to it leaves these open"
        )
    return notes


def _value(value: float | None) -> float:
    return np.nan if value is None else value
