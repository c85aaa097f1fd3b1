"""`rank_layers`: from a network and a data set to the layer that should be transferred."""

from __future__ import annotations

import os
import time

from hubscore.errors import DatasetError
from hubscore.extract.events import CandidateFinished, CandidateStarted
from hubscore.extract.extraction_task import versions
from hubscore.layers.layer_features import LayerFeatures, run_layers
from hubscore.layers.layer_scores import DEFAULT, columns_for, depara_layers, score_layers
from hubscore.layers.options import LayerOptions
from hubscore.layers.recommendation import make_selection
from hubscore.layers.result import LayerSelection
from hubscore.layers.split_points import SplitPoint, Which, find_split_points
from hubscore.layers.target_network import METHOD, TargetGraph, explain_target, find_target
from hubscore.modalities.attributions import check_attribution
from hubscore.modalities.registry import items_of
from hubscore.run.keywords import takes_options
from hubscore.run.observer import RunObserver
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.reference import with_reference
from hubscore.run.run_options import WORKER_FIELDS
from hubscore.run.session import Session
from hubscore.similarity.depara import check_lambda
from hubscore.types import Candidate, Json, Probe

SAMPLES = 200
"""DEPARA's number of images for layers."""
FEWEST = 3


@takes_options(
    LayerOptions,
    DataOptions,
    RunOptions,
    defaults={"samples": SAMPLES},
    omit=("unlabeled", *WORKER_FIELDS),
)
def rank_layers(
    model: str,
    dataset: str | os.PathLike[str] | Probe,
    *,
    layer: LayerOptions,
    data: DataOptions,
    run: RunOptions,
    watcher: RunObserver | None = None,
) -> LayerSelection:
    """Say which layer of a network should be transferred to a data set, from one pass over its images.

    With labels, scores of each layer's features decide. With a target network, DEPARA does, and labels are not used: a
    layer is worth as much as it is like that network's representation. That network runs at its own input size; the
    paper weighs edges by 1 with 10 % of the target's data and by 10 with 1 %. Edges are of whole outputs (Eq. 4); nodes
    are signed maps as in Eq. 3, or with ``nodes="released"`` what the authors' code compares.

    Args:
        model: an id, ``id@revision`` or a folder.
        dataset: a Hub id, a folder of images, a CSV or Parquet file, or a probe drawn before.
        layer: how layers are compared as one object, in place of its keywords below; so are the next two.
        data: which images.
        run: how networks run.
        watcher: called at every step.

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
    check_lambda(layer.weight)
    columns = () if layer.target_network else columns_for(DEFAULT if layer.scores is None else layer.scores)
    session = Session(data, CandidateOptions(models=[model]), run, watcher)
    session.open()
    session.check_models()
    find_target(session, layer.target_network)
    probe = session.draw_probe(dataset)
    _check_probe(probe, layer.target_network)
    session.observer.drawn(probe)
    found = session.find_candidates()
    target = find_target(session, layer.target_network)
    plan = session.begin(with_reference(found, target), len(probe))
    graph = explain_target(session, target, probe, layer.map_size, layer.nodes or "default")
    candidate = found.candidates[0]
    split_points, features = _run(session, candidate, probe, layer.names, graph, total=len(plan.rows))
    if graph is None:
        scored = score_layers(features.features, probe, columns, seed=data.seed)
    else:
        scored = depara_layers(features, graph.features, lambda_=layer.weight)
    record = _record(session, probe, layer, candidate, target)
    return make_selection(candidate, split_points, features, scored, columns, record)


def list_layers(model: str, *, layers: Which = "blocks", run: RunOptions | None = None) -> tuple[SplitPoint, ...]:
    """Return the layers of a network that :func:`rank_layers` would compare; no data set is needed."""
    session = Session(run=run)
    return find_split_points(session.load_network(session.find_network(model), keep=True), layers)


def _check_probe(probe: Probe, target_network: str | None) -> None:
    if len(probe) < FEWEST:
        raise DatasetError(
            f"Data set {str(probe.dataset)!r} cannot tell layers apart",
            f"{len(probe)} {items_of(probe.modality)} were drawn, and {FEWEST} are the least",
            f"--samples 200, and a data set of as many {items_of(probe.modality)}",
        )
    if target_network is not None:
        check_attribution(probe.modality, METHOD)
    if target_network is None and probe.labels is None:
        why = (
            "layers are told apart by labels or by a network that was trained on the target task, and neither is there"
        )
        raise DatasetError(
            f"Data set {str(probe.dataset)!r} has no labels", why, "--label-column NAME, or --target-network ID"
        )


def _run(
    session: Session,
    candidate: Candidate,
    probe: Probe,
    layers: Which,
    graph: TargetGraph | None,
    *,
    total: int,
) -> tuple[tuple[SplitPoint, ...], LayerFeatures]:
    """Load the network, find its layers, and run it over the probe once."""
    began = time.perf_counter()
    session.observer.event(CandidateStarted(candidate.repo_id, total, total))
    network = session.load_network(candidate)
    split_points = find_split_points(network, layers)
    features = run_layers(
        network,
        probe.items,
        [point.name for point in split_points],
        target=None if graph is None else graph.maps,
        device=session.device,
        batch_size=session.run.batch_size,
    )
    network.module.to("cpu")
    seconds = time.perf_counter() - began
    session.observer.event(CandidateFinished(candidate.repo_id, total, total, seconds, cached=False))
    return split_points, features


def _record(
    session: Session, probe: Probe, layer: LayerOptions, candidate: Candidate, target: Candidate | None
) -> Json:
    """Return what it takes to make the selection again."""
    return {
        "dataset": str(probe.dataset),
        "config": probe.config,
        "split": probe.split,
        "revision": probe.revision,
        "images": len(probe),
        "modality": probe.modality,
        "fingerprint": probe.fingerprint,
        "seed": session.data.seed,
        "input_size": session.run.input_size,
        "layers": layer.names if isinstance(layer.names, str) else list(layer.names),
        "target_network": None if target is None else {"model": target.repo_id, "revision": target.revision},
        "lambda": None if target is None else layer.weight,
        "map_size": None if target is None else layer.map_size,
        "nodes": None if target is None else layer.nodes or "default",
        "versions": versions(candidate),
    }
