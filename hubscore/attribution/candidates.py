"""Attribution maps of every candidate over one probe: from the cache where they are known, computed and stored where
not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hubscore.attribution.explainer import METHODS, Objective, Reading, check_reading
from hubscore.attribution.grid import Grid
from hubscore.attribution.lrp.epsilon import Gates
from hubscore.attribution.task import AttributionRecipe, Attributions
from hubscore.errors import UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_key import PENULTIMATE
from hubscore.extract.engine import each, gather
from hubscore.extract.events import Progress
from hubscore.extract.extraction_task import Fetch
from hubscore.extract.supervisor import Supervision
from hubscore.modalities.attributions import check_attribution
from hubscore.types import Candidate, Probe, Skipped


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
    reading: Reading = "released",
    fetch_config: Fetch | None = None,
    device: str = "auto",
    batch_size: int | None = None,
    input_size: int | None = None,
    progress: Progress | None = None,
    forget: Callable[[Candidate], object] | None = None,
    supervision: Supervision | None = None,
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
        reading: of saliency: ``released``, one gradient of all units together as the authors' code takes it, or
            ``printed``, the mean of each unit's own as in their text, which costs a backward pass for every unit.
        fetch_config: returns a folder that holds at least a candidate's configuration; ``fetch`` by default.
        device: ``auto`` or as torch names it.
        batch_size: chosen by memory otherwise.
        input_size: pixels per side, for networks that accept another size.
        progress: told when a candidate of this process starts and how it ends.
        forget: told when a candidate's folder is no longer needed.
        supervision: of workers, which then make the maps that are not stored; without, this process does.

    Returns:
        Attributions, skipped candidates with reasons, and the images that went through networks.

    Raises:
        StorageError: the store cannot be written; what it held stays.
        UsageError: an unknown method, objective, reading or way with gates, no image, or the device is not there.

    Example:
        >>> outcome = attribute_all(candidates, probe, fetch=fetch, store=Store())  # doctest: +SKIP
        >>> outcome.attributions["org/net"].maps["saliency"].shape  # doctest: +SKIP
        (500, 3, 64, 64)
    """
    _check(methods, objective, gates, map_size, probe)
    check_reading(reading, methods, objective)
    recipe = AttributionRecipe(
        probe,
        Grid.for_items(probe.items, map_size),
        tuple(dict.fromkeys(methods)),
        objective,
        layer or PENULTIMATE,
        gates,
        map_size or None,
        input_size,
        batch_size,
        reading,
    )
    ended = each(
        recipe,
        candidates,
        store=store,
        fetch=fetch,
        fetch_config=fetch_config,
        forget=forget,
        progress=progress,
        device=device,
        supervision=supervision,
    )
    shared = gather(ended, candidates)
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
