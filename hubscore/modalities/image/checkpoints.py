"""Which checkpoints are networks over images, and which library loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hubscore.candidates.repo_info import RepoInfo

TASKS = (
    "image-classification",
    "image-feature-extraction",
    "image-segmentation",
    "object-detection",
    "depth-estimation",
    "zero-shot-image-classification",
)
_UNCLEAR_TASKS = frozenset({None, "feature-extraction", "other"})


def library_of(info: RepoInfo) -> str | None:
    """Return which library loads the repo: by its configuration where that is sure, else by name, tags and keys."""
    if info.config.get("model_type") == "timm_wrapper":
        return "timm"  # the wrapper saves timm's own names and configuration
    hints = {info.library_name} & {"timm", "transformers"} or info.tags & {"timm", "transformers"}
    if hints:
        return "timm" if "timm" in hints else "transformers"
    if info.library_name is None and (info.config.get("model_type") or info.config.get("architectures")):
        return "transformers"
    if info.library_name is None and info.config.get("architecture"):
        return "timm"
    return None


def is_image_network(info: RepoInfo) -> bool:
    """Whether the repo holds a network over images: by library, task or tags, else by its architecture."""
    if library_of(info) == "timm" or {info.task, *info.tags} & set(TASKS):
        return True
    if info.task not in _UNCLEAR_TASKS:
        return False
    if any(str(name).endswith("ForImageClassification") for name in info.config.get("architectures") or ()):
        return True
    return info.config.get("model_type") in _image_model_types() if info.config.get("model_type") else False


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
