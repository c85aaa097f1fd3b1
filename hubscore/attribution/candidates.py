"""Attribution maps of every candidate over one probe: from the cache where they are known, computed and stored where
not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hubscore.attribution.explainer import METHODS, Objective
from hubscore.attribution.grid import Grid
from hubscore.attribution.lrp.epsilon import Gates
from hubscore.attribution.network import attribute
from hubscore.errors import UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import PENULTIMATE, attribution_key, network_key
from hubscore.extract.distributed import join_process_group
from hubscore.extract.events import Progress
from hubscore.extract.extraction_task import Fetch, versions
from hubscore.extract.scheduler import CacheKeys, CandidateTask, not_found, run_distributed
from hubscore.modalities.attributions import check_attribution
from hubscore.models.load import load_network, transform_spec
from hubscore.types import Candidate, Extraction, Json, Probe, Skipped


@dataclass(frozen=True)
class Attributions:
    """One checkpoint's attribution maps on one probe.

    Attributes:
        model: the candidate's ``repo_id``.
        maps: by method, shape (n, 3, h, w), float16, read from the store when sliced; each image's map has unit length
            over what the network saw, cells that it never saw are NaN, and a map without any gradient is zero.
        features: of the layer that is explained, pooled over positions, shape (n, d), float32.
        notes: by method: ``objective``, ``layer``, ``geometry``, ``top_share`` (mean share of the absolute mass in the
            top 0.1 % of pixels), and of epsilon-LRP ``rules`` and ``untouched`` (how many operations of each kind),
            ``gates``, ``gates_fixed``.
    """

    model: str
    maps: Mapping[str, np.ndarray]
    features: np.ndarray
    notes: Mapping[str, Json]


@dataclass(frozen=True)
class AttributionOutcome:
    """The results of a run.

    Attributes:
        attributions: by the candidate's ``repo_id``, in the order of the candidates.
        skipped: the candidates that could not be used, with the reason.
        forward_images: images that went through a network, over all processes; 0 when everything was in the cache.
    """

    attributions: dict[str, Attributions]
    skipped: tuple[Skipped, ...]
    forward_images: int


def attribute_all(
    candidates: Sequence[Candidate],
    probe: Probe,
    *,
    fetch: Fetch,
    store: FeatureCache,
    methods: Sequence[str] = ("saliency",),
    objective: Objective = "mean",
    layer: str | None = None,
    gates: Gates = "constant",
    map_size: int | None = 64,
    fetch_config: Fetch | None = None,
    device: str = "auto",
    batch_size: int | None = None,
    input_size: int | None = None,
    progress: Progress | None = None,
    forget: Callable[[Candidate], object] | None = None,
) -> AttributionOutcome:
    """Make the attribution maps of every candidate over a probe, once.

    Processes share the candidates as in :func:`hubscore.extract.extract_all.extract_all`, and maps are kept in the same
    store. The maps do not depend on the batch size or the number of processes. Every map lies on one grid over its
    image: as fine as the largest image of the probe, at most ``map_size`` cells per side; a cell is the same share of
    each image, whatever its size.

    Args:
        candidates: with unique ``repo_id``.
        probe: whose images they see; labels are not used.
        fetch: returns the folder of a candidate, downloaded if need be.
        store: where maps are kept.
        methods: some of ``saliency``, ``gradient_x_input``, ``epsilon_lrp``.
        objective: what is explained: the mean over the units of the representation, or its length (DEPARA, Eq. 3).
        layer: a module's name; the penultimate representation by default.
        gates: ``constant``: epsilon-LRP takes a sigmoid that multiplies (squeeze-excite) for a fixed weight;
            ``epsilon``: it has DeepExplain's rule, whose factor reaches f(0)/eps = 5,000.
        map_size: most cells per side of a map; none or 0 for the images' own size.
        fetch_config: returns a folder that holds at least a candidate's configuration; ``fetch`` by default.
        device: ``auto`` or as torch names it.
        batch_size: chosen by memory otherwise.
        input_size: pixels per side, for networks that accept another size.
        progress: told when a candidate of this process starts and how it ends.
        forget: told when a candidate's folder is no longer needed.

    Returns:
        Attributions, skipped candidates with reasons, and the images that went through networks.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: an unknown method, objective or way with gates, no image, or the device is not there.

    Example:
        >>> outcome = attribute_all(candidates, probe, fetch=fetch, store=Store())  # doctest: +SKIP
        >>> outcome.attributions["org/net"].maps["saliency"].shape  # doctest: +SKIP
        (500, 3, 64, 64)
    """
    _check(methods, objective, gates, map_size, probe)
    ranks = join_process_group(device)
    task = _Attribution(
        probe,
        Grid.for_items(probe.items, map_size),
        fetch,
        fetch_config or fetch,
        store,
        tuple(dict.fromkeys(methods)),
        objective,
        layer or PENULTIMATE,
        gates,
        map_size or None,
        ranks.device,
        input_size,
        batch_size,
    )
    shared = run_distributed(task, candidates, ranks, progress=progress, forget=forget)
    return AttributionOutcome(shared.results, shared.skipped, shared.forward_images)


def _check(methods: Sequence[str], objective: str, gates: str, map_size: int | None, probe: Probe) -> None:
    for what, given, known in (
        ("method", methods, METHODS),
        ("objective", [objective], ("mean", "norm")),
        ("way with gates", [gates], ("constant", "epsilon")),
    ):
        wrong = [one for one in given if one not in known]
        if wrong or not given or isinstance(given, str):
            why = f"there {'are' if len(known) > 1 else 'is'} {', '.join(known)}"
            raise UsageError(f"Unknown attribution {what} {wrong[0] if wrong else given!r}", why, f"choose {known[0]}")
    for method in methods:
        check_attribution(probe.modality, method)
    if map_size is not None and map_size < 0:
        raise UsageError(
            f"Maps cannot have {map_size} cells per side",
            "one is the least",
            "--map-size 64, or 0 for the images' own size",
        )
    if not len(probe.items):
        raise UsageError("Cannot make attribution maps", "the probe holds no images", "draw the probe again")


@dataclass
class _Attribution(CandidateTask[Attributions]):
    """What is the same for every candidate of a run, and the count of images that went through networks."""

    probe: Probe
    grid: Grid
    fetch: Fetch
    fetch_config: Fetch
    store: FeatureCache
    methods: tuple[str, ...]
    objective: Objective
    layer: str
    gates: Gates
    map_size: int | None
    device: str
    input_size: int | None
    batch_size: int | None
    forward_images: int = 0

    def result(self, candidate: Candidate) -> Attributions:
        spec = transform_spec(candidate, self.fetch_config(candidate), input_size=self.input_size)
        keys = self._keys(candidate, spec)
        known = {key: self.store.read_maps(key) for key in keys.values()}
        missing = {method: key for method, key in keys.items() if known[key] is None}
        if missing:
            self._compute(candidate, missing)
        name = candidate.repo_id
        return self._put_together(name, [one or self._read(name, key) for key, one in known.items()])

    def cache_keys(self, name: str, result: Attributions) -> CacheKeys:
        return tuple(note["key"] for note in result.notes.values())

    def stored(self, name: str, keys: CacheKeys) -> Attributions:
        return self._put_together(name, [self._read(name, key) for key in keys])

    def _read(self, name: str, key: str) -> Extraction:
        maps = self.store.read_maps(key)
        if maps is None:
            raise not_found(self.store, name)
        return maps

    def _put_together(self, name: str, found: Sequence[Extraction]) -> Attributions:
        return Attributions(
            name,
            {one.notes["method"]: self.store.map_array(one.key, "attributions") for one in found},
            found[0].features[self.layer],
            {one.notes["method"]: {**one.notes, "key": one.key} for one in found},
        )

    def _keys(self, candidate: Candidate, spec: Json) -> dict[str, str]:
        network = network_key(candidate, spec, layers=(self.layer,), input_size=self.input_size)
        return {
            method: attribution_key(
                network,
                self.probe.fingerprint,
                method=method,
                objective=self.objective,
                gates=self.gates,
                map_size=self.map_size,
            )
            for method in self.methods
        }

    def _compute(self, candidate: Candidate, keys: Mapping[str, str]) -> None:
        folder = self.fetch(candidate)
        began = time.perf_counter()
        network = load_network(candidate, folder, input_size=self.input_size)
        loaded = time.perf_counter() - began
        made = attribute(
            network,
            self.probe.items,
            self.grid,
            methods=tuple(keys),
            objective=self.objective,
            layer=self.layer,
            gates=self.gates,
            device=self.device,
            batch_size=self.batch_size,
        )
        self.forward_images += len(made.features)
        network.module.to("cpu")
        seconds = {"load": loaded, "transform": made.transform_seconds, "explain": made.explain_seconds}
        whole = Extraction(
            key="",
            model=candidate.repo_id,
            revision=candidate.revision,
            features={self.layer: made.features},
            seconds={**seconds, "total": time.perf_counter() - began},
            transform={**network.spec, "features": network.features},
            versions=versions(candidate),
            parameters=network.parameters,
            layers=network.layers,
            input_size=network.input_size,
            device=self.device,
        )
        for method, key in keys.items():
            self.store.write_maps(
                replace(whole, key=key, attributions=made.maps[method], notes={"method": method, **made.notes[method]})
            )
