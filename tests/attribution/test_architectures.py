"""Real architectures of both libraries: finite maps, and which rule was used where."""

import numpy as np
import pytest
import timm
import torch
from attribution.nets import images, network
from models.checkpoints import KINDS, liven, photos, save_transformers
from models.test_zoo import ZOO, loaded, pictures

from hubscore.attribution.explainer import METHODS
from hubscore.attribution.grid import Grid
from hubscore.attribution.network import attribute
from hubscore.models.load import load_network
from hubscore.types import Candidate

PRODUCT = "activation written as a product"
SWIN = {"img_size": 32, "embed_dim": 12, "depths": (1, 1, 1, 1), "num_heads": (1, 1, 2, 2), "window_size": 4}
TIMM = {
    "test_resnet": ({}, {"relu": 12}, {"max pooling": 1}, 0),
    "test_vit": ({"img_size": 32}, {"gelu": 6}, {"attention": 6, "layer norm": 13}, 0),
    "test_convnext": ({}, {"gelu": 9}, {"layer norm": 14}, 0),
    "test_efficientnet": ({}, {"silu": 9}, {}, 2),
    "mobilenetv3_small_050": ({}, {"hardswish": 19, "relu": 5}, {}, 9),
    "regnety_002": ({}, {"relu": 40}, {}, 13),
    "swin_tiny_patch4_window7_224": (SWIN, {"gelu": 4}, {"layer norm": 13, "softmax": 4}, 0),
}
TRANSFORMERS = {
    "vit": {"gelu": 2},
    "resnet": {"relu": 5},
    "convnext": {"gelu": 4},
    "mobilenet_v2": {"relu6": 35},
    "swin": {"gelu": 2},
    "deit_teacher": {"gelu": 2},
    "segformer": {"gelu": 4},
    "dpt": {"gelu": 2},
    "detr": {"relu": 6},
    "mae": {"gelu": 2},
    "dinov2": {"gelu": 2},
    "backbone": {"relu": 5},
    "clip": {PRODUCT: 2},
    "clip_vision": {PRODUCT: 2},
    "clip_projected": {PRODUCT: 2},
    "siglip_vision": {"gelu": 3},
    "yolos": {"gelu": 2},
    "convnextv2": {"gelu": 4},
    "beit": {"gelu": 2},
    "mobilevit": {"silu": 34},
}
CHECKPOINTS = {  # one of each architecture
    "akamaster/resnet20_cifar10": {"relu": 20},
    "google/mobilenet_v1_0.25_128": {"relu6": 27},
    "automl/mobilenet_v2_0.35_224_flowers": {"relu6": 35},
    "zoo/mini-convnext_cifar10": {"gelu": 9},
    "zoo/mini-efficientnet_cifar10": {"silu": 9},
    "zoo/mini-resnet_cifar10": {"relu": 12},
    "zoo/mini-vit_cifar10": {"gelu": 6},
}


def check(net, pictures, most=0.5):
    """Maps of every method and objective are finite, of unit length, and not gathered in a few pixels."""
    grid = Grid.for_items(pictures, 16)
    for objective in ("mean", "norm"):
        found = attribute(net, pictures, grid, methods=METHODS, objective=objective)
        for method, maps in found.maps.items():
            seen = maps[~np.isnan(maps)].astype(float)
            assert np.isfinite(seen).all() and np.square(seen).sum() == pytest.approx(len(pictures), rel=5e-3)
            assert 0 < found.notes[method]["top_share"] < most, (method, found.notes)
    return found.notes["epsilon_lrp"]


@pytest.mark.parametrize("name", TIMM)
def test_timm(name):
    options, rules, untouched, gates = TIMM[name]
    torch.manual_seed(0)
    module = liven(timm.create_model(name, **options)).eval()
    net = network(module, lambda some: module.forward_head(module.forward_features(some), pre_logits=True), size=32)
    notes = check(net, images(2, 32))
    assert notes["rules"] == rules and notes["untouched"] == untouched and notes["gates_fixed"] == gates


@pytest.mark.parametrize("kind", TRANSFORMERS)
def test_transformers(kind, tmp_path):
    assert set(KINDS) <= set(TRANSFORMERS)
    save_transformers(tmp_path, kind)
    net = load_network(Candidate("org/net", "0" * 40, "transformers", path=str(tmp_path)), tmp_path)
    assert check(net, photos(3))["rules"] == TRANSFORMERS[kind]


@pytest.mark.zoo
@pytest.mark.skipif(not ZOO.is_dir(), reason="HUBSCORE_ZOO names no folder")
@pytest.mark.parametrize("name", CHECKPOINTS)
def test_trained_checkpoints(name):
    assert check(loaded(name), pictures("pets12", 6)[0], most=0.08)["rules"] == CHECKPOINTS[name]
