"""What of a run's forward passes was made before and is kept, before anything is fetched or loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.candidates.plan import LAYER_COST
from hubscore.extract.job import ExtractionRecipe
from hubscore.extract.layer_request import SMALLER_BATCH, LayerRequest
from hubscore.extract.layer_task import LayerSetting
from hubscore.extract.notes import KnownKeys, Notes
from hubscore.extract.row_ids import row_ids
from hubscore.types import Candidate, Json, Probe

if TYPE_CHECKING:
    from hubscore.run.session import Session


def passes_left(
    session: Session,
    candidates: Sequence[Candidate],
    probe: Probe,
    *,
    transform: str = "own",
    layers: LayerRequest | None = None,
) -> dict[str, float]:
    """Return how many passes over the items candidates still take, of those of which something is kept.

    What is kept is known by notes that a run leaves beside its features: no configuration is fetched for it and no
    library is loaded. Where there is no note, nothing is said of a candidate, and it counts as new.

    Args:
        session: of the run.
        candidates: which would run.
        probe: the rows; one that was only looked at may not know what they are called, and then nothing is found.
        transform: as the run passes it on.
        layers: how the kernels of the layers would be made, if at all.

    Returns:
        By ``repo_id``, 0 for what is all kept; the kernel of the layers counts as
        :data:`hubscore.candidates.plan.LAYER_COST` has it.
    """
    if not probe.row_ids:
        return {}
    run, store, rows = session.run, session.cache, row_ids(probe)
    recipe = ExtractionRecipe(probe, run.input_size, run.batch_size, transform, layers, run.precision)
    # A run without kernels, or with them, leaves the same features under another note.
    others = [replace(recipe, layers=one) for one in (None, LayerRequest()) if (one is None) != (layers is None)]
    known, left = KnownKeys(store.root), dict[str, float]()
    for one in candidates:
        keys = known.find(recipe.identity(one))
        found = keys or next((it for other in others if (it := known.find(other.identity(one)))), None)
        if found is None:
            continue
        work = 1.0 - len(store.known_rows(found[0], rows)) / len(set(rows))
        if layers is not None and one.repo_id not in layers.without:
            work += (LAYER_COST - 1.0) * (1.0 if keys is None else _kernels_left(session, keys[1], layers, rows))
        left[one.repo_id] = work
    return left


def _kernels_left(session: Session, network: str, layers: LayerRequest, rows: tuple[str, ...]) -> float:
    """Return the share of a network's kernels that is not kept."""
    run, store = session.run, session.cache
    setting = LayerSetting(layers, (), rows, store, run.device, run.input_size, run.batch_size, run.precision)
    parts = setting.parts()
    sizes = (layers.batch, SMALLER_BATCH)
    kept = [any(store.has_kernel(setting.key(network, part, batch)) for batch in sizes) for part in parts]
    return 1.0 - sum(kept) / len(parts)


def remember_rows(root: Path, probe: Probe) -> None:
    """Note what the rows of a commit on the Hub are called by their content, so that a plan finds what is kept of
    them without reading them.

    Args:
        root: of the cache.
        probe: as it was drawn.
    """
    if probe.revision is not None and probe.row_ids:
        _notes(root).write(_drawn(probe), {"rows": list(probe.row_ids)})


def with_known_rows(root: Path, probe: Probe) -> Probe:
    """Return a probe that was only looked at with the names of its rows, where an earlier run noted them.

    Args:
        root: of the cache.
        probe: without items.
    """
    if probe.revision is None or probe.row_ids:
        return probe
    note = _notes(root).read(_drawn(probe)) or {}
    rows = note.get("rows")
    fits = isinstance(rows, list) and len(rows) == len(probe) and all(isinstance(row, str) for row in rows)
    return replace(probe, row_ids=tuple(rows)) if fits and rows is not None else probe


def _notes(root: Path) -> Notes:
    return Notes(root / "known")


def _drawn(probe: Probe) -> Json:
    names = ("dataset", "revision", "config", "split", "modality", "input_column")
    return {"task": "rows", **{name: getattr(probe, name) for name in names}, "indices": list(probe.indices)}
