"""What is done with one candidate of an extraction: rows from the cache where they are known, computed and stored
where they are not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubscore.errors import CandidateError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import PENULTIMATE, extraction_key, network_key
from hubscore.extract.checks import check_varying
from hubscore.extract.layer_task import LayerSetting, LayerTask
from hubscore.extract.loading import LazyNetwork
from hubscore.extract.orders import rows_of_part
from hubscore.extract.precision import FULL, PRECISIONS
from hubscore.extract.row_block import RowBlock, join_blocks
from hubscore.extract.row_ids import SomeItems, row_ids
from hubscore.extract.scheduler import CacheKeys, CandidateTask, not_found
from hubscore.modalities.registry import MODALITIES
from hubscore.types import Candidate, Extraction, Json, Probe

if TYPE_CHECKING:
    from hubscore.extract.forward_pass import ForwardResult
    from hubscore.extract.layer_pass import LayerRecorder
    from hubscore.models.network import Network

Fetch = Callable[[Candidate], Path]


@dataclass
class ExtractionTask(CandidateTask[Extraction]):
    """What is the same for every candidate of a run, and the count of items that went through networks."""

    probe: Probe
    fetch: Fetch
    fetch_config: Fetch
    store: FeatureCache
    device: str
    input_size: int | None
    batch_size: int | None
    transform: str
    layers: LayerSetting | None
    precision: str = FULL
    forward_images: int = 0
    rows: tuple[str, ...] = field(init=False)
    keys: dict[str, CacheKeys] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = row_ids(self.probe)

    def result(self, candidate: Candidate) -> Extraction:
        """Return the candidate's extraction, from the store as far as it is there; errors as of the base class."""
        return self._result(*self._opened(candidate))

    def part(self, candidate: Candidate, part: int, parts: int) -> CacheKeys:
        """Run some of the rows; where the kernel of the layers needs a pass of its own, the first part is that pass.

        Where layers are recorded in the pass of the features, one worker runs them all.
        """
        loaded, own = self._opened(candidate)
        if self.layers is None or candidate.repo_id in self.layers.request.without:
            self._part_of_features(loaded, own, part, parts)
        elif not (task := LayerTask(self.layers, loaded, own)).apart(loaded.network.with_transform(self.transform)):
            if part == 0:
                self._result(loaded, own)
        elif part > 0:
            self._part_of_features(loaded, own, part - 1, parts - 1)
        else:
            task.prepare()
            task.compute()
            self.forward_images += task.images
            self.keys[candidate.repo_id] = (self._key(loaded, own), task.network, task.reason)
        loaded.release()
        return self.keys.get(candidate.repo_id, ())

    def _opened(self, candidate: Candidate) -> tuple[LazyNetwork, Json]:
        from hubscore.models.load import transform_spec

        own = transform_spec(candidate, self.fetch_config(candidate), input_size=self.input_size)
        return LazyNetwork(candidate, self.fetch, self.input_size, self.precision), own

    def _result(self, loaded: LazyNetwork, own: Json) -> Extraction:
        candidate = loaded.candidate
        if self.layers is None or candidate.repo_id in self.layers.request.without:
            return self._features(loaded, own)
        task = LayerTask(self.layers, loaded, own)
        task.prepare()
        extraction = self._features(loaded, own, task)
        try:
            whole = task.add_to(extraction)
        finally:
            self.forward_images += task.images
            loaded.release()
        self.keys[candidate.repo_id] = (*self.keys[candidate.repo_id], task.network, task.reason)
        return whole

    def _part_of_features(self, loaded: LazyNetwork, own: Json, part: int, parts: int) -> None:
        """Compute and store what is not stored of one part of the rows."""
        key, rows = self._key(loaded, own), tuple(dict.fromkeys(self.rows))
        batch = self.batch_size or MODALITIES.get(loaded.candidate.modality).fast_batch(
            own, accelerator=not self.device.startswith("cpu")
        )
        mine = [rows[at] for at in rows_of_part(len(rows), batch, part, parts)]
        stored = self.store.read_rows(key, mine)
        known = frozenset(() if stored is None else stored.rows)
        places = {row: self.rows.index(row) for row in mine if row not in known}
        if places:
            self.store.write_rows(key, self._computed(loaded, key, places))
        self.keys[loaded.candidate.repo_id] = (key,)

    def _key(self, loaded: LazyNetwork, own: Json) -> str:
        """Return what the candidate's rows are found by."""
        from hubscore.models.network import spec_of

        spec, dtype = spec_of(self.transform, own, loaded.candidate.modality), PRECISIONS[self.precision]
        return network_key(loaded.candidate, spec, dtype=dtype, input_size=self.input_size)

    def cache_keys(self, name: str, result: Extraction) -> CacheKeys:
        """Return the key of the network; where layers are asked for, that of its kernels and why there are none."""
        return self.keys[name]

    def stored(self, name: str, keys: CacheKeys) -> Extraction:
        """Return what another process stored."""
        network, *about = keys
        block = self.store.read_rows(network, self.rows)
        if block is None or len(block.rows) < len(set(self.rows)):
            raise not_found(self.store, name)
        extraction = self._put_together(name, network, block)
        return self._with_layers(extraction, *about) if about else extraction

    def _with_layers(self, extraction: Extraction, network: str, reason: str) -> Extraction:
        """Add the kernels that another process stored, or its reason why there are none."""
        assert self.layers is not None
        if reason:
            return self.layers.without(extraction, reason)
        found = [self.layers.stored(network, part) for part in self.layers.parts()]
        kernels = [one for one in found if one is not None]
        if len(kernels) < len(found):
            raise not_found(self.store, extraction.model)
        return self.layers.put_together(extraction, kernels)

    def _features(self, loaded: LazyNetwork, own: Json, task: LayerTask | None = None) -> Extraction:
        """Return what is stored of the rows, and compute and store the others."""
        candidate, key = loaded.candidate, self._key(loaded, own)
        self.keys[candidate.repo_id] = (key,)
        stored = self.store.read_rows(key, self.rows)
        known = frozenset(() if stored is None else stored.rows)
        places = dict[str, int]()
        for place, row in enumerate(self.rows):
            if row not in known:
                places.setdefault(row, place)
        if stored is not None and not places:
            return self._put_together(candidate.repo_id, key, stored)
        computed = self._computed(loaded, key, places, task)
        whole = computed if stored is None or not stored.fits(computed) else join_blocks([stored, computed])
        extraction = self._put_together(candidate.repo_id, key, whole)
        self.store.write_rows(key, computed)
        return extraction

    def _put_together(self, name: str, key: str, block: RowBlock) -> Extraction:
        """Return the probe's rows, which may be fewer than the block's; the same content may have another name."""
        values = block.take(self.rows).values
        check_varying(name, values.features[PENULTIMATE])
        return replace(values, model=name, key=extraction_key(key, self.rows))

    def _computed(
        self, loaded: LazyNetwork, key: str, places: Mapping[str, int], task: LayerTask | None = None
    ) -> RowBlock:
        """Run the network over some rows, given by id and place in the probe."""
        candidate, network = loaded.candidate, loaded.network.with_transform(self.transform)
        began = time.perf_counter()
        items = SomeItems(self.probe.items, tuple(places.values()))
        passed = self._passed(network, items, None if task is None else task.shared(network, tuple(places)))
        self.forward_images += len(passed.features)
        seconds = {"load": loaded.seconds, "transform": passed.transform_seconds, "forward": passed.forward_seconds}
        network.module.to("cpu")
        values = Extraction.from_json(
            {
                "key": key,
                "model": candidate.repo_id,
                "revision": candidate.revision,
                "features": {PENULTIMATE: passed.features, **passed.facts},
                "logits": passed.logits,
                "seconds": {**seconds, "total": loaded.seconds + time.perf_counter() - began},
                "transform": {**network.spec, "features": network.features},
                "versions": versions(candidate),
                "parameters": network.parameters,
                "layers": network.layers,
                "input_size": network.input_size,
                "device": self.device,
                "dtype": PRECISIONS[self.precision],
                "notes": {"no_probabilities": network.no_probabilities} if network.no_probabilities else {},
            }
        )
        return RowBlock(tuple(places), values)

    def _passed(self, network: Network, items: Sequence[Any], recorder: LayerRecorder | None) -> ForwardResult:
        """Run the network; where layers are recorded and that goes wrong, once more without."""
        from hubscore.extract.forward_pass import run_network

        if recorder is not None:
            try:
                return run_network(
                    network, items, device=self.device, batch_size=self.batch_size, watch=recorder.watching
                )
            except CandidateError:  # of the features or of the layers: the pass of each says which
                pass
        return run_network(network, items, device=self.device, batch_size=self.batch_size)


def versions(candidate: Candidate) -> Json:
    """Return the versions of everything that decides the last bits."""
    from importlib.metadata import version

    from hubscore import __version__

    packages = ("torch", *MODALITIES.get(candidate.modality).packages(candidate.library))
    return {"hubscore": __version__, **{name: version(name) for name in packages}}
