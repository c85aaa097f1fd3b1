"""timm checkpoints as networks."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch

from hubscore.errors import CandidateError
from hubscore.modalities.image.batches import PIXELS, in_fast_layout
from hubscore.modalities.image.limits import check_image_memory, check_pixels, check_statistics
from hubscore.models.batch import Batch
from hubscore.models.bounded_build import bounded, check_build
from hubscore.models.checkpoint_files import other_size, refusal, size_refusal
from hubscore.models.config_numbers import check_numbers
from hubscore.models.head_kind import without_softmax
from hubscore.models.network import Answer, Network
from hubscore.models.weight_files import TIMM_WEIGHTS, find_weights
from hubscore.types import Candidate, Json

if TYPE_CHECKING:
    from PIL.Image import Image

_PROJECTIONS = frozenset({"image-feature-extraction", "zero-shot-image-classification"})
"""Tasks whose last layer may map into an embedding space, not onto source classes."""


def load(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Network:
    """Return a timm network with the weights of a folder; errors as :func:`hubscore.models.load.load_network`."""
    import timm

    spec = transform_spec(candidate, folder, config, input_size=input_size)
    check_image_memory(candidate, spec)
    found = find_weights(candidate, folder, TIMM_WEIGHTS)
    weights = found.path
    if weights.suffix == ".json":
        raise refusal(candidate, "its weights are split over several files, which timm does not read")
    options = _size_options(config, input_size)
    check_numbers(candidate, config, found.header)
    with _quiet():
        check_build(candidate, found.header, lambda: timm.create_model(f"local-dir:{folder}", **options))
        try:
            with bounded(candidate, found.header):
                module = timm.create_model(
                    f"local-dir:{folder}",
                    pretrained=True,
                    pretrained_cfg_overlay={"file": str(weights), "source": "file", "custom_load": False},
                    **options,
                )
        except TypeError as error:
            if "img_size" in options:
                raise size_refusal(candidate, input_size, "its architecture has no other input size") from error
            raise
        except RuntimeError as error:
            raise _mismatch(candidate, config, error) from error
    classes: Any = module.num_classes
    module = module.eval().float()
    without = without_softmax(config, classes) if classes > 0 and spec["head"] == "classes" else ""
    has_head = classes > 1 and spec["head"] == "classes" and not without
    network = Network(
        name=candidate.repo_id,
        module=module,
        transform_all=_Transform(spec),
        spec=spec,
        run=_Forward(module, has_head),
        has_head=has_head,
        features="pre-logits",
        no_probabilities=without,
    )
    return in_fast_layout(network)


def transform_spec(candidate: Candidate, folder: Path, config: Json, *, input_size: int | None = None) -> Json:
    """Return the transform that timm makes of a config.json, as plain values.

    Raises:
        CandidateError: timm does not know the architecture, or the network does not take colour or grey images.
    """
    import timm
    from timm.data import resolve_data_config

    architecture = config.get("architecture")
    if not isinstance(architecture, str) or not timm.is_model(architecture):
        raise refusal(
            candidate,
            f"timm {timm.__version__} does not know the architecture {architecture!r}",
            "pip install --upgrade timm",
        )
    data = resolve_data_config(pretrained_cfg=_pretrained(config))
    channels, height, width = data["input_size"]
    if input_size is not None:
        height = width = input_size
    if channels not in (1, 3):
        raise refusal(candidate, f"it takes images of {channels} channels, and the probe's have three")
    for share in (1, data["crop_pct"]):
        check_pixels(candidate, height / share, width / share, other_size(candidate, input_size))
    resized = (math.floor(height / data["crop_pct"]), math.floor(width / data["crop_pct"]))
    mode, crop = _GEOMETRY.get(data["crop_mode"], _GEOMETRY["center"])
    spec: Json = {
        "library": "timm",
        "channels": channels,
        "input_size": [height, width],
        "resize": {"mode": mode, "size": resized[0] if mode == "shortest_edge" and height == width else list(resized)},
        "crop": {"mode": crop, "size": [height, width], "rounding": "half_even"},
        "interpolation": data["interpolation"],
        "rescale": 1 / 255,
        "mean": list(data["mean"]),
        "std": list(data["std"]),
        "backend": "pil",
        "head": "embedding" if _is_projection(candidate, config) else "classes",
        "timm": {"crop_pct": data["crop_pct"], "crop_mode": data["crop_mode"]},
    }
    check_statistics(candidate, spec)
    return spec


_GEOMETRY = {
    "center": ("shortest_edge", "center"),
    "squash": ("exact", "center"),
    "border": ("longest_edge", "center_or_pad"),
}
"""timm's crop mode: how the image is resized, and how the crop is cut out of it."""


