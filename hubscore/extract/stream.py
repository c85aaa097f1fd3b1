"""Candidates over one probe, one after the other: each result is handed on as soon as it is there, and then let go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hubscore.extract.cache import FeatureCache
from hubscore.extract.engine import each
from hubscore.extract.events import Progress
from hubscore.extract.extraction_task import Fetch
from hubscore.extract.job import ExtractionRecipe
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.orders import most_parts
from hubscore.extract.precision import FULL
from hubscore.extract.row_ids import row_ids
from hubscore.extract.supervisor import Supervision
from hubscore.types import Candidate, Extraction, Probe, Skipped


@dataclass(frozen=True)
class CandidateResult:
    """What became of one candidate: its extraction, or the reason why there is none.

    Attributes:
        candidate: which.
        extraction: what it computed; none where it was skipped.
        skipped: why it could not be used; none where it could.
        forward_images: items that went through its network: rows that were in the cache do not.
    """

    candidate: Candidate
    extraction: Extraction | None
    skipped: Skipped | None
    forward_images: int


def extract_each(
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
    transform: str = "own",
    layers: LayerRequest | None = None,
    precision: str = FULL,
    progress: Progress | None = None,
    supervision: Supervision | None = None,
) -> Iterator[CandidateResult]:
    """Yield what becomes of every candidate as it is finished, and keep nothing of it: a thousand need no more memory
    than one.

    What is computed, kept and shared is as :func:`hubscore.extract.extract_all.extract_all` says, which collects this.
    Where a launcher started several processes, each yields its own candidates as they are finished and then reads
    those of the others from the store.

    Args:
        candidates: with unique ``repo_id``.
        probe: whose items they see; of several rows of one content, one is run.
        fetch: returns the folder of a candidate, downloaded if need be.
        store: where rows are kept.
        fetch_config: returns a folder that holds at least a candidate's configuration; ``fetch`` by default.
        forget: told when a candidate's folder is no longer needed.
        device: ``auto`` or as torch names it.
        input_size: pixels per side, for networks that accept another size.
        batch_size: chosen by memory otherwise.
        transform: what features are taken of: ``own`` or ``whole``.
        layers: how kernels of all layers are made; none are made by default.
        precision: in which networks compute, one of :data:`hubscore.extract.precision.PRECISIONS`.
        progress: told when a candidate of this process starts and how it ends.
        supervision: of workers, which then run what is not stored; without, this process does.

    Yields:
        One result per candidate, in any order.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: the device is not there.
    """
    recipe = ExtractionRecipe(probe, input_size, batch_size, transform, layers, precision)
    for ended in each(
        recipe,
        candidates,
        store=store,
        fetch=fetch,
        fetch_config=fetch_config,
        forget=forget,
        progress=progress,
        device=device,
        supervision=supervision,
        parts=most_parts(len(set(row_ids(probe)))),
    ):
        yield CandidateResult(ended.candidate, ended.result, ended.skipped, ended.forward_images)
