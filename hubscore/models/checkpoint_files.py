"""What lies in a checkpoint's folder, read without running anything of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hubscore.errors import CandidateError
from hubscore.text import byte_size
from hubscore.types import Candidate, Json

_CONFIGS_WITH_CODE = ("config.json", "preprocessor_config.json", "processor_config.json")
JSON_LIMIT = 16 * 2**20
"""Bytes of the longest configuration that is read; the names of 20,000 classes take one or two million."""


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
        if (folder / name).is_file() and "auto_map" in read_json(candidate, folder / name):
            why = f"it needs code from its own repo (auto_map in {name}), which hubscore does not run"
            raise refusal(candidate, why, "choose a checkpoint of an architecture that timm or transformers has")
    return read_json(candidate, folder / "config.json")


def read_json(candidate: Candidate, path: Path) -> Json:
    """Return a JSON object.

    Raises:
        CandidateError: the file is missing, too large, nested too deep, or holds none.
    """
    try:
        if path.stat().st_size > JSON_LIMIT:
            raise refusal(candidate, f"its {path.name} has {byte_size(path.stat().st_size)}", refetch(candidate))
        content = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise refusal(candidate, f"its {path.name} is nested too deep to be read", refetch(candidate)) from error
    except (OSError, ValueError) as error:
        raise refusal(candidate, f"its {path.name} cannot be read ({error})", refetch(candidate)) from error
    if not isinstance(content, dict):
        raise refusal(candidate, f"its {path.name} holds no JSON object", refetch(candidate))
    return content


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
