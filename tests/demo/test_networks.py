import json
from pathlib import Path

import numpy as np
import pytest
import torch

from hubscore.demo.networks import as_tensors, one_thread, save, train
from hubscore.demo.pictures import draw_shapes
from hubscore.demo.sources import SOURCES, Source

ONE_EACH = [
    source
    for source in SOURCES
    if source.repo_id in ("demo/efficientnet-shapes", "demo/resnet-t-turns", "demo/regnet-t-stripes")
]
PICTURES = draw_shapes(60, np.random.default_rng(0))


@pytest.mark.parametrize("source", ONE_EACH, ids=lambda source: source.architecture)
def test_a_saved_network_is_what_the_library_itself_loads(source: Source, tmp_path: Path) -> None:
    network, accuracy = train(source, PICTURES, epochs=1, seed=3)
    save(source, network, PICTURES.classes, accuracy, tmp_path)
    images, _ = as_tensors(PICTURES)
    with torch.inference_mode():
        expected = network(images)
        if source.library == "timm":
            import timm

            loaded = timm.create_model(f"local-dir:{tmp_path}", pretrained=True).eval()
            transform = timm.data.create_transform(**timm.data.resolve_model_data_config(loaded), is_training=False)
            prepared = torch.stack([transform(image) for image in PICTURES.images])
            assert torch.equal(loaded(images), expected)
        else:
            from transformers import AutoImageProcessor, AutoModelForImageClassification

            loaded = AutoModelForImageClassification.from_pretrained(tmp_path, use_safetensors=True).eval()
            prepared = AutoImageProcessor.from_pretrained(tmp_path)(list(PICTURES.images), return_tensors="pt")[
                "pixel_values"
            ]
            assert torch.equal(loaded(images).logits, expected.logits)
            assert list(loaded.config.id2label.values()) == list(PICTURES.classes)
    assert torch.allclose(prepared, images, atol=1e-5)  # the saved transform prepares pictures as they were in training


def test_the_card_and_files_are_a_hub_repo(tmp_path: Path) -> None:
    from huggingface_hub import ModelCard

    network, accuracy = train(SOURCES[1], PICTURES, epochs=1, seed=0)
    save(SOURCES[1], network, PICTURES.classes, accuracy, tmp_path)
    card = ModelCard.load(tmp_path / "README.md")
    assert (card.data.library_name, card.data.license, card.data.pipeline_tag) == (
        "timm",
        "apache-2.0",
        "image-classification",
    )
    assert "random weights" in card.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "config.json", "model.safetensors"]
    assert json.loads((tmp_path / "config.json").read_text())["architecture"] == "test_resnet"


def test_training_learns() -> None:
    reached = train(SOURCES[2], draw_shapes(400, np.random.default_rng(1)), epochs=4, seed=5)[1]
    assert reached is not None
    assert reached >= 0.5  # one in five by chance


def test_training_repeats_and_leaves_random_numbers_alone() -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    first, second = (train(SOURCES[2], PICTURES, epochs=1, seed=5)[0].state_dict() for _ in range(2))
    assert torch.equal(torch.rand(3), expected)
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_the_control_learns_nothing() -> None:
    assert train(SOURCES[1], PICTURES, epochs=4, seed=0)[1] is None


def test_one_thread_is_given_back() -> None:
    before = torch.get_num_threads()
    with one_thread():
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
