import pytest
import torch
from hubfixture import save_tiny_vit
from safetensors.torch import load_file, save_file
from transformers import ViTConfig, ViTForImageClassification

from hubscore.errors import CandidateError
from hubscore.models.pretrained import load_pretrained
from hubscore.models.weight_files import TRANSFORMERS_WEIGHTS, find_weights
from hubscore.types import Candidate


@pytest.fixture
def folder(tmp_path):
    return save_tiny_vit(tmp_path / "vit")


def loaded(folder, **changed):
    candidate = Candidate("tiny/vit", "0" * 40, "transformers")
    weights = find_weights(candidate, folder, TRANSFORMERS_WEIGHTS)
    settings = ViTConfig.from_pretrained(folder, **changed)
    return load_pretrained(candidate, folder, weights, ViTForImageClassification, settings)


def test_the_weights_are_those_of_the_file_and_the_network_evaluates(folder):
    model, fresh = loaded(folder)
    held = load_file(folder / "model.safetensors")
    assert fresh == {} and not model.training
    assert torch.equal(model.classifier.weight, held["classifier.weight"])
    total = sum(value.double().sum() for value in model.state_dict().values())  # the library renames some keys
    assert total.item() == pytest.approx(sum(value.double().sum() for value in held.values()).item())


def test_what_the_file_does_not_have_is_named_with_the_reason(folder):
    held = load_file(folder / "model.safetensors")
    missing = next(key for key in held if key.endswith("layernorm.bias") and "layer" in key)
    del held[missing]
    save_file(held, folder / "model.safetensors", metadata={"format": "pt"})
    _, fresh = loaded(folder, num_labels=7)
    assert fresh[missing] == "missing" and fresh["classifier.weight"] == "of another shape"
    assert list(fresh) == sorted(fresh)


def test_a_network_larger_than_its_file_is_not_built(folder):
    with pytest.raises(CandidateError):
        loaded(folder, hidden_size=30000, num_attention_heads=1)
