"""Encoders of every architecture of the installed transformers against its own classification network."""

from importlib import import_module

import pytest
import torch
import transformers as tf
from models.checkpoints import VIT, batch_of, liven
from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES as CLASSIFIERS
from transformers.models.auto.modeling_auto import MODEL_MAPPING_NAMES as BODIES

from hubscore.models.encoders import options_for
from hubscore.models.own_head import head_input, own_classifier

SIDE = 32
STAGES = {"depths": [1, 1, 1, 1], "hidden_sizes": [8, 8, 16, 16]}
WINDOWS = {"embed_dim": 8, "depths": [1, 1], "num_heads": [1, 2], "window_size": 4, "image_size": SIDE, "patch_size": 2}
SMALL = {
    **dict.fromkeys(("convnext", "convnextv2"), STAGES),
    **dict.fromkeys(("swin", "swinv2", "donut-swin"), WINDOWS),
    "resnet": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"},
    "regnet": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "groups_width": 8},
    "bit": {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "num_groups": 2},
    "cvt": {"embed_dim": [8, 16, 16], "depth": [1, 2, 3], "num_heads": [1, 2, 2]},
    "dinov2": {**VIT, "mlp_ratio": 2},
    "dinov2_with_registers": {**VIT, "mlp_ratio": 2},
    "efficientnet": {"image_size": SIDE, "width_coefficient": 0.1, "depth_coefficient": 0.1, "hidden_dim": 128},
    "focalnet": {"image_size": SIDE, "embed_dim": 8, "depths": [1, 1], "focal_levels": [1, 1], "focal_windows": [3, 3]},
    "hiera": {
        **{"image_size": [SIDE, SIDE], "embed_dim": 8, "depths": [1, 1], "num_heads": [1, 2], "num_layers": 2},
        **{"query_stride": [2, 2], "masked_unit_size": [4, 4], "num_query_pool": 1},
    },
    "ijepa": VIT,
    "levit": {
        **{"image_size": 64, "hidden_sizes": [16, 16, 16], "depths": [1, 1, 1], "num_attention_heads": [2, 2, 2]},
        "key_dim": [8, 8, 8],
    },
    "mobilenet_v1": {"image_size": SIDE, "depth_multiplier": 0.25, "initializer_range": 0.2},
    "mobilenet_v2": {"image_size": SIDE, "depth_multiplier": 0.25, "initializer_range": 0.2},
    "mobilevit": {
        **{"image_size": SIDE, "hidden_sizes": [16, 16, 16], "num_attention_heads": 2, "initializer_range": 0.5},
        "neck_hidden_sizes": [8, 8, 8, 8, 16, 16, 16],
    },
    "poolformer": {"depths": [1, 1, 1, 1], "hidden_sizes": [8, 8, 16, 16]},
    "pvt": {"image_size": SIDE, "depths": [1] * 4, "hidden_sizes": [8, 8, 16, 16], "num_attention_heads": [1, 1, 2, 2]},
    "pvt_v2": {"depths": [1] * 4, "hidden_sizes": [8, 8, 16, 16], "num_attention_heads": [1, 1, 2, 2]},
    "segformer": {"depths": [1] * 4, "hidden_sizes": [8, 8, 16, 16], "num_attention_heads": [1, 1, 2, 2]},
    "swiftformer": {"depths": [1] * 4, "embed_dims": [8, 8, 16, 16]},
    **dict.fromkeys(("vit", "vit_msn", "deit", "beit", "data2vec-vision"), VIT),
}
BOTH = sorted(kind for kind in CLASSIFIERS if kind in SMALL and BODIES.get(kind))


def parts(kind):
    """A small body with random weights, and the classification network that transformers builds on them."""
    torch.manual_seed(0)
    config = tf.CONFIG_MAPPING[kind](**SMALL[kind])
    family = import_module(type(config).__module__.rpartition(".")[0])
    body = liven(getattr(family, BODIES[kind])(config)).eval()
    return body, own_classifier(config)


def given_to_the_head(body, network_class, folder, images):
    """What the last linear layer of the library's own network is given, whose body was saved and loaded."""
    body.save_pretrained(folder)
    model = network_class.from_pretrained(folder, num_labels=7).eval()
    given = []
    for module in model.modules():
        if isinstance(module, torch.nn.Linear) and module.out_features == 7:
            module.register_forward_hook(lambda module, inputs, out: given.append(inputs[0].detach()))
    with torch.no_grad():
        model(images)
    return given[-1]


@pytest.mark.parametrize("kind", BOTH)
def test_features_are_what_the_librarys_own_head_is_given(kind, tmp_path):
    body, network_class = parts(kind)
    side = 64 if kind == "levit" else SIDE
    images = torch.randn(3, 3, side, side)
    run = head_input(body, (), batch_of(images[:1]), lambda forward: options_for(forward, False))
    with torch.no_grad():
        features, logits = run(batch_of(images))
    assert logits is None and features.ndim == 2
    expected = given_to_the_head(body, network_class, tmp_path, images)
    torch.testing.assert_close(features, expected, atol=1e-5, rtol=1e-5)
    assert (
        sum(weight.numel() for weight in run.model.parameters()) <= sum(one.numel() for one in body.parameters()) + 64
    )


def test_most_architectures_are_looked_at():
    have_both = {kind for kind in CLASSIFIERS if BODIES.get(kind)}
    assert len(have_both - set(SMALL)) <= len(have_both) / 3, sorted(have_both - set(SMALL))


def test_a_body_that_lacks_what_the_head_is_given_is_not_used():
    body, _ = parts("vit")
    image = batch_of(torch.randn(1, 3, SIDE, SIDE))
    assert head_input(body, ["pooler.dense.weight"], image, lambda forward: {}) is not None
    assert head_input(body, ["layernorm.weight"], image, lambda forward: {}) is None
    assert own_classifier(tf.ViTMAEConfig()) is None and head_input(torch.nn.Module(), (), image, dict) is None
