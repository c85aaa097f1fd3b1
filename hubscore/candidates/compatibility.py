"""Which modality a checkpoint is of, and why some checkpoints are refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hubscore.candidates.card_metadata import base_model_of
from hubscore.candidates.repo_info import RepoInfo
from hubscore.candidates.weights import choose_weights
from hubscore.modalities.base import Modality
from hubscore.modalities.registry import MODALITIES

_OTHER_WEIGHTS = (".safetensors", ".bin", ".h5", ".msgpack", ".onnx", ".ckpt", ".pt", ".pth")
_QUANTISED = frozenset(
    {"gptq", "awq", "bitsandbytes", "4-bit", "8-bit", "compressed-tensors", "exl2", "hqq", "quanto", "aqlm", "torchao"}
)


@dataclass(frozen=True)
class Refusal:
    """Why a checkpoint is not ranked.

    Attributes:
        kind: a few words that many repos share, to count by.
        reason: the sentence shown when the person named this repo.
    """

    kind: str
    reason: str


def modality_of(info: RepoInfo, modalities: Iterable[Modality] | None = None) -> Modality | None:
    """Return the modality whose input a checkpoint takes, or none.

    Where several have a loader for its library, they are asked whether they take it, which may import transformers.

    Args:
        info: what the repo says about itself.
        modalities: those that come into question, by default all.
    """
    loading = [one for one in modalities or MODALITIES if one.library_of(info) is not None]
    if len(loading) < 2:
        return loading[0] if loading else None
    return next((one for one in loading if one.takes(info)), loading[0])


def refusal(info: RepoInfo, modalities: Sequence[Modality] | None = None) -> Refusal | None:
    """Return why the repo cannot be ranked whoever asks for it, or none.

    Args:
        info: what the repo says about itself.
        modalities: whose checkpoints are wanted, by default any.
    """
    wanted = tuple(modalities or MODALITIES)
    return _blocked(info) or _derived(info) or _unloadable(info, wanted)


def _blocked(info: RepoInfo) -> Refusal | None:
    if info.disabled:
        return Refusal("disabled", "disabled by the Hub")
    if "custom_code" in info.tags or info.config.get("auto_map"):
        return Refusal("custom code", "needs code from its own repo (custom_code), which hubscore does not run")
    return None


def _derived(info: RepoInfo) -> Refusal | None:
    """Refuse what is not a whole network in full precision."""
    relation = info.card.get("base_model_relation")
    adapter = "adapter_config.json" in info.files or {"peft", "lora"} & {info.library_name, *info.tags}
    if adapter or relation == "adapter" or "peft" in info.config or info.tagged("base_model:adapter:"):
        return Refusal("adapter", f"an adapter, not a whole network{_instead(info)}")
    quantised = info.config.get("quantization_config") or _QUANTISED & info.tags
    if quantised or relation == "quantized" or info.tagged("base_model:quantized:"):
        return Refusal("quantised copy", f"a quantised copy{_instead(info)}")
    if "gguf" in info.tags or (any(name.endswith(".gguf") for name in info.files) and not choose_weights(info.files)):
        return Refusal(
            "GGUF only",
            f"holds GGUF weights, which no loader here reads{_instead(info)}",
        )
    return None


def _instead(info: RepoInfo) -> str:
    """Name the network that the repo was derived from."""
    base = base_model_of(info)
    return f"; rank {base} instead" if base else ""


def _unloadable(info: RepoInfo, modalities: Sequence[Modality]) -> Refusal | None:
    if modality_of(info, modalities) is None:
        known = (
            f"it is for {info.library_name}" if info.library_name else "no library named, and config.json does not tell"
        )
        libraries = tuple(dict.fromkeys(library for one in modalities for library in one.loaders))
        return Refusal("other library", f"{_none_loads(libraries)} it ({known})")
    if not info.files:  # the listing did not say: the download will
        return None
    if "config.json" not in info.files:
        return Refusal("no config.json", "no config.json, so nobody can tell which network it is")
    if choose_weights(info.files) is None:
        others = sorted(name for name in info.files if name.endswith(_OTHER_WEIGHTS))
        found = f"only {', '.join(others[:3])}" if others else "none at all"
        return Refusal(
            "no weights",
            f"a config without weights: model.safetensors or pytorch_model.bin is needed, there is {found}",
        )
    return None


def _none_loads(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} does not load"
    return f"neither {names[0]} nor {names[1]} loads" if len(names) == 2 else f"none of {', '.join(names)} loads"
