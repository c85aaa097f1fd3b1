"""Real checkpoints of a few thousand random weights, written the way the libraries write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
import transformers as tf
from PIL import Image
from timm.models import save_for_hf

from hubscore.types import Candidate

SIZE = 32
CLASSES = 5


def candidate(folder: Path, library: str, **known: Any) -> Candidate:
    """A candidate for a local folder."""
    return Candidate("org/net", "0" * 40, library, path=str(folder), **known)


def photos(count: int = 6, seed: int = 0) -> list[Image.Image]:
    """RGB pictures of different sizes."""
    random = np.random.default_rng(seed)
    sides = [(40, 56), (64, 48), (50, 50), (33, 90)]
    return [Image.fromarray(random.integers(0, 256, (*sides[at % 4], 3), dtype=np.uint8)) for at in range(count)]


def batch_of(images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Prepared images as networks take them."""
    return {"pixel_values": images}


def liven(model: torch.nn.Module) -> torch.nn.Module:
    """Give weights that start at zero or one some values, so that a wrong reading of them shows; means after norms
    vary, too.
    """
    generator = torch.Generator().manual_seed(1)
    for weight in model.parameters():
        if weight.numel() > 1 and weight.detach().min() == weight.detach().max():
            weight.data = weight.data + torch.randn(weight.shape, generator=generator) * 0.05
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean = torch.randn(module.running_mean.shape, generator=generator) * 0.1
    return model


def save_timm(folder: Path, name: str = "test_resnet", **options: Any) -> Path:
    """Save a timm network of 32 px and 5 classes."""
    torch.manual_seed(0)
    options = {"num_classes": CLASSES, **options}
    overlay = {"input_size": (3, SIZE, SIZE), "num_classes": options["num_classes"]}
    save_for_hf(
        liven(timm.create_model(name, pretrained_cfg_overlay=overlay, **options)), folder, safe_serialization=True
    )
    return folder


def save_transformers(folder: Path, kind: str) -> Path:
    """Save a transformers network and its image processor; ``kind`` is a key of :data:`KINDS`."""
    torch.manual_seed(0)
    model, processor = KINDS[kind]()
    liven(model).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


VIT = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "image_size": SIZE,
    "patch_size": 8,
}
SQUARE = {"size": {"height": SIZE, "width": SIZE}}
CROPPED = {"size": {"shortest_edge": 36}, "crop_size": {"height": SIZE, "width": SIZE}}
RESNET = {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"}


def _segformer() -> Any:
    return tf.SegformerConfig(
        depths=[1] * 4,
        hidden_sizes=[8, 16, 16, 24],
        num_attention_heads=[1, 1, 2, 2],
        decoder_hidden_size=8,
        num_labels=4,
    )


def _dpt() -> Any:
    return tf.DPTConfig(
        **VIT, neck_hidden_sizes=[8, 8, 8, 8], fusion_hidden_size=8, backbone_out_indices=[0, 0, 1, 1], is_hybrid=False
    )


def _detr() -> Any:
    layers = {"encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32}
    backbone = tf.ResNetConfig(**RESNET, out_features=["stage2"])
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2}
    return tf.DetrConfig(
        use_timm_backbone=False, backbone=None, backbone_config=backbone, d_model=16, num_queries=4, **layers, **heads
    )


def _clip() -> Any:
    text = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "vocab_size": 60,
    }
    vision = {**VIT, "projection_dim": 12}
    return tf.CLIPConfig(
        text_config={**text, "eos_token_id": 2, "bos_token_id": 1}, vision_config=vision, projection_dim=12
    )


