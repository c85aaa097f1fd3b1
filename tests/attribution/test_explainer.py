"""Saliency and gradient x input against differences, other packages and by hand; what cannot be explained."""

import captum.attr
import pytest
import torch
import zennit.attribution
import zennit.composites
import zennit.rules
from attribution.nets import batch, cnn, network
from models.checkpoints import batch_of
from torch import nn

from hubscore.attribution.explainer import METHODS, Explainer, objective_of
from hubscore.errors import CandidateError, UsageError

OBJECTIVES = ("mean", "norm")


class Transformer(nn.Module):
    """Patches, one encoder layer, the mean over tokens."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.patches = nn.Conv2d(3, 8, 4, stride=4)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, activation="gelu", batch_first=True)
        self.head = nn.Linear(8, 5)

    def forward(self, images):
        return self.head(self.layer(self.patches(images).flatten(2).transpose(1, 2)).mean(dim=1))


def differences(module, images, objective, step=1e-6):
    """Central differences, pixel by pixel."""
    found = torch.zeros_like(images).flatten(1)
    for at in range(found.shape[1]):
        shift = torch.zeros_like(found)
        shift[:, at] = step
        above, below = (objective_of(module(images + sign * shift.view_as(images)), objective) for sign in (1, -1))
        found[:, at] = (above - below) / (2 * step)
    return found.view_as(images).detach()


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(
    "module", [cnn(), cnn(nn.SiLU()), cnn(nn.Tanh()), Transformer()], ids=["relu", "silu", "tanh", "transformer"]
)
def test_saliency_and_gradient_x_input_agree_with_differences(module, objective):
    module, images = module.double().eval(), batch()
    found = Explainer(network(module), METHODS, objective)(batch_of(images))
    maps, features = found.maps, found.features
    slopes = differences(module, images, objective)
    largest = float(slopes.abs().max())
    assert torch.allclose(maps["saliency"], slopes.abs(), atol=1e-4 * largest)
    assert torch.allclose(maps["gradient_x_input"], slopes * images, atol=1e-4 * largest)
    assert torch.allclose(features, module(images).detach(), atol=1e-12)


def test_captum_has_the_same_saliency_and_gradient_x_input():
    module, images = cnn().double(), batch()
    maps = Explainer(network(module), METHODS)(batch_of(images)).maps
    wrapped = lambda some: module(some).mean(dim=1)  # noqa: E731
    assert torch.allclose(
        maps["saliency"], captum.attr.Saliency(wrapped).attribute(images.clone().requires_grad_()), atol=1e-14
    )
    assert torch.allclose(
        maps["gradient_x_input"],
        captum.attr.InputXGradient(wrapped).attribute(images.clone().requires_grad_()),
        atol=1e-14,
    )


def test_zennit_has_the_same_epsilon_lrp_on_a_plain_relu_network():
    module, images = cnn(bias=False).double(), 1000 * batch()  # far above eps
    maps = Explainer(network(module), METHODS)(batch_of(images)).maps
    composite = zennit.composites.LayerMapComposite([(zennit.types.Linear, zennit.rules.Epsilon(epsilon=1e-9))])
    with zennit.attribution.Gradient(module, composite) as attributor:
        _, relevance = attributor(images, lambda out: out / out.shape[1])  # of the mean: each unit is worth its share
    ours = maps["epsilon_lrp"]
    assert float((ours - relevance).abs().max()) < 5e-3 * float(relevance.abs().max())
    assert float(torch.nn.functional.cosine_similarity(ours.flatten(1), relevance.flatten(1)).min()) > 0.9999


def test_epsilon_lrp_equals_gradient_x_input_without_biases():
    for seed in range(3):
        maps = Explainer(network(cnn(bias=False, seed=seed).double()), METHODS)(batch_of(1000 * batch())).maps
        ours, plain = maps["epsilon_lrp"].flatten(1), maps["gradient_x_input"].flatten(1)
        assert float(torch.nn.functional.cosine_similarity(ours, plain).min()) > 0.99999
        assert float((ours - plain).abs().max()) < 1e-3 * float(plain.abs().max())


def test_one_method_gives_what_all_three_give():
    module, images = cnn(nn.GELU()).double(), batch()
    together = Explainer(network(module), METHODS)(batch_of(images)).maps
    for method in METHODS:
        alone = Explainer(network(module), (method,))(batch_of(images)).maps
        assert list(alone) == [method] and torch.equal(alone[method], together[method])


def test_an_images_map_does_not_depend_on_its_batch():
    module, images = cnn(nn.Hardswish()).double(), batch(5)
    whole = Explainer(network(module), METHODS, "norm")(batch_of(images)).maps
    for start, stop in ((0, 1), (1, 3), (3, 5)):
        part = Explainer(network(module), METHODS, "norm")(batch_of(images[start:stop])).maps
        for method in METHODS:
            assert torch.allclose(part[method], whole[method][start:stop], atol=1e-12)


def test_passes_do_not_grow_with_the_width():
    class Counts(nn.Linear):
        backwards = 0

        def forward(self, images):
            out = super().forward(images.flatten(1))
            out.register_hook(self.count)
            return out

        def count(self, grad):
            Counts.backwards += 1

    for width in (2, 500):
        Counts.backwards = 0
        Explainer(network(Counts(192, width)), METHODS)(batch_of(batch(dtype=torch.float32)))
        assert Counts.backwards == 2  # saliency and gradient x input share one


def test_a_named_layer_is_explained_and_its_positions_are_pooled():
    module, images = cnn().double(), batch()
    found = Explainer(network(module), ("gradient_x_input",), "norm", layer="2")(batch_of(images))
    maps, features = found.maps, found.features
    slopes = differences(nn.Sequential(*list(module)[:3]), images, "norm")
    assert torch.allclose(maps["gradient_x_input"], slopes * images, atol=1e-5)
    assert torch.allclose(features, nn.Sequential(*list(module)[:3])(images).mean(dim=(2, 3)))


def test_the_network_is_left_as_it_was():
    module = cnn()
    module[0].weight.requires_grad_(False)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    Explainer(network(module), METHODS)(batch_of(batch(dtype=torch.float32)))
    assert [parameter.requires_grad for parameter in module.parameters()] == [False, True, True, True, True, True]
    assert all(parameter.grad is None for parameter in module.parameters())
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())


def test_a_network_that_changes_its_input_in_place():
    module = cnn()
    assert Explainer(network(module, lambda images: module(images.mul_(2))), METHODS)(
        batch_of(batch(dtype=torch.float32))
    ).features.shape == (3, 5)


PATHLESS = {
    "detached": lambda images: images.detach().flatten(1),
    "constant": lambda images: torch.ones(len(images), 4, requires_grad=True) * 2,
    "integers": lambda images: images.flatten(1).round().long(),
}


@pytest.mark.parametrize("run", PATHLESS.values(), ids=PATHLESS)
def test_no_gradient_path(run):
    with pytest.raises(CandidateError) as error:
        Explainer(network(cnn(), run), ("saliency",))(batch_of(batch()))
    assert "Cannot explain the representation of 'org/net': there is no gradient path from it to the input" in str(
        error.value
    )


def test_a_gradient_that_is_not_finite():
    with pytest.raises(
        CandidateError, match=r"its gradient is not finite \(NaN or infinite\) for 3 of 3 images at once"
    ):
        Explainer(network(cnn(), lambda images: (images * 0).sqrt().flatten(1)), METHODS)(batch_of(batch()))


def test_an_unknown_layer():
    with pytest.raises(CandidateError, match=r"Model 'org/net' has no layer '9'"):
        Explainer(network(cnn()), METHODS, layer="9")(batch_of(batch()))


def test_printed_saliency_is_the_mean_of_each_units_own():
    module, images = cnn().double(), batch()
    found = Explainer(network(module), METHODS, reading="printed")(batch_of(images)).maps
    own = torch.func.vmap(torch.func.jacrev(lambda image: module(image[None])[0]))(images)  # (n, units, 3, h, w)
    assert torch.allclose(found["saliency"], own.abs().mean(dim=1), atol=1e-12)
    released = Explainer(network(module), METHODS)(batch_of(images)).maps
    assert torch.allclose(released["saliency"], own.mean(dim=1).abs(), atol=1e-12)  # units cancel
    assert not torch.allclose(found["saliency"], released["saliency"], rtol=0.1)
    for other in ("gradient_x_input", "epsilon_lrp"):
        assert torch.equal(found[other], released[other])
    alone = Explainer(network(module), ("saliency",), reading="printed")(batch_of(images)).maps
    assert list(alone) == ["saliency"] and torch.equal(alone["saliency"], found["saliency"])


@pytest.mark.parametrize(
    ("methods", "objective", "reading", "told"),
    [
        (METHODS, "mean", "paper", "Unknown reading 'paper'"),
        (("gradient_x_input",), "mean", "printed", "Only saliency of the mean has a printed reading"),
        (METHODS, "norm", "printed", "Only saliency of the mean has a printed reading"),
    ],
)
def test_a_reading_needs_something_to_read(methods, objective, reading, told):
    with pytest.raises(UsageError, match=told):
        Explainer(network(cnn()), methods, objective, reading=reading)
