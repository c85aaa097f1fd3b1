"""Classification networks of transformers: features against each network's own body."""

import pytest
import torch
import transformers
from models.checkpoints import CLASSES, batch_of, candidate, photos

from hubscore.models.classifier_head import Classifier, find_classifier_heads
from hubscore.models.load import load_network

BODIES = {
    "vit": lambda model, images: model.vit(images).last_hidden_state[:, 0],
    "resnet": lambda model, images: model.resnet(images).pooler_output.flatten(1),
    "convnext": lambda model, images: model.convnext(images).pooler_output,
    "mobilenet_v2": lambda model, images: model.mobilenet_v2(images).pooler_output,
    "swin": lambda model, images: model.swin(images).pooler_output,
    "deit_teacher": lambda model, images: model.deit(images).last_hidden_state[:, :2].mean(dim=1),
}


@pytest.mark.parametrize("kind", BODIES)
def test_features_are_what_the_head_sits_on(saved, kind):
    network = load_network(candidate(saved(kind), "transformers"), saved(kind))
    model = type(network.module).from_pretrained(saved(kind)).eval()
    processor = transformers.AutoImageProcessor.from_pretrained(saved(kind))
    images = processor(images=photos(), return_tensors="pt")["pixel_values"]
    assert torch.equal(network.transform_all(photos()), images)
    with torch.inference_mode():
        features, logits = network.forward(batch_of(images))
        torch.testing.assert_close(features, BODIES[kind](model, images), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(logits, model(images).logits, atol=1e-5, rtol=1e-5)
    assert network.has_head and logits.shape == (len(images), CLASSES)
    assert network.features == "input of the classification head"


class Logits(torch.nn.Module):
    """Returns logits computed in a way of its own."""

    def __init__(self, compute):
        super().__init__()
        self.first, self.second, self._compute = torch.nn.Linear(6, 3), torch.nn.Linear(6, 3), compute

    def forward(self, images):
        return transformers.utils.ModelOutput(logits=self._compute(self, images.flatten(1)))


def test_a_hidden_layer_as_wide_as_the_classes_is_not_taken_for_the_head():
    model = Logits(lambda self, x: self.second(torch.cat([self.first(x)] * 2, dim=1)))
    assert find_classifier_heads(model, batch_of(torch.rand(1, 6)), {}) == (model.second,)


def test_no_head_is_found_where_the_logits_are_computed_otherwise():
    assert find_classifier_heads(Logits(lambda self, x: self.first(x).relu()), batch_of(torch.rand(1, 6) - 2), {}) == ()


def test_a_single_logit_says_nothing_about_source_classes():
    model = Logits(lambda self, x: self.first(x)[:, :1])
    features, logits = Classifier(model, [model.first], {})(batch_of(torch.rand(2, 6)))
    assert features.shape == (2, 6) and logits is None


def test_no_hook_stays_behind(saved):
    network = load_network(candidate(saved("vit"), "transformers"), saved("vit"))
    network.forward(network.example())
    assert not any(module._forward_hooks for module in network.module.modules())


def test_features_carry_gradients_for_fine_tuning(saved):
    network = load_network(candidate(saved("convnext"), "transformers"), saved("convnext"))
    network.module.train().requires_grad_(True)
    network.forward(network.example())[0][0, 0].backward()
    assert network.module.convnext.embeddings.patch_embeddings.weight.grad.abs().sum() > 0
