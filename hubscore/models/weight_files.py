"""Which files hold a checkpoint's weights, and that they can be loaded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

from hubscore.models.checkpoint_files import read_json, refetch, refusal
from hubscore.models.weights_header import WeightsHeader, read_header
from hubscore.types import Candidate

TIMM_WEIGHTS = (
    "model.safetensors",
    "open_clip_model.safetensors",
    "pytorch_model.bin",
    "pytorch_model.pth",
    "model.pth",
)
TRANSFORMERS_WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
)


@dataclass(frozen=True)
class Weights:
    """The file to load, or the index of its shards, and what they hold together."""

    path: Path
    header: WeightsHeader


def find_weights(candidate: Candidate, folder: Path, names: Collection[str], *, own: bool = True) -> Weights:
    """Return the weights to load, checked: those that the candidate names, else the first of ``names`` that is there.

    Args:
        candidate: which.
        folder: where they lie.
        names: of files, the most wanted first.
        own: whether these are the candidate's main weights, whose name it may know.

    Raises:
        CandidateError: there are none, they are damaged, or unpickling them would run code.
    """
    wanted = ((candidate.weights or "") if own else "", *names)
    chosen = next((folder / name for name in wanted if name and (folder / name).is_file()), None)
    if chosen is None:
        raise refusal(candidate, f"a config without weights: there is none of {', '.join(names)}", refetch(candidate))
    return Weights(chosen, reduce(add, (read_header(candidate, part) for part in _parts(candidate, chosen))))


def _parts(candidate: Candidate, weights: Path) -> list[Path]:
    """Return the file itself, or the shards that an index names."""
    if weights.suffix != ".json":
        return [weights]
    named = read_json(candidate, weights).get("weight_map")
    if not isinstance(named, dict) or not named:
        raise refusal(candidate, f"its {weights.name} names no weights", refetch(candidate))
    odd = [value for value in named.values() if not isinstance(value, str)]
    if odd:
        why = f"its {weights.name} names {odd[0]!r} where the name of a file belongs"
        raise refusal(candidate, why, refetch(candidate))
    shards = [weights.parent / str(name) for name in sorted(set(named.values()))]
    lacking = [shard.name for shard in shards if not shard.is_file() or shard.parent != weights.parent]
    if lacking:
        raise refusal(
            candidate,
            f"{len(lacking)} of its {len(shards)} weight files are missing ({lacking[0]})",
            refetch(candidate),
        )
    return shards
