"""Real checkpoints and real data, from the folder that HUBSCORE_ZOO names."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import timm
from datasets import load_dataset
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi
from transformers import AutoModelForImageClassification

from hubscore.localhub import RunningHub, serve

pytestmark = [pytest.mark.zoo, pytest.mark.skipif("HUBSCORE_ZOO" not in os.environ, reason="HUBSCORE_ZOO is not set")]


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(os.environ["HUBSCORE_ZOO"])


@pytest.fixture(scope="module")
def zoo(folder) -> Iterator[RunningHub]:
    with serve(folder) as running:
        yield running


def test_every_checkpoint_is_described_and_keeps_its_sha_over_a_restart(zoo, folder):
    properties = ["sha", "library_name", "safetensors", "config", "tags"]
    found = {it.id: it for it in HfApi(endpoint=zoo.url).list_models(expand=properties)}
    assert set(found) == {
        path.parent.relative_to(folder / "models").as_posix() for path in folder.glob("models/*/*/config.json")
    }
    assert {it.library_name for it in found.values()} == {"timm", "transformers"}
    assert all(it.safetensors.total > 10_000 for it in found.values())
    timm_repos = {it.id for it in HfApi(endpoint=zoo.url).list_models(filter="timm")}
    assert timm_repos == {name for name, it in found.items() if "architecture" in it.config}
    with serve(folder) as again:
        assert {it.id: it.sha for it in HfApi(endpoint=again.url).list_models(expand=["sha"])} == {
            name: it.sha for name, it in found.items()
        }


def test_real_checkpoints_load(zoo, folder, hub):
    for name in ("zoo/mini-resnet_mnist", "zoo/mini-vit_mnist"):
        add_model(hub.root, name, {"": folder / "models" / name})
    counted = {it.id: it.safetensors.total for it in HfApi(endpoint=zoo.url).list_models(expand=["safetensors"])}
    resnet = timm.create_model("hf-hub:zoo/mini-resnet_mnist", pretrained=True)
    vit = AutoModelForImageClassification.from_pretrained("zoo/mini-vit_mnist", use_safetensors=True)
    assert sum(it.numel() for it in resnet.state_dict().values()) == counted["zoo/mini-resnet_mnist"]
    assert sum(it.numel() for it in vit.parameters()) == counted["zoo/mini-vit_mnist"]


def test_real_data_loads(folder, hub):
    add_dataset(hub.root, "zoo/cifar10", {"": folder / "datasets" / "cifar10"})
    some = [
        path for name in sorted((folder / "datasets/trashnet/train").iterdir()) for path in sorted(name.iterdir())[:3]
    ]
    add_dataset(
        hub.root, "zoo/trashnet", {path.relative_to(folder / "datasets/trashnet").as_posix(): path for path in some}
    )
    assert {split: len(rows) for split, rows in load_dataset("zoo/cifar10").items()} == {"train": 1500, "test": 500}
    pictures = load_dataset("zoo/trashnet", split="train")
    assert len(pictures) == len(some) == 15 and pictures.features["label"].num_classes == 5