def _pretrained(config: Json) -> Json:
    """Return the source's data configuration; old repos keep it at the top level."""
    source = dict(config.get("pretrained_cfg") or config)
    arguments = config.get("model_args") or {}
    size = list(source.get("input_size") or (3, 224, 224))
    if arguments.get("in_chans"):
        size[0] = arguments["in_chans"]
    if arguments.get("img_size") and source.get("fixed_input_size"):
        image = arguments["img_size"]
        size[1:] = [image, image] if isinstance(image, int) else image
    return {**source, "input_size": tuple(size)}


def _size_options(config: Json, input_size: int | None) -> Json:
    """Return what ``create_model`` needs to build the network for another size; flexible ones need nothing."""
    if input_size is None or not _pretrained(config).get("fixed_input_size"):
        return {}
    return {} if (config.get("model_args") or {}).get("dynamic_img_size") else {"img_size": input_size}


def _is_projection(candidate: Candidate, config: Json) -> bool:
    """Whether the last layer maps into CLIP's embedding space: the network was never fine-tuned to classify.

    A fine-tuned tower keeps the name of what it was pretrained as; its classes have names, or another number than the
    embedding has dimensions.
    """
    from timm.models import get_pretrained_cfg, list_pretrained

    source, architecture = config.get("pretrained_cfg") or config, config["architecture"]
    if any(part.get(key) for part in (config, source) for key in ("label_names", "labels")):
        return False
    embeddings = [one for one in list_pretrained(f"{architecture}.*") if "clip" in one and "_ft_" not in one]
    found = (get_pretrained_cfg(one) for one in embeddings)
    widths = {one.num_classes for one in found if one is not None}
    own = (config.get("model_args") or {}).get("num_classes", config.get("num_classes", source.get("num_classes")))
    if candidate.task in _PROJECTIONS:
        return own is None or not widths or own in widths
    return f"{architecture}.{source.get('tag') or ''}" in embeddings and (own is None or own in widths)


class _Forward:
    """Features before the classifier and its logits, from one pass through the body; with several heads timm
    averages them.
    """

    def __init__(self, module: Any, has_head: bool) -> None:
        self.module, self.has_head = module, has_head

    def __call__(self, batch: Batch) -> Answer:
        maps = self.module.forward_features(batch[PIXELS])
        features = self.module.forward_head(maps, pre_logits=True)
        return features, self.module.forward_head(maps) if self.has_head else None


class _Transform:
    """timm's evaluation transform, image by image."""

    def __init__(self, spec: Json) -> None:
        from timm.data import create_transform

        self.grey = spec["channels"] == 1
        self.one = create_transform(
            (spec["channels"], *spec["input_size"]),
            is_training=False,
            interpolation=spec["interpolation"],
            mean=tuple(spec["mean"]),
            std=tuple(spec["std"]),
            crop_pct=spec["timm"]["crop_pct"],
            crop_mode=spec["timm"]["crop_mode"],
        )

    def __call__(self, images: Sequence[Image]) -> Sequence[torch.Tensor]:
        stacked = torch.stack([self.one(image.convert("L") if self.grey else image) for image in images])
        return cast("Sequence[torch.Tensor]", stacked)


def _mismatch(candidate: Candidate, config: Json, error: RuntimeError) -> CandidateError:
    """Say in one line which weights do not fit, from torch's long list."""
    told = str(error)
    kinds = {
        "missing": r"Missing key\(s\) in state_dict: (.*)",
        "unexpected": r"Unexpected key\(s\) in state_dict: (.*)",
    }
    found = {
        kind: re.findall(r'"([^"]+)"', match[1])
        for kind, pattern in kinds.items()
        if (match := re.search(pattern, told))
    }
    parts = [f"{len(keys)} {kind} ({keys[0]})" for kind, keys in found.items() if keys]
    shapes = re.findall(r"size mismatch for ([^:]+):", told)
    parts += [f"{len(shapes)} of another shape ({shapes[0]})"] if shapes else []
    if not parts:
        raise error
    return refusal(candidate, f"its weights do not fit the architecture {config['architecture']!r}: {', '.join(parts)}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep timm's remarks about loading off the terminal."""
    logger = logging.getLogger("timm")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
