"""How a repo of sentence-transformers makes one vector of a text: its own pooling, and what comes behind it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from hubscore.models.checkpoint_files import read_json, refusal
from hubscore.models.weight_files import find_weights
from hubscore.text import parse_json
from hubscore.types import Candidate, Json

MODULES = "modules.json"
_SETTINGS = tuple(
    f"sentence_{name}_config.json"
    for name in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet")
)
_WAYS = {
    "pooling_mode_cls_token": "first",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len",
    "pooling_mode_weightedmean_tokens": "weighted_mean",
    "pooling_mode_lasttoken": "last",
}
"""In the order in which several stand side by side."""
_NAMES = {
    "cls": "first",
    "max": "max",
    "mean": "mean",
    "mean_sqrt_len_tokens": "mean_sqrt_len",
    "weightedmean": "weighted_mean",
    "lasttoken": "last",
}
_DENSE = ("model.safetensors", "pytorch_model.bin")
_ACTIVATIONS = {"Identity": torch.nn.Identity, "Tanh": torch.nn.Tanh, "ReLU": torch.nn.ReLU, "GELU": torch.nn.GELU}


@dataclass(frozen=True)
class SentenceReading:
    """What a repo says of its sentence vectors.

    Attributes:
        ways: of pooling, side by side.
        steps: what follows: ``{"type": "Normalize"}``, or ``Dense`` with its folder and settings.
        limit: most tokens of a text, none where it is the network's.
        lower: whether texts are put into lower case.
        prefix: what is put before every text.
    """

    ways: tuple[str, ...]
    steps: tuple[Json, ...]
    limit: int | None
    lower: bool
    prefix: str


def sentence_reading(candidate: Candidate, folder: Path, *, alone: bool = False) -> SentenceReading | None:
    """Return how a repo of sentence-transformers reads texts; none for any other repo.

    Args:
        candidate: which.
        folder: of its files.
        alone: leave out what follows the transformer: another pooling was asked for.

    Raises:
        CandidateError: a file cannot be read, or names a module that is not known here.
    """
    if not (folder / MODULES).is_file():
        return None
    named = _modules(candidate, folder)[: 1 if alone else None]
    kinds = [kind for kind, _ in named]
    if kinds[:1] != ["Transformer"] or not (alone or kinds[1:2] == ["Pooling"]):
        raise _unknown(candidate, " and ".join(kinds[:2]) or "nothing")
    settings = next((read_json(candidate, folder / name) for name in _SETTINGS if (folder / name).is_file()), {})
    most = settings.get("max_seq_length")
    pooling = {} if alone else _settings_of(candidate, folder, named[1][1])
    prefix = _prefix(candidate, folder)
    if prefix and pooling.get("include_prompt") is False:
        raise _unknown(candidate, "a Pooling that leaves out the prompt")
    return SentenceReading(
        ways=_ways(candidate, pooling),
        steps=tuple(_step(candidate, folder, kind, path) for kind, path in named[2:] if kind != "Dropout"),
        limit=most if isinstance(most, int) and most > 0 else None,
        lower=settings.get("do_lower_case") is True,
        prefix=prefix,
    )


def build_steps(candidate: Candidate, folder: Path, steps: tuple[Json, ...]) -> torch.nn.Sequential:
    """Return what follows the pooling, with its weights.

    Raises:
        CandidateError: weights are missing, damaged or of another shape.
    """
    return torch.nn.Sequential(
        *(_Normalize() if step["type"] == "Normalize" else _dense(candidate, folder, step) for step in steps)
    ).eval()


class _Normalize(torch.nn.Module):
    """Brings vectors to length one."""

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.normalize(vectors, dim=-1)


def _modules(candidate: Candidate, folder: Path) -> list[tuple[str, str]]:
    """Return kind and folder of each module, in order."""
    try:
        listed = parse_json((folder / MODULES).read_text(encoding="utf-8"))
        return [(str(one["type"]).rpartition(".")[2], str(one["path"])) for one in listed]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise refusal(candidate, f"its {MODULES} is no list of modules") from error


def _settings_of(candidate: Candidate, folder: Path, path: str) -> Json:
    inside = folder / path / "config.json"
    if not path or "/" in path or path.startswith(".") or not inside.is_file():
        raise refusal(candidate, f"its {MODULES} names {path!r}, and there is no {path}/config.json")
    return read_json(candidate, inside)


def _ways(candidate: Candidate, pooling: Json) -> tuple[str, ...]:
    named = pooling.get("pooling_mode")
    if named is None:
        return tuple(way for key, way in _WAYS.items() if pooling.get(key) is True) or ("mean",)
    listed = [named] if isinstance(named, str) else list(named)
    unknown = [one for one in listed if one not in _NAMES]
    if unknown or not listed:
        raise _unknown(candidate, f"the pooling {', '.join(map(str, unknown)) or 'none'}")
    return tuple(_NAMES[one] for one in listed)


def _step(candidate: Candidate, folder: Path, kind: str, path: str) -> Json:
    if kind == "Normalize":
        return {"type": "Normalize"}
    if kind != "Dense":
        raise _unknown(candidate, kind)
    settings = _settings_of(candidate, folder, path)
    activation = str(settings.get("activation_function", "torch.nn.modules.activation.Tanh")).rpartition(".")[2]
    widths = [settings.get("in_features"), settings.get("out_features")]
    if activation not in _ACTIVATIONS or not all(isinstance(width, int) and 0 < width < 1_000_000 for width in widths):
        raise _unknown(candidate, f"a Dense of {widths[0]} to {widths[1]} with {activation}")
    return {
        "type": "Dense",
        "path": path,
        "widths": widths,
        "bias": settings.get("bias", True) is not False,
        "activation": activation,
    }


def _dense(candidate: Candidate, folder: Path, step: Json) -> torch.nn.Module:
    from safetensors.torch import load_file

    inside = folder / step["path"]
    path = find_weights(candidate, inside, _DENSE, own=False).path
    held: Any = (
        load_file(path) if path.suffix == ".safetensors" else torch.load(path, map_location="cpu", weights_only=True)
    )
    linear = torch.nn.Linear(step["widths"][0], step["widths"][1], bias=step["bias"])
    try:
        linear.load_state_dict({key.removeprefix("linear."): value.float() for key, value in held.items()})
    except (RuntimeError, AttributeError) as error:
        why = f"the weights in {step['path']} are not of a layer of {step['widths'][0]} to {step['widths'][1]}"
        raise refusal(candidate, why) from error
    return torch.nn.Sequential(linear, _ACTIVATIONS[step["activation"]]())


def _prefix(candidate: Candidate, folder: Path) -> str:
    """Return the prompt that is put before every text where none is asked for; empty for most."""
    path = folder / "config_sentence_transformers.json"
    said = read_json(candidate, path) if path.is_file() else {}
    prompts, name = said.get("prompts"), said.get("default_prompt_name")
    found = prompts.get(name) if isinstance(prompts, dict) and isinstance(name, str) else None
    return found if isinstance(found, str) else ""


def _unknown(candidate: Candidate, what: str) -> Exception:
    why = f"its {MODULES} names {what}, which hubscore does not know"
    return refusal(candidate, why, "--pooling mean, which takes its transformer alone")
