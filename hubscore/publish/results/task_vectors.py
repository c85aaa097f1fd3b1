"""What a proxy network sees in a data set, beside its ranking: in the run's record, and for all data sets in one file.

Such a vector is data about the data: it is sent only of public data, or where the user agrees.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hubscore.recommend.history import TaskVector
from hubscore.results.contents import TASK_VECTOR
from hubscore.results.runs import Run
from hubscore.text import clean, parse_json
from hubscore.types import Json

_BOARD = ("dataset", "config", "split", "revision", "fingerprint")
_SEEN = ("proxy", "proxy_revision", "samples", "vector")


def with_task_vector(data: Mapping[str, Any], seen: TaskVector, samples: int) -> Json:
    """Return a ranking's JSON with what a proxy sees in its data set, six digits of each number."""
    vector = [float(f"{value:.6g}") for value in seen.vector.tolist()]
    told = {"proxy": seen.proxy, "proxy_revision": seen.proxy_revision, "samples": samples, "vector": vector}
    return {**data, "record": {**(data.get("record") or {}), TASK_VECTOR: told}}


def words(data: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """Say in the preview what is sent of a proxy's view, or taken back; empty where it is neither.

    Args:
        data: the ranking's JSON as it is sent.
        before: as it was published, where it was.
    """
    seen, known = ((one or {}).get("record", {}).get(TASK_VECTOR) for one in (data, before))
    if isinstance(seen, Mapping):
        name = f"{clean(seen.get('proxy'))} @ {str(seen.get('proxy_revision'))[:7]}"
        size = f"{len(seen.get('vector') or ())} numbers"
        return (
            f"# task vector: the mean of what {name} sees in {seen.get('samples')} rows, {size};"
            " it is data about the data, and helps hubscore recommend"
        )
    return "# the task vector that was published with this run is taken back" if known else ""


def task_vectors_json(old: bytes | None, runs: Sequence[Run]) -> bytes | None:
    """Return ``task_vectors.json``, one line a run, with these runs brought up to date; none where there are none.

    Args:
        old: the file as it is; one that is damaged is begun anew.
        runs: their records say what a proxy saw.
    """
    kept = [one for one in read_task_vectors(old) if one.get("run") not in {run.id for run in runs}]
    for run in runs:
        seen, probe = (run.data.get("record") or {}).get(TASK_VECTOR), run.data.get("probe") or {}
        if isinstance(seen, Mapping):
            board = {name: probe.get(name) for name in _BOARD}
            kept.append({"run": run.id, **board, **{name: seen.get(name) for name in _SEEN}})
    if not kept and old is None:
        return None
    return task_vectors_of(kept)


def task_vectors_of(seen: Sequence[Json]) -> bytes:
    """Return the bytes of ``task_vectors.json`` with these lines."""
    lines = (json.dumps(one, ensure_ascii=False, allow_nan=False, separators=(",", ":")) for one in seen)
    return ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def read_task_vectors(content: bytes | None) -> list[Json]:
    """Return the lines of ``task_vectors.json``; none of a file that is damaged."""
    try:
        found = parse_json(content or b"[]")
    except ValueError:
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
