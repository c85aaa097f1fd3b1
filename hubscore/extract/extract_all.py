"""Every candidate over one probe: rows from the cache where they are known, computed and stored where they are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hubscore.extract.cache import FeatureCache
from hubscore.extract.events import Progress
from hubscore.extract.extraction_task import Fetch
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.stream import CandidateResult, extract_each
from hubscore.types import Candidate, Extraction, Probe, Skipped


@dataclass(frozen=True)
class ExtractionOutcome:
    """The results of a run.

    Attributes:
        extractions: by the candidate's ``repo_id``, in the order of the candidates.
        skipped: the candidates that could not be used, with the reason.
        forward_images: items that went through a network, over all processes: rows that were in the cache do not.
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
    transform: str = "own",
    layers: LayerRequest | None = None,
    progress: Progress | None = None,
) -> ExtractionOutcome:
    """Run every candidate over a probe, each over the rows that it has not seen yet.

    Rows are kept by their content, so that a larger probe, or another one, shares them. What is computed of a row
    depends on the others of its run in its last bits only, see :func:`hubscore.extract.forward_pass.run_network`.
    Where accelerate or torchrun started several processes, each takes its share of the candidates and writes into the
    same store; all return the same outcome. Interrupted, the run leaves what it finished in the store.

    Args:
        candidates: with unique ``repo_id``.
        probe: whose items they see; of several rows of one content, one is run.
        fetch: returns the folder of a candidate, downloaded if need be.
        store: where rows are kept.
        fetch_config: returns a folder that holds at least a candidate's configuration, so that what is in the cache
            needs no weights; ``fetch`` by default.
        forget: told when a candidate's folder is no longer needed.
        device: ``auto`` or as torch names it.
        input_size: pixels per side, for networks that accept another size.
        batch_size: chosen by memory otherwise.
        transform: what features are taken of: ``own`` for each checkpoint's own transform, ``whole`` for the whole item
            squeezed to the input size.
        layers: how kernels of all layers are made, in one more forward pass of each probe; none are made by default.
            Where that fails for a candidate, its extraction has features alone, and its notes say why.
        progress: told when a candidate of this process starts and how it ends.

    Returns:
        Extractions, skipped candidates with reasons, and how many items went through networks.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: the device is not there.
    """
    results = {
        one.candidate.repo_id: one
        for one in extract_each(
            candidates,
            probe,
            fetch=fetch,
            store=store,
            fetch_config=fetch_config,
            forget=forget,
            device=device,
            input_size=input_size,
            batch_size=batch_size,
            transform=transform,
            layers=layers,
            progress=progress,
        )
    }
    return collect([results[one.repo_id] for one in candidates])


def collect(ordered: Iterable[CandidateResult]) -> ExtractionOutcome:
    """Return what became of candidates, in their order."""
    ordered = list(ordered)
    return ExtractionOutcome(
        {one.candidate.repo_id: one.extraction for one in ordered if one.extraction is not None},
        tuple(one.skipped for one in ordered if one.skipped is not None),
        sum(one.forward_images for one in ordered),
    )
