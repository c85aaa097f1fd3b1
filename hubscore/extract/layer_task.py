"""The kernels of one candidate's layers, one a probe: from the cache, or computed and stored there."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hubscore.errors import HubscoreError, StorageError, Undefined, reason_of
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import LAYERS, layer_kernel_key, network_key
from hubscore.extract.concat import stack_kernels
from hubscore.extract.layer_request import MOST_ROWS, SMALLER_BATCH, LayerRequest
from hubscore.extract.loading import LazyNetwork
from hubscore.extract.precision import FULL, PRECISIONS
from hubscore.extract.row_ids import SomeItems
from hubscore.types import Candidate, Extraction, Json

if TYPE_CHECKING:
    from hubscore.extract.layer_pass import LayerPass, LayerRecorder
    from hubscore.models.layer_runs import LayerRun
    from hubscore.models.network import Network

NOTE = "layer_kernel"
"""Where the notes of an extraction say how its kernel was made, or why there is none."""


@dataclass(frozen=True)
class LayerSetting:
    """What is the same for the kernels of every candidate.

    Attributes:
        request: how they are made.
        items: of all probes, one behind the other.
        rows: their ids.
        store: where kernels are kept.
        device: where networks run.
        input_size: pixels per side, for networks that accept another size.
        batch_size: of networks without BatchNorm.
        precision: in which networks compute.
    """

    request: LayerRequest
    items: Sequence[Any]
    rows: tuple[str, ...]
    store: FeatureCache
    device: str
    input_size: int | None
    batch_size: int | None
    precision: str = FULL

    def parts(self) -> list[range]:
        """Return the places of each probe's rows."""
        ends = np.cumsum(self.request.parts or (len(self.rows),)).tolist()
        return [range(start, end) for start, end in zip([0, *ends], ends, strict=False)]

    def network_key(self, candidate: Candidate, own: Json) -> str:
        """Return what a candidate's kernels are found by, whatever the rows.

        Args:
            candidate: which.
            own: the values of its own transform.
        """
        from hubscore.models.network import spec_of

        spec = spec_of(self.request.transform, own, candidate.modality)
        return network_key(
            candidate, spec, layers=(LAYERS,), dtype=PRECISIONS[self.precision], input_size=self.input_size
        )

    def stored(self, network: str, part: range) -> Extraction | None:
        """Return the kernel of one probe, rows in sorted order: of full statistics batches, or else of smaller ones,
        which are stored only where full ones did not fit.
        """
        for batch in (self.request.batch, SMALLER_BATCH):
            found = self.store.read_kernel(self.key(network, part, batch))
            if found is not None:
                return found
        return None

    def key(self, network: str, part: range, batch: int) -> str:
        """Return the key of one probe's kernel."""
        rows = [self.rows[at] for at in part]
        return layer_kernel_key(network, rows, seed=self.request.seed, batch=batch)

    def put_together(self, extraction: Extraction, kernels: Sequence[Extraction]) -> Extraction:
        """Return an extraction with the kernels of its probes, and with what they say of themselves."""
        rows = [[self.rows[at] for at in part] for part in self.parts()]
        ordered = [_in_order(one, ids) for one, ids in zip(kernels, rows, strict=True)]
        seconds = {**extraction.seconds, "layers": sum(sum(one.seconds.values()) for one in kernels)}
        notes = {**extraction.notes, NOTE: kernels[0].notes[NOTE]}
        return replace(extraction, layer_kernel=stack_kernels(ordered), seconds=seconds, notes=notes)

    def without(self, extraction: Extraction, reason: str) -> Extraction:
        """Return an extraction that says why it has no kernel."""
        return replace(extraction, notes={**extraction.notes, NOTE: {"reason": reason}})


