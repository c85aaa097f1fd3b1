"""Weights that a network of transformers has and its checkpoint lacks, or the other way round: what hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from hubscore.errors import CandidateError
from hubscore.models.checkpoint_files import refusal
from hubscore.models.network import Answer
from hubscore.types import Candidate


def check_unexpected(candidate: Candidate, model: Any, keys: Collection[str]) -> None:
    """Refuse weights of the body that the configuration has no place for: the network would be cut short without a
    word.

    Buffers of older versions, poolers and heads of other tasks are left over in many sound checkpoints.
    """
    prefix = f"{model.base_model_prefix}." if model.base_model is not model else ""
    extra = sorted(key for key in keys if key.startswith(prefix) and key.endswith((".weight", ".bias")))
    extra = [key for key in extra if "pooler" not in key and _same_part(model, key)]
    if extra:
        raise misfit(candidate, model, dict.fromkeys(extra, "unexpected"))


def _same_part(model: Any, key: str) -> bool:
    """Whether the network has something in the place where a left-over weight belongs, for example a shorter list of
    layers.
    """
    parts = key.split(".")
    numbered = next((at for at, part in enumerate(parts) if part.isdigit()), None)
    if numbered is None:
        return False
    try:
        return isinstance(model.get_submodule(".".join(parts[:numbered])), torch.nn.ModuleList | torch.nn.Sequential)
    except AttributeError:
        return False


def depends_on(model: Any, run: Callable[[], Answer], names: Collection[str]) -> bool:
    """Whether what a network answers depends on some of its weights, which are lost."""
    tensors = [value for key in names if (value := _tensor(model, key)) is not None]
    with torch.no_grad():
        for value in tensors:
            value.fill_(torch.nan)
        answer = run()
        for value in tensors:
            value.zero_()
    return not all(bool(torch.isfinite(part).all()) for part in answer if part is not None)


def _tensor(model: Any, key: str) -> torch.Tensor | None:
    """Return a parameter or buffer by name; none where it was taken off or holds no floats."""
    try:
        value = model.get_parameter_or_buffer(key)
    except AttributeError:
        return None
    return value.data if value.is_floating_point() else None


def misfit(candidate: Candidate, model: Any, keys: dict[str, str]) -> CandidateError:
    """Say which weights do not fit, each kind with its number and first names."""
    kinds: dict[str, list[str]] = {}
    for key, kind in keys.items():
        kinds.setdefault(kind, []).append(key)
    parts = [
        f"{len(names)} {kind} ({', '.join(names[:2])}{', ...' if len(names) > 2 else ''})"
        for kind, names in kinds.items()
    ]
    return refusal(candidate, f"its weights do not fit {type(model).__name__}: {', '.join(parts)}")


@contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' loading report and bars off the terminal."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
