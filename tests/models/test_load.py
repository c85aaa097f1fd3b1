"""Loading from a folder: the right library, one error class, the transform without the weights."""

import json
import shutil
from dataclasses import replace

import pytest
from models.checkpoints import KINDS, candidate, photos
from safetensors.torch import load_file, save_file

from hubscore.errors import CandidateError
from hubscore.models.load import load_network, transform_spec


@pytest.mark.parametrize("kind", [*KINDS, "timm/test_convnext"])
def test_the_transform_is_known_without_weights(saved, tmp_path, kind):
    library = "timm" if "timm/" in kind else "transformers"
    for path in saved(kind).glob("*.json"):
        shutil.copy(path, tmp_path)
    spec = transform_spec(candidate(tmp_path, library), tmp_path)
    assert spec == load_network(candidate(saved(kind), library), saved(kind)).spec
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec
    with pytest.raises(CandidateError, match="a config without weights"):
        load_network(candidate(tmp_path, library), tmp_path)


def test_the_size_asked_for_is_in_the_transform(saved):
    vit = candidate(saved("vit"), "transformers")
    spec = transform_spec(vit, saved("vit"), input_size=48)
    assert spec["input_size"] == [48, 48]
    listed = replace(vit, input_size=48)
    assert transform_spec(listed, saved("vit"), input_size=64) == spec
    assert load_network(listed, saved("vit"), input_size=64).input_size == (48, 48)


def test_a_listed_size_that_the_network_does_not_take_is_advised_to_be_emptied(saved):
    small = replace(candidate(saved("timm/test_vit"), "timm"), input_size=8)
    with pytest.raises(CandidateError, match=r"Cannot load .*\nTry: empty its input_size in the list of models"):
        load_network(small, saved("timm/test_vit"), input_size=32)


def test_timm_behind_the_transformers_wrapper_is_loaded_by_timm(saved, tmp_path):
    shutil.copytree(saved("timm/test_resnet"), tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(
        json.dumps(config | {"model_type": "timm_wrapper", "architectures": ["TimmWrapperModel"]})
    )
    network = load_network(candidate(tmp_path, "transformers"), tmp_path)
    assert network.spec["library"] == "timm" and network.features == "pre-logits"


def test_weights_of_another_network_altogether(saved, tmp_path):
    shutil.copytree(saved("vit"), tmp_path, dirs_exist_ok=True)
    shutil.copy(saved("resnet") / "model.safetensors", tmp_path / "model.safetensors")
    with pytest.raises(
        CandidateError, match=r"its weights do not fit ViTForImageClassification: \d+ missing \(classifier"
    ):
        load_network(candidate(tmp_path, "transformers"), tmp_path)


def test_half_precision_weights_run_in_float32(saved, tmp_path):
    for kind, library in (("timm/test_resnet", "timm"), ("vit", "transformers")):
        folder = tmp_path / library
        shutil.copytree(saved(kind), folder)
        halves = {name: tensor.half() for name, tensor in load_file(folder / "model.safetensors").items()}
        save_file(halves, folder / "model.safetensors", metadata={"format": "pt"})
        network = load_network(candidate(folder, library), folder)
        assert {str(weight.dtype) for weight in network.module.parameters()} == {"torch.float32"}


def test_weights_that_are_not_numbers_are_said(saved, tmp_path):
    for kind, library in (("timm/test_resnet", "timm"), ("vit", "transformers"), ("dinov2", "transformers")):
        folder = tmp_path / kind
        shutil.copytree(saved(kind), folder)
        weights = load_file(folder / "model.safetensors")
        name = next(name for name in weights if name.endswith(("layernorm.weight", "layer1.0.conv1.weight")))
        weights[name][:] = float("nan")
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        with pytest.raises(CandidateError, match=rf"its weights are NaN or infinite in 1 of \d+ tensors .*{name}"):
            load_network(candidate(folder, library), folder)


@pytest.mark.parametrize("kind", ["vit", "clip_vision"])
def test_a_processor_of_another_size_than_the_network_takes(saved, tmp_path, kind):
    shutil.copytree(saved(kind), tmp_path, dirs_exist_ok=True)
    for path in tmp_path.glob("*processor*.json"):
        told = json.loads(path.read_text())
        told |= {"size": {"height": 48, "width": 48}} if kind == "vit" else {"crop_size": {"height": 30, "width": 30}}
        path.write_text(json.dumps(told))
    known = candidate(tmp_path, "transformers")
    with pytest.raises(CandidateError, match=r"makes images of (48 x 48|30 x 30) pixels, and .* 32 x 32") as caught:
        load_network(known, tmp_path)
    assert caught.value.fix == "--input-size 32"
    assert load_network(known, tmp_path, input_size=32).input_size == (32, 32)


def test_a_bare_tensor_is_the_main_input(saved):
    for kind, library in (("timm/test_resnet", "timm"), ("vit", "transformers"), ("dinov2", "transformers")):
        network = load_network(candidate(saved(kind), library), saved(kind))
        images = network.transform_all(photos(2))
        assert network.forward(images)[0].equal(network.forward({"pixel_values": images})[0])


def test_a_config_of_nonsense_is_an_error_of_this_candidate(saved, tmp_path):
    shutil.copytree(saved("vit"), tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text()) | {"num_attention_heads": 5}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CandidateError, match=r"Cannot load 'org/net': .*\nTry: choose another checkpoint"):
        load_network(candidate(tmp_path, "transformers"), tmp_path)