class LayerTask:
    """One candidate's kernels; whatever goes wrong with them leaves its features alone.

    Args:
        setting: what is the same for all candidates.
        loaded: the candidate's network.
        own: the values of its own transform.
    """

    def __init__(self, setting: LayerSetting, loaded: LazyNetwork, own: Json) -> None:
        self.setting, self.loaded = setting, loaded
        self.network = setting.network_key(loaded.candidate, own)
        self.images = 0
        self.reason = setting.request.failed.get(loaded.candidate.repo_id, "")
        longest = max(map(len, setting.parts()))
        if longest > MOST_ROWS:
            self.reason = f"a kernel of all pairs of {longest} rows is too large; use at most {MOST_ROWS} samples"
        self._kernels: list[Extraction | None] = [setting.stored(self.network, part) for part in setting.parts()]
        self._layers: tuple[LayerRun, ...] = ()
        self._recorder: LayerRecorder | None = None

    def prepare(self) -> None:
        """Where kernels are missing, see what the layers are: before the network has run without derivatives, after
        which what it keeps from that run could have none.
        """
        if not self.reason and None in self._kernels:
            self._guarded(self._find_layers)

    def shared(self, network: Network, rows: Sequence[str]) -> LayerRecorder | None:
        """Return what records the layers in the pass that the features take; none where they need one of their own: by
        the target's statistics, of other pixels, of other rows or of several probes.

        Args:
            network: as the features' pass runs it.
            rows: ids of the different rows of that pass, in order.
        """
        from hubscore.extract.layer_pass import LayerRecorder

        setting = self.setting
        if self.reason or len(self._kernels) > 1 or self._kernels[0] is not None or len(self._layers) == 0:
            return None
        if self.apart(network) or len(rows) < 2 or set(rows) != set(setting.rows):
            return None
        self._recorder = LayerRecorder(network, self._layers, setting.rows, rows, setting.store.root)
        return self._recorder

    def apart(self, network: Network) -> bool:
        """Whether the layers need a pass of their own whatever the rows: by the target's statistics, of other pixels,
        or of several probes.

        Args:
            network: as the features' pass runs it.
        """
        from hubscore.models.batch_statistics import uses_batches

        other = network.spec != self._shown(self.setting.request.transform).spec
        return other or len(self._kernels) > 1 or uses_batches(network.module)

    def compute(self) -> None:
        """Compute and store the kernels that are missing.

        Raises:
            StorageError: the store cannot be written.
        """
        if not self.reason and None in self._kernels:
            self._guarded(self._compute)

    def add_to(self, extraction: Extraction) -> Extraction:
        """Compute what is missing, store it, and return the extraction with its kernel or the reason why it has none.

        Raises:
            StorageError: the store cannot be written.
        """
        self.compute()
        found = [one for one in self._kernels if one is not None]
        if self.reason or len(found) < len(self._kernels):
            return self.setting.without(extraction, self.reason)
        return self.setting.put_together(extraction, found)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except StorageError:
            raise
        except Undefined as error:
            self.reason = error.reason
        except HubscoreError as error:
            self.reason = reason_of(error)
        except Exception as error:  # networks raise nearly anything where they are run in an unusual way
            self.reason = f"its layers cannot be read ({type(error).__name__}: {' '.join(str(error).split())[:300]})"

    def _find_layers(self) -> None:
        from hubscore.models.layer_runs import layer_runs

        network = self._shown(self.setting.request.transform)
        network.module.to(self.setting.device)
        self._layers = layer_runs(network)

    def _shown(self, transform: str) -> Network:
        """Return the network behind a transform of some kind."""
        return self.loaded.network.with_transform(transform)

    def _compute(self) -> None:
        for number, (part, known) in enumerate(zip(self.setting.parts(), self._kernels, strict=True)):
            if known is None:
                self._kernels[number] = self._one(part)

    def _run(self, network: Network, part: range) -> LayerPass:
        """Take the layers from the features' pass where it recorded them, else from a pass of their own."""
        from hubscore.extract.layer_pass import run_layers

        if self._recorder is not None and self._recorder.complete:
            return self._recorder.result(None, 0, {})
        setting, request = self.setting, self.setting.request
        return run_layers(
            network,
            SomeItems(setting.items, list(part)),
            [setting.rows[at] for at in part],
            layers=self._layers,
            folder=setting.store.root,
            seed=request.seed,
            device=setting.device,
            batch_size=setting.batch_size,
            batch=request.batch,
        )

    def _one(self, part: range) -> Extraction:
        """Compute and store the kernel of one probe."""
        setting, request, candidate = self.setting, self.setting.request, self.loaded.candidate
        network = self._shown(request.transform)
        began = time.perf_counter()
        made = self._run(network, part)
        self.images += made.images
        about = {
            "batch_norm": made.batch is not None,
            "statistics_batch": made.batch,
            "transform": "whole" if network.spec.get("whole") else "own",
            "layers": made.layers,
            "constant": made.constant,
            "seed": request.seed,
        }
        kernel = Extraction(
            key=setting.key(self.network, part, SMALLER_BATCH if made.smaller else request.batch),
            model=candidate.repo_id,
            revision=candidate.revision,
            features={},
            seconds={"layers": time.perf_counter() - began},
            transform=network.spec,
            input_size=network.input_size,
            device=setting.device,
            dtype=PRECISIONS[setting.precision],
            notes={NOTE: about},
            layer_kernel=made.kernel,
        )
        setting.store.write_kernel(kernel)
        return kernel


def _in_order(stored: Extraction, rows: Sequence[str]) -> np.ndarray:
    """Return a kernel, stored in the sorted order of its rows, in the order in which the rows stand."""
    assert stored.layer_kernel is not None
    places = np.empty(len(rows), dtype=np.int64)
    places[np.argsort(np.asarray(rows), kind="stable")] = np.arange(len(rows))
    return stored.layer_kernel[places[:, None], places]
