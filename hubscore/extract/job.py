"""What the workers of a run are to do, as a file that only this user can read; it holds no token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import EXTRACTOR_VERSION
from hubscore.extract.extraction_task import ExtractionTask, Fetch, versions
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.layer_task import LayerSetting
from hubscore.extract.precision import FULL
from hubscore.extract.row_ids import row_ids
from hubscore.extract.scheduler import CacheKeys, CandidateTask
from hubscore.modalities.registry import MODALITIES
from hubscore.types import Candidate, Json, Probe


class Recipe(Protocol):
    """How a process makes the task that all do; it travels to the workers as a pickle."""

    def make(self, *, fetch: Fetch, fetch_config: Fetch, store: FeatureCache, device: str) -> CandidateTask[Any]:
        """Return the task.

        Args:
            fetch: returns a candidate's folder.
            fetch_config: returns a folder that holds at least its configuration.
            store: where results are kept.
            device: as torch names it.
        """
        ...

    def identity(self, candidate: Candidate) -> Json:
        """Return all that decides by which keys a candidate's results are found, its rows aside."""
        ...

    def lasting(self, keys: CacheKeys) -> bool:
        """Whether the results will be found by these keys the next time too."""
        ...


@dataclass(frozen=True)
class Job:
    """What the workers are to do.

    Attributes:
        recipe: of the task.
        candidates: that the orders number.
        store: the folder of the cache.
        modalities: ``module:attribute`` of those that an import brought into the run.
        parts: that a candidate's rows may go into, for several workers at once.
    """

    recipe: Recipe
    candidates: tuple[Candidate, ...]
    store: str
    modalities: tuple[str, ...] = ()
    parts: int = 1


@dataclass(frozen=True)
class ExtractionRecipe:
    """How the task of an extraction is made; :func:`hubscore.extract.extract_all.extract_all` says what its fields
    are.
    """

    probe: Probe
    input_size: int | None = None
    batch_size: int | None = None
    transform: str = "own"
    layers: LayerRequest | None = None
    precision: str = FULL

    def make(self, *, fetch: Fetch, fetch_config: Fetch, store: FeatureCache, device: str) -> ExtractionTask:
        """Return the task."""
        setting = None
        if self.layers is not None:
            rows, items = row_ids(self.probe), self.probe.items
            setting = LayerSetting(
                self.layers, items, rows, store, device, self.input_size, self.batch_size, self.precision
            )
        return ExtractionTask(
            self.probe,
            fetch,
            fetch_config,
            store,
            device,
            self.input_size,
            self.batch_size,
            self.transform,
            setting,
            self.precision,
        )

    def identity(self, candidate: Candidate) -> Json:
        """Return what decides the keys of a candidate's features and of its layers' kernels."""
        layers = None if self.layers is None or candidate.repo_id in self.layers.without else self.layers.transform
        return {
            "task": "features",
            "revision": candidate.revision,
            "library": candidate.library,
            "weights": candidate.weights,
            "modality": candidate.modality,
            "input_size": candidate.size_in(self.input_size),
            "reading": [candidate.pooling, candidate.hidden_layers],
            "transform": self.transform,
            "layers": layers,
            "precision": self.precision,
            "extractor": EXTRACTOR_VERSION,
            "versions": versions(candidate),
        }

    def lasting(self, keys: CacheKeys) -> bool:
        """Whether there is no reason among the keys, which may not hold the next time, and all that decides them is
        known: a modality of another package may change with that package.
        """
        own = type(MODALITIES.get(self.probe.modality)).__module__.partition(".")[0] == __name__.partition(".")[0]
        return own and not any(keys[2:])
