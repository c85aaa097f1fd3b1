"""What is done with one candidate whose attribution maps are made."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hubscore.attribution.explainer import Objective, Reading
from hubscore.attribution.grid import Grid
from hubscore.attribution.lrp.epsilon import Gates
from hubscore.attribution.network import attribute
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import ATTRIBUTION_VERSION, EXTRACTOR_VERSION, attribution_key, network_key
from hubscore.extract.extraction_task import Fetch, versions
from hubscore.extract.scheduler import CacheKeys, CandidateTask, not_found
from hubscore.models.load import load_network, transform_spec
from hubscore.types import Candidate, Extraction, Json, Probe


@dataclass(frozen=True)
class Attributions:
    """One checkpoint's attribution maps on one probe.

    Attributes:
        model: the candidate's ``repo_id``.
        maps: by method, shape (n, 3, h, w), float16, read from the store when sliced; each image's map has unit length
            over what the network saw, cells that it never saw are NaN, and a map without any gradient is zero.
        features: of the layer that is explained, pooled over positions, shape (n, d), float32.
        notes: by method: ``objective``, ``layer``, ``geometry``, ``top_share`` (mean share of the absolute mass in the
            top 0.1 % of pixels), of saliency ``reading``, and of epsilon-LRP ``rules`` and ``untouched`` (how many
            operations of each kind), ``gates``, ``gates_fixed``.
    """

    model: str
    maps: Mapping[str, np.ndarray]
    features: np.ndarray
    notes: Mapping[str, Json]


@dataclass(frozen=True)
class AttributionRecipe:
    """How the task of making maps is made; :func:`attribute_all` says what the fields are."""

    probe: Probe
    grid: Grid
    methods: tuple[str, ...]
    objective: Objective
    layer: str
    gates: Gates
    map_size: int | None
    input_size: int | None
    batch_size: int | None
    reading: Reading = "released"

    def make(self, *, fetch: Fetch, fetch_config: Fetch, store: FeatureCache, device: str) -> AttributionTask:
        """Return the task."""
        return AttributionTask(self, fetch, fetch_config, store, device)

    def identity(self, candidate: Candidate) -> Json:
        """Return what decides the keys of a candidate's maps."""
        return {
            "task": "maps",
            "revision": candidate.revision,
            "library": candidate.library,
            "weights": candidate.weights,
            "modality": candidate.modality,
            "input_size": candidate.size_in(self.input_size),
            "probe": self.probe.fingerprint,
            "how": [list(self.methods), self.objective, self.layer, self.gates, self.map_size, self.reading],
            "version": [EXTRACTOR_VERSION, ATTRIBUTION_VERSION],
            "versions": versions(candidate),
        }

    def lasting(self, keys: CacheKeys) -> bool:
        """Whether the keys hold the next time: always."""
        return True


@dataclass
class AttributionTask(CandidateTask[Attributions]):
    """What is the same for every candidate of a run, and the count of images that went through networks."""

    recipe: AttributionRecipe
    fetch: Fetch
    fetch_config: Fetch
    store: FeatureCache
    device: str
    forward_images: int = 0

    def result(self, candidate: Candidate) -> Attributions:
        """Return the candidate's maps, from the store as far as they are there; errors as of the base class."""
        spec = transform_spec(candidate, self.fetch_config(candidate), input_size=self.recipe.input_size)
        keys = self._keys(candidate, spec)
        known = {key: self.store.read_maps(key) for key in keys.values()}
        missing = {method: key for method, key in keys.items() if known[key] is None}
        if missing:
            self._compute(candidate, missing)
        name = candidate.repo_id
        return self._put_together(name, [one or self._read(name, key) for key, one in known.items()])

    def cache_keys(self, name: str, result: Attributions) -> CacheKeys:
        """Return the key of each method's maps."""
        return tuple(note["key"] for note in result.notes.values())

    def stored(self, name: str, keys: CacheKeys) -> Attributions:
        """Return what another process stored."""
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
            found[0].features[self.recipe.layer],
            {one.notes["method"]: {**one.notes, "key": one.key} for one in found},
        )

    def _keys(self, candidate: Candidate, spec: Json) -> dict[str, str]:
        network = network_key(candidate, spec, layers=(self.recipe.layer,), input_size=self.recipe.input_size)
        return {
            method: attribution_key(
                network,
                self.recipe.probe.fingerprint,
                method=method,
                objective=self.recipe.objective,
                gates=self.recipe.gates,
                map_size=self.recipe.map_size,
                reading=self.recipe.reading,
            )
            for method in self.recipe.methods
        }

    def _compute(self, candidate: Candidate, keys: Mapping[str, str]) -> None:
        folder = self.fetch(candidate)
        began = time.perf_counter()
        network = load_network(candidate, folder, input_size=self.recipe.input_size)
        loaded = time.perf_counter() - began
        made = attribute(
            network,
            self.recipe.probe.items,
            self.recipe.grid,
            methods=tuple(keys),
            objective=self.recipe.objective,
            layer=self.recipe.layer,
            gates=self.recipe.gates,
            reading=self.recipe.reading,
            device=self.device,
            batch_size=self.recipe.batch_size,
        )
        self.forward_images += len(made.features)
        network.module.to("cpu")
        seconds = {"load": loaded, "transform": made.transform_seconds, "explain": made.explain_seconds}
        whole = Extraction(
            key="",
            model=candidate.repo_id,
            revision=candidate.revision,
            features={self.recipe.layer: made.features},
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
