"""What lies in a checkpoint's folder, read without running anything of it."""

from __future__ import annotations

import json
import pickle
import re
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hubscore.errors import CandidateError
from hubscore.types import Candidate, Json

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
# torch raises one UnpicklingError for a damaged file and for one that would run code; only its words tell them apart.
_NO_PICKLE = "Unsupported operand|invalid load key|truncated|Ran out of input"
_CONFIGS_WITH_CODE = ("config.json", "preprocessor_config.json", "processor_config.json")


def refusal(candidate: Candidate, why: str, fix: str = "choose another checkpoint") -> CandidateError:
    """Return the error that says why a checkpoint cannot be loaded."""
    return CandidateError(f"Cannot load {candidate.repo_id!r}", why, fix, subject=candidate.repo_id, predicate="")


def size_refusal(candidate: Candidate, input_size: int | None, why: str) -> CandidateError:
    """Return the error for a network that does not take the size asked for."""
    why = f"it does not run at {input_size} x {input_size} pixels: {why}"
    return refusal(candidate, why, other_size(candidate, input_size))


def other_size(candidate: Candidate, input_size: int | None) -> str:
    """Return what to change where a network does not run: the size, if one was asked for, where it was asked for."""
    if candidate.input_size is not None:
        return "empty its input_size in the list of models"
    return "choose another checkpoint" if input_size is None else "leave out --input-size"


def refetch(candidate: Candidate) -> str:
    """Return what to type when a file of a checkpoint is damaged."""
    if candidate.path is not None:
        return f"put sound files into {candidate.path}"
    return f"hf cache rm model/{candidate.repo_id.partition('@')[0]}, then run again"


def read_config(candidate: Candidate, folder: Path) -> Json:
    """Return config.json.

    Raises:
        CandidateError: it is missing or unreadable, or the checkpoint needs code from its repo.
    """
    if not (folder / "config.json").is_file():
        raise refusal(candidate, "it has no config.json, so nobody can tell which network it is")
    for name in _CONFIGS_WITH_CODE:
        if (folder / name).is_file() and "auto_map" in _read_json(candidate, folder / name):
            why = f"it needs code from its own repo (auto_map in {name}), which hubscore does not run"
            raise refusal(candidate, why, "choose a checkpoint of an architecture that timm or transformers has")
    return _read_json(candidate, folder / "config.json")


def _read_json(candidate: Candidate, path: Path) -> Json:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise refusal(candidate, f"its {path.name} cannot be read ({error})", refetch(candidate)) from error
    if not isinstance(content, dict):
        raise refusal(candidate, f"its {path.name} holds no JSON object", refetch(candidate))
    return content


def weights_file(candidate: Candidate, folder: Path, names: Iterable[str]) -> Path:
    """Return the weight file to load, checked: the one that the candidate names, else the first of ``names`` that is
    there.

    Raises:
        CandidateError: there is none, it is damaged, or unpickling it would run code.
    """
    chosen = next((folder / name for name in (candidate.weights, *names) if name and (folder / name).is_file()), None)
    if chosen is None:
        raise refusal(candidate, f"a config without weights: there is none of {', '.join(names)}", refetch(candidate))
    for part in _parts(candidate, chosen):
        if part.suffix == ".safetensors":
            _check_safetensors(candidate, part)
        else:
            _check_pickle(candidate, part)
    return chosen


def _parts(candidate: Candidate, weights: Path) -> list[Path]:
    """Return the file itself, or the shards that an index names."""
    if weights.suffix != ".json":
        return [weights]
    named = _read_json(candidate, weights).get("weight_map")
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


def _check_safetensors(candidate: Candidate, path: Path) -> None:
    """Read the header, which must account for every byte of the file."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as opened:
            empty = not opened.keys()
    except (SafetensorError, OSError) as error:
        raise refusal(candidate, f"its {path.name} is corrupt or cut short ({error})", refetch(candidate)) from error
    if empty:
        raise refusal(candidate, f"its {path.name} holds no weights", refetch(candidate))


def _check_pickle(candidate: Candidate, path: Path) -> None:
    """Unpickle with nothing but tensors allowed; tensors are not read."""
    import torch

    try:
        with warnings.catch_warnings(action="ignore"):
            torch.load(path, map_location="meta", weights_only=True)
    except Exception as error:  # a damaged archive makes the reader raise nearly anything
        if isinstance(error, pickle.UnpicklingError) and not re.search(_NO_PICKLE, str(error)):
            why = (
                f"its {path.name} is a pickle that would run code{_code_in(path)}; hubscore unpickles tensors and"
                " nothing else"
            )
            raise refusal(candidate, why, "choose a checkpoint with safetensors") from error
        raise refusal(
            candidate, f"its {path.name} is corrupt or cut short ({one_line(error)})", refetch(candidate)
        ) from error


def _code_in(path: Path) -> str:
    """Name what a pickle would call, where its format tells without unpickling."""
    import torch

    try:
        found = torch.serialization.get_unsafe_globals_in_checkpoint(str(path))
    except Exception:  # an old format: the refusal stands without the names
        return ""
    return f" ({', '.join(sorted(found)[:3])})" if found else ""


def refuse_not_a_number(candidate: Candidate, module: Any) -> None:
    """Refuse a network some of whose weights are not finite numbers: whatever depends on them is none either.

    Raises:
        CandidateError: there are such weights.
    """
    bad = [name for name, value in module.named_parameters() if not bool(value.isfinite().all())]
    if bad:
        total = sum(1 for _ in module.parameters())
        why = (
            f"its weights are NaN or infinite in {len(bad)} of {total} tensors ({bad[0]}), as when a training in 16-bit"
            " floats overflows"
        )
        raise refusal(candidate, why, "choose another checkpoint, or train it again in float32 or bfloat16")


def one_line(error: BaseException) -> str:
    """Return an error's words on one line, cut where they go on and on."""
    words = " ".join(str(error).split())
    return (words[:300] + "..." if len(words) > 300 else words) or type(error).__name__
