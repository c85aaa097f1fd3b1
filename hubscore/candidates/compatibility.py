"""Which library loads a checkpoint, whether it is an image network, and why some are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hubscore.candidates.card_metadata import base_model_of
from hubscore.candidates.repo_info import RepoInfo
from hubscore.candidates.weights import choose_weights

Library = Literal["timm", "transformers"]

IMAGE_TASKS = frozenset(
    {
        "image-classification",
        "image-feature-extraction",
        "image-segmentation",
        "object-detection",
        "depth-estimation",
        "zero-shot-image-classification",
    }
)
_UNCLEAR_TASKS = frozenset({None, "feature-extraction", "other"})
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


def library_of(facts: RepoInfo) -> Library | None:
    """Return which library loads the repo: by its configuration where that is sure, else by name, tags and keys."""
    if facts.config.get("model_type") == "timm_wrapper":
        return "timm"  # the wrapper saves timm's own names and configuration
    hints = {facts.library_name} & {"timm", "transformers"} or facts.tags & {"timm", "transformers"}
    if hints:
        return "timm" if "timm" in hints else "transformers"
    if facts.library_name is None and (facts.config.get("model_type") or facts.config.get("architectures")):
        return "transformers"
    if facts.library_name is None and facts.config.get("architecture"):
        return "timm"
    return None


def is_image_network(facts: RepoInfo) -> bool:
    """Whether the repo holds a network over images: by library, task or tags, else by its architecture."""
    if library_of(facts) == "timm" or IMAGE_TASKS & {facts.task, *facts.tags}:
        return True
    if facts.task not in _UNCLEAR_TASKS:
        return False
    if any(str(name).endswith("ForImageClassification") for name in facts.config.get("architectures") or ()):
        return True
    return facts.config.get("model_type") in _image_model_types() if facts.config.get("model_type") else False


def refusal(facts: RepoInfo) -> Refusal | None:
    """Return why the repo cannot be ranked whoever asks for it, or none."""
    return _blocked(facts) or _derived(facts) or _unloadable(facts)


def _blocked(facts: RepoInfo) -> Refusal | None:
    if facts.disabled:
        return Refusal("disabled", "disabled by the Hub")
    if "custom_code" in facts.tags or facts.config.get("auto_map"):
        return Refusal("custom code", "needs code from its own repo (custom_code), which hubscore does not run")
    return None


def _derived(facts: RepoInfo) -> Refusal | None:
    """Refuse what is no whole network in full precision."""
    relation = facts.card.get("base_model_relation")
    adapter = "adapter_config.json" in facts.files or {"peft", "lora"} & {facts.library_name, *facts.tags}
    if adapter or relation == "adapter" or "peft" in facts.config or facts.tagged("base_model:adapter:"):
        return Refusal("adapter", f"an adapter, not a whole network{_instead(facts)}")
    quantised = facts.config.get("quantization_config") or _QUANTISED & facts.tags
    if quantised or relation == "quantized" or facts.tagged("base_model:quantized:"):
        return Refusal("quantised copy", f"a quantised copy{_instead(facts)}")
    if "gguf" in facts.tags or (
        any(name.endswith(".gguf") for name in facts.files) and not choose_weights(facts.files)
    ):
        return Refusal(
            "GGUF only",
            f"holds GGUF weights, which neither timm nor transformers' image networks read{_instead(facts)}",
        )
    return None


def _instead(facts: RepoInfo) -> str:
    """Name the network that the repo was derived from."""
    base = base_model_of(facts)
    return f"; rank {base} instead" if base else ""


def _unloadable(facts: RepoInfo) -> Refusal | None:
    if library_of(facts) is None:
        known = (
            f"it is for {facts.library_name}"
            if facts.library_name
            else "no library named, and config.json does not tell"
        )
        return Refusal("other library", f"neither timm nor transformers loads it ({known})")
    if not facts.files:  # the listing did not say: the download will
        return None
    if "config.json" not in facts.files:
        return Refusal("no config.json", "no config.json, so nobody can tell which network it is")
    if choose_weights(facts.files) is None:
        others = sorted(name for name in facts.files if name.endswith(_OTHER_WEIGHTS))
        found = f"only {', '.join(others[:3])}" if others else "none at all"
        return Refusal(
            "no weights",
            f"a config without weights: model.safetensors or pytorch_model.bin is needed, there is {found}",
        )
    return None


def _image_model_types() -> frozenset[str]:
    """Return the model types that transformers loads as networks over images."""
    from transformers.models.auto import modeling_auto as auto  # imports torch, so only when nothing cheaper tells

    maps = (
        auto.MODEL_FOR_IMAGE_MAPPING_NAMES,
        auto.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES,
        auto.MODEL_FOR_BACKBONE_MAPPING_NAMES,
        auto.MODEL_FOR_SEMANTIC_SEGMENTATION_MAPPING_NAMES,
        auto.MODEL_FOR_OBJECT_DETECTION_MAPPING_NAMES,
        auto.MODEL_FOR_DEPTH_ESTIMATION_MAPPING_NAMES,
    )
    return frozenset().union(*maps)
