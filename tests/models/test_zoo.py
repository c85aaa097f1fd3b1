"""Real checkpoints with trained weights: they recognise what they were trained on."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from hubscore.extract.forward_pass import run_network
from hubscore.models.load import load_network
from hubscore.types import Candidate

ZOO = Path(os.environ.get("HUBSCORE_ZOO") or "/nonexistent")
pytestmark = [pytest.mark.zoo, pytest.mark.skipif(not ZOO.is_dir(), reason="HUBSCORE_ZOO names no folder")]
MODELS = (  # one of each kind; the others are the same networks, wider or trained on something else
    "akamaster/resnet20_cifar10",  # weights of another package in timm's ResNet
    "automl/mobilenet_v2_0.35_224_flowers",  # transformers with a head
    "google/mobilenet_v2_0.5_224_object_labeler_backbone",  # and without
    "google/mobilenet_v1_0.25_128",
    "google/ssd_mobilenet_v1_0.75_coco_backbone",  # of a detector
    "tflite-micro/mobilenet_v1_0.25_96_person",  # for grey pictures
    "zoo/mini-convnext_cifar10",
    "zoo/mini-efficientnet_cifar10",
    "zoo/mini-resnet_cifar10",
    "zoo/mini-vit_cifar10",
)


def loaded(name, **options):
    folder = ZOO / "models" / name
    library = "timm" if "architecture" in json.loads((folder / "config.json").read_text()) else "transformers"
    return load_network(Candidate(name, "0" * 40, library, path=str(folder)), folder, **options)


def pictures(name, count=None):
    from datasets import load_dataset

    rows = load_dataset(str(ZOO / "datasets" / name), split="test")
    rows = rows if count is None else rows.select(range(count))
    return [image.convert("RGB") for image in rows["image"]], np.array(rows["label"]), rows.features["label"].names


@pytest.fixture(scope="module")
def cifar():
    return pictures("cifar10")


@pytest.mark.parametrize("name", MODELS)
def test_every_checkpoint_runs(name, cifar):
    network = loaded(name)
    found = run_network(network, cifar[0][:8])
    assert np.isfinite(found.features).all() and (found.features.std(axis=0) > 0).mean() > 0.5
    assert (found.logits is None) == name.endswith("_backbone") and network.layers >= 13


def test_accuracies_that_others_measured(cifar):
    images, labels, _ = cifar
    seen = {
        name: (run_network(loaded(name), images).logits.argmax(axis=1) == labels).mean()
        for name in ("akamaster/resnet20_cifar10",)
    }
    assert seen == {"akamaster/resnet20_cifar10": pytest.approx(0.796, abs=0.005)}


def test_an_imagenet_network_knows_lions():
    images, labels, names = pictures("pets12")
    lions = [image for image, label in zip(images, labels, strict=True) if names[label] == "lion"][:20]
    network = loaded("google/mobilenet_v1_0.25_128")
    words = network.module.config.id2label
    told = [words[int(at)] for at in run_network(network, lions).logits.argmax(axis=1)]
    assert max(set(told), key=told.count) == "lion"


@pytest.mark.parametrize("name", ["google/mobilenet_v1_0.5_160", "zoo/mini-vit_mnist", "akamaster/resnet20_cifar10"])
def test_another_size(name, cifar):
    network = loaded(name, input_size=64)
    with torch.inference_mode():
        assert network.transform(cifar[0][0]).shape == (3, 64, 64)
        assert torch.isfinite(network.forward({"pixel_values": network.transform_all(cifar[0][:2])})[0]).all()
