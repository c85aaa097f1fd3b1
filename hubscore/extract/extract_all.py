"""Every candidate over one probe: from the cache where it is known, computed and stored where it is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import PENULTIMATE, extraction_key
from hubscore.extract.distributed import join_process_group
from hubscore.extract.events import Progress
from hubscore.extract.scheduler import CandidateTask, Keys, from_store, run_distributed
from hubscore.types import Candidate, Extraction, Json, Probe, Skipped

Fetch = Callable[[Candidate], Path]


@dataclass(frozen=True)
class ExtractionOutcome:
    """What came of a run.

    Attributes:
        extractions: by the candidate's ``repo_id``, in the order of the candidates.
        skipped: the candidates that could not be used, with the reason.
        forward_images: images that went through a network, over all processes; 0 when everything was in the cache.
    """

    extractions: dict[str, Extraction]
    skipped: tuple[Skipped, ...]
    forward_images: int


def extract_all(
    candidates: Sequence[Candidate],
    probe: Probe,
    *,
    fetch: Fetch,
    store: FeatureCache,
    fetch_config: Fetch | None = None,
    forget: Callable[[Candidate], object] | None = None,
    device: str = "auto",
    input_size: int | None = None,
    batch_size: int | None = None,
    progress: Progress | None = None,
) -> ExtractionOutcome:
    """Run every candidate over a probe, once.

    Where accelerate or torchrun started several processes, each takes its share of the candidates and writes into the
    same store; all return the same outcome. Interrupted, the run leaves what it finished in the store.

    Args:
        candidates: with unique ``repo_id``.
        probe: whose images they see.
        fetch: returns the folder of a candidate, downloaded if need be.
        store: where extractions are kept.
        fetch_config: returns a folder that holds at least a candidate's configuration, so that what is in the cache
            needs no weights; ``fetch`` by default.
        forget: told when a candidate's folder is no longer needed.
        device: ``auto`` or as torch names it.
        input_size: pixels a side, for networks that accept another size.
        batch_size: chosen by memory otherwise.
        progress: told when a candidate of this process starts and how it ends.

    Returns:
        Extractions, skipped candidates with reasons, and the images that went through networks.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: the device is not there.
    """
    ranks = join_process_group(device)
    work = _Work(probe, fetch, fetch_config or fetch, store, ranks.device, input_size, batch_size)
    shared = run_distributed(work, candidates, ranks, progress=progress, forget=forget)
    return ExtractionOutcome(shared.results, shared.skipped, shared.forward_images)


@dataclass
class _Work(CandidateTask[Extraction]):
    """What is the same for every candidate of a run, and the count of images that went through networks."""

    probe: Probe
    fetch: Fetch
    fetch_config: Fetch
    store: FeatureCache
    device: str
    input_size: int | None
    batch_size: int | None
    forward_images: int = 0

    def result(self, candidate: Candidate) -> Extraction:
        from hubscore.models.load import transform_spec

        spec = transform_spec(candidate, self.fetch_config(candidate), input_size=self.input_size)
        key = extraction_key(candidate, self.probe, spec, input_size=self.input_size)
        stored = self.store.get(key)
        if stored is not None:
            return replace(stored, model=candidate.repo_id)  # the same content may be known under another name
        extraction = self._computed(candidate, key)
        self.store.put(extraction)
        return extraction

    def keys(self, result: Extraction) -> Keys:
        return (result.key,)

    def stored(self, name: str, keys: Keys) -> Extraction:
        return replace(from_store(self.store, name, keys[0]), model=name)

    def _computed(self, candidate: Candidate, key: str) -> Extraction:
        from hubscore.extract.forward_pass import run_network
        from hubscore.models.load import load_network

        folder = self.fetch(candidate)
        began = time.perf_counter()
        network = load_network(candidate, folder, input_size=self.input_size)
        loaded = time.perf_counter() - began
        passed = run_network(network, self.probe.items, device=self.device, batch_size=self.batch_size)
        self.forward_images += len(passed.features)
        seconds = {"load": loaded, "transform": passed.transform_seconds, "forward": passed.forward_seconds}
        network.module.to("cpu")
        return Extraction.from_json(
            {
                "key": key,
                "model": candidate.repo_id,
                "revision": candidate.revision,
                "features": {PENULTIMATE: passed.features},
                "logits": passed.logits,
                "seconds": {**seconds, "total": time.perf_counter() - began},
                "transform": {**network.spec, "features": network.features},
                "versions": versions(candidate.library),
                "parameters": network.parameters,
                "layers": network.layers,
                "input_size": network.input_size,
                "device": self.device,
            }
        )


def versions(library: str) -> Json:
    """Return the versions of everything that decides the last bits."""
    from importlib.metadata import version

    from hubscore import __version__

    return {"hubscore": __version__, **{name: version(name) for name in ("torch", "torchvision", "pillow", library)}}
