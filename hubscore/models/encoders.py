"""transformers networks without a classification head: features are the image embedding or the pooled output that the
library documents, else the mean over the patches of the encoder's last output.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import torch

from hubscore.modalities.image.batches import PIXELS
from hubscore.models.batch import Batch
from hubscore.models.network import Answer

MEAN = "mean over patches of the encoder's last output"
EMBEDDING = "image embedding (get_image_features)"
PROJECTION = "image embedding (image_embeds)"
POOLED = "pooled output of the encoder (pooler_output)"
_TEXT_PARTS = ("text_model", "text_projection")


class Encoder:
    """One forward pass through an encoder.

    Args:
        model: as loaded, of any task.
        sized: whether another size than the network's own was asked for.
        pools: whether a pooled output may be taken; it is often newly initialised, which whoever asks must try out.
    """

    def __init__(self, model: Any, *, sized: bool = False, pools: bool = True) -> None:
        self.module = encoder_of(model)
        embeds = hasattr(self.module, "get_image_features")
        self.features = EMBEDDING if embeds else MEAN
        self.pools = pools
        if embeds:
            drop_text(self.module)
        self._call = self.module.get_image_features if embeds else self.module
        self._options = options_for(self._call if embeds else self.module.forward, sized)
        self._name = image_argument(self._call if embeds else self.module.forward)
        self._masked = "noise" in inspect.signature(self.module.forward).parameters and hasattr(
            self.module.config, "mask_ratio"
        )
        if self._masked:
            self.module.config.mask_ratio = 0.0  # MAE would drop three patches of four, at random

    def __call__(self, batch: Batch) -> Answer:
        """Return the pooled features, and no logits."""
        images = batch[PIXELS]
        order = {"noise": self._order(images)} if self._masked else {}
        output = self._call(**{self._name: images}, **self._options, **order)
        if self.features == EMBEDDING:
            return pooled(_embedding(output)), None
        for name, words in (("image_embeds", PROJECTION), ("pooler_output", POOLED)):
            found = output.get(name) if isinstance(output, Mapping) and self.pools else None
            if isinstance(found, torch.Tensor) and len(found) == len(images):
                self.features = words
                return pooled(found), None
        return pooled(patches_only(last_output(output), self.module.config, images)), None

    def _order(self, images: torch.Tensor) -> torch.Tensor:
        """Return the 'noise' by which MAE sorts its patches: in order, so that the last bits do not depend on
        chance.
        """
        patch = self.module.config.patch_size
        side = (patch, patch) if isinstance(patch, int) else patch
        count = (images.shape[-2] // side[0]) * (images.shape[-1] // side[1])
        return torch.arange(count, device=images.device, dtype=torch.float32).expand(len(images), -1)


def encoder_of(model: Any) -> Any:
    """Return the part of a network that encodes images: of a network for a task, what its head sits on."""
    if "For" not in type(model).__name__:
        return model
    base = model.base_model
    return getattr(model, "backbone", model) if base is model else base


def last_output(output: Any) -> torch.Tensor:
    """Return the encoder's last output among all that a network returns.

    Raises:
        ValueError: there is none.
    """
    if isinstance(output, torch.Tensor):
        return output
    named = output if isinstance(output, Mapping) else {}
    for name in ("encoder_last_hidden_state", "feature_maps", "last_hidden_state"):
        found = named.get(name)
        if found is not None:
            last: torch.Tensor = found[-1] if isinstance(found, (list, tuple)) else found
            return last
    raise ValueError(f"{type(output).__name__} has no last hidden state and no feature maps")


def pooled(output: torch.Tensor) -> torch.Tensor:
    """Return the mean over positions, shape (n, d): maps (n, d, h, w) over their pixels, sequences (n, l, d) over
    their tokens.
    """
    if output.ndim == 4:
        return output.mean(dim=(2, 3))
    return output.mean(dim=1) if output.ndim == 3 else output


def patches_only(output: torch.Tensor, config: Any, images: torch.Tensor) -> torch.Tensor:
    """Return a sequence of tokens without those that stand for no patch: class tokens and registers in front, detection
    tokens behind. Maps, and sequences of merged patches, are returned as they are.

    Example:
        >>> from types import SimpleNamespace
        >>> config = SimpleNamespace(patch_size=8, num_detection_tokens=3)
        >>> patches_only(torch.zeros(1, 1 + 4 + 3, 5), config, torch.zeros(1, 3, 16, 16)).shape
        torch.Size([1, 4, 5])
    """
    config = getattr(config, "vision_config", config)
    patch = getattr(config, "patch_size", None)
    if output.ndim != 3 or not patch or (isinstance(patch, (list, tuple)) and len(patch) != 2):
        return output
    high, wide = (patch, patch) if isinstance(patch, int) else patch
    count = (images.shape[-2] // high) * (images.shape[-1] // wide)
    behind = getattr(config, "num_detection_tokens", None) or 0
    front = output.shape[1] - count - behind
    return output[:, front : front + count] if count and front >= 0 else output


def image_argument(forward: Any) -> str:
    """Return the name by which a forward pass takes images; networks of several inputs have others first."""
    names = tuple(inspect.signature(forward).parameters)
    return "pixel_values" if "pixel_values" in names else names[0]


def options_for(forward: Any, sized: bool) -> dict[str, Any]:
    """Return the option by which some transformers take images of another size than they were trained on."""
    name = "interpolate_pos_encoding"
    return {name: True} if sized and name in inspect.signature(forward).parameters else {}


def drop_text(model: Any) -> None:
    """Take the text tower off an image-text network: it is never run, and it would count as parameters."""
    for name in _TEXT_PARTS:
        if isinstance(getattr(model, name, None), torch.nn.Module):
            delattr(model, name)


def _embedding(output: Any) -> torch.Tensor:
    return output if isinstance(output, torch.Tensor) else output.pooler_output