KINDS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "vit": lambda: (
        tf.ViTForImageClassification(tf.ViTConfig(**VIT, num_labels=CLASSES)),
        tf.ViTImageProcessor(**SQUARE),
    ),
    "resnet": lambda: (
        tf.ResNetForImageClassification(tf.ResNetConfig(**RESNET, num_labels=CLASSES)),
        tf.ViTImageProcessor(**SQUARE),
    ),
    "convnext": lambda: (
        tf.ConvNextForImageClassification(
            tf.ConvNextConfig(hidden_sizes=[8, 8, 16, 16], depths=[1] * 4, num_labels=CLASSES)
        ),
        tf.ConvNextImageProcessor(size={"shortest_edge": SIZE}),
    ),
    "mobilenet_v2": lambda: (
        tf.MobileNetV2ForImageClassification(
            tf.MobileNetV2Config(image_size=SIZE, depth_multiplier=0.25, num_labels=CLASSES, initializer_range=0.2)
        ),
        tf.MobileNetV2ImageProcessor(**CROPPED),
    ),
    "swin": lambda: (
        tf.SwinForImageClassification(
            tf.SwinConfig(
                image_size=SIZE,
                patch_size=2,
                embed_dim=8,
                depths=[1, 1],
                num_heads=[1, 2],
                window_size=4,
                num_labels=CLASSES,
            )
        ),
        tf.ViTImageProcessor(**SQUARE),
    ),
    "deit_teacher": lambda: (
        tf.DeiTForImageClassificationWithTeacher(tf.DeiTConfig(**VIT, num_labels=CLASSES)),
        tf.DeiTImageProcessor(**CROPPED),
    ),
    "segformer": lambda: (tf.SegformerForSemanticSegmentation(_segformer()), tf.SegformerImageProcessor(**SQUARE)),
    "dpt": lambda: (
        tf.DPTForDepthEstimation(_dpt()),
        tf.DPTImageProcessor(**SQUARE, keep_aspect_ratio=True, ensure_multiple_of=8),
    ),
    "detr": lambda: (
        tf.DetrForObjectDetection(_detr()),
        tf.DetrImageProcessor(size={"shortest_edge": 40, "longest_edge": 64}),
    ),
    "mae": lambda: (
        tf.ViTMAEForPreTraining(
            tf.ViTMAEConfig(
                **VIT,
                decoder_hidden_size=16,
                decoder_num_hidden_layers=1,
                decoder_num_attention_heads=2,
                decoder_intermediate_size=16,
            )
        ),
        tf.ViTImageProcessor(**SQUARE),
    ),
    "dinov2": lambda: (tf.Dinov2Model(tf.Dinov2Config(**{**VIT, "mlp_ratio": 2})), tf.BitImageProcessor(**CROPPED)),
    "backbone": lambda: (
        tf.ResNetBackbone(tf.ResNetConfig(**RESNET)),
        tf.ConvNextImageProcessor(size={"shortest_edge": SIZE}),
    ),
    "convnextv2": lambda: (
        tf.ConvNextV2Model(tf.ConvNextV2Config(hidden_sizes=[8, 8, 16, 16], depths=[1] * 4)),
        tf.ConvNextImageProcessor(size={"shortest_edge": SIZE}),
    ),
    "beit": lambda: (
        tf.BeitModel(tf.BeitConfig(**VIT)),
        tf.BeitImageProcessor(size=SQUARE["size"], do_center_crop=False),
    ),
    "mobilevit": lambda: (
        tf.MobileViTModel(
            tf.MobileViTConfig(
                initializer_range=0.5,
                image_size=SIZE,
                hidden_sizes=[16, 16, 16],
                neck_hidden_sizes=[8, 8, 8, 8, 16, 16, 16],
                num_attention_heads=2,
            )
        ),
        tf.MobileViTImageProcessor(
            size={"shortest_edge": 36}, crop_size={"height": SIZE, "width": SIZE}, do_flip_channel_order=False
        ),
    ),
    "clip": lambda: (tf.CLIPModel(_clip()), tf.CLIPImageProcessor(**CROPPED)),
    "clip_projected": lambda: (
        tf.CLIPVisionModelWithProjection(_clip().vision_config),
        tf.CLIPImageProcessor(**CROPPED),
    ),
    "siglip_vision": lambda: (tf.SiglipVisionModel(tf.SiglipVisionConfig(**VIT)), tf.SiglipImageProcessor(**SQUARE)),
    "yolos": lambda: (
        tf.YolosForObjectDetection(tf.YolosConfig(**{**VIT, "image_size": [SIZE, SIZE]}, num_detection_tokens=3)),
        tf.ViTImageProcessor(**SQUARE),
    ),
    "clip_vision": lambda: (tf.CLIPVisionModel(_clip().vision_config), tf.CLIPImageProcessor(**CROPPED)),
}


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of a transformers checkpoint, or a timm one by ``timm/NAME``; not to be changed."""
    places: dict[str, Path] = {}

    def folder(kind: str) -> Path:
        if kind not in places:
            place = tmp_path_factory.mktemp("net")
            library, _, name = kind.rpartition("/")
            places[kind] = save_timm(place, name) if library == "timm" else save_transformers(place, kind)
        return places[kind]

    return folder
