"""Epsilon-LRP's rule at every nonlinearity, however it is called; gates; what keeps its gradient."""

import gc
import math
import weakref

import pytest
import timm.layers.activations as timm_plain
import timm.layers.activations_me as timm_own
import torch
from attribution.nets import batch, network
from models.checkpoints import batch_of
from timm.layers.squeeze_excite import SqueezeExcite
from torch import nn
from torch.nn import functional as F  # noqa: N812
from transformers.activations import ACT2FN

from hubscore.attribution.explainer import Explainer
from hubscore.attribution.lrp.rules import ratio, stabilised

EPSILON = 1e-4


class Layers(nn.Module):
    """Two linear layers with something between them; the second one's output is the representation."""

    def __init__(self, between):
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second, self.between = nn.Linear(192, 12), nn.Linear(12, 4), between
        self.double().eval()

    def forward(self, images):
        return self.second(self.between(self.first(images.flatten(1))))


def by_hand(module, images, function):
    """Work epsilon-LRP of the mean over units out with matrices."""
    z = module.first(images.flatten(1)).detach()
    factor = function(z) / (z + EPSILON * torch.where(z < 0, -1.0, 1.0))
    slope = (module.second.weight.mean(dim=0) * factor) @ module.first.weight
    return (slope * images.flatten(1)).view_as(images).detach()


def in_place(name):
    return lambda z: getattr(z, name)()


def left_alone(module):
    """Changes its input and returns nothing."""

    def run(z):
        module(z)
        return z

    return run


TANH = ("gelu_pytorch_tanh", "gelu_new", "gelu_fast")
CALLS = {
    "relu": (
        F.relu,
        [
            F.relu,
            torch.relu,
            nn.ReLU(),
            nn.ReLU(inplace=True),
            in_place("relu_"),
            torch.relu_,
            lambda z: F.relu(z, inplace=True),
            lambda z: z.clamp(min=0),
            left_alone(nn.ReLU(inplace=True)),
            lambda z: z.clamp_min_(0),
        ],
    ),
    "relu6": (
        F.relu6,
        [
            F.relu6,
            nn.ReLU6(),
            nn.ReLU6(inplace=True),
            lambda z: F.hardtanh(z, 0, 6),
            lambda z: F.hardtanh_(z, 0, 6),
            lambda z: z.clamp(0, 6),
            lambda z: F.relu6(z, inplace=True),
        ],
    ),
    "elu": (F.elu, [F.elu, nn.ELU(), nn.ELU(inplace=True), lambda z: F.elu_(z), left_alone(nn.ELU(inplace=True))]),
    "selu": (F.selu, [F.selu, nn.SELU(inplace=True), torch.selu_]),
    "celu": (lambda z: F.celu(z, 2.0), [lambda z: F.celu(z, 2.0), nn.CELU(2.0, inplace=True)]),
    "gelu": (F.gelu, [F.gelu, nn.GELU(), timm_plain.GELU(), ACT2FN["gelu"], ACT2FN["gelu_python"]]),
    "gelu tanh": (lambda z: F.gelu(z, approximate="tanh"), [nn.GELU("tanh"), *(ACT2FN[name] for name in TANH)]),
    "quick gelu": (lambda z: z * torch.sigmoid(1.702 * z), [ACT2FN["quick_gelu"], timm_plain.quick_gelu]),
    "silu": (
        F.silu,
        [
            F.silu,
            nn.SiLU(),
            nn.SiLU(inplace=True),
            ACT2FN["silu"],
            timm_plain.swish,
            lambda z: timm_plain.swish(z, inplace=True),
            timm_own.swish_me,
            left_alone(nn.SiLU(inplace=True)),
            lambda z: torch.sigmoid(z) * z,
        ],
    ),
    "hardswish": (
        F.hardswish,
        [
            F.hardswish,
            nn.Hardswish(),
            nn.Hardswish(inplace=True),
            timm_plain.hard_swish,
            timm_own.hard_swish_me,
            lambda z: z * F.relu6(z + 3) / 6,
            lambda z: z * F.relu6(z + 3, inplace=True) / 6,
        ],
    ),
    "mish": (F.mish, [F.mish, nn.Mish(inplace=True), timm_plain.mish, timm_own.mish_me]),
    "tanh": (
        torch.tanh,
        [torch.tanh, nn.Tanh(), F.tanh, in_place("tanh_"), in_place("tanh"), timm_plain.Tanh(inplace=True)],
    ),
    "sigmoid": (
        torch.sigmoid,
        [
            torch.sigmoid,
            nn.Sigmoid(),
            F.sigmoid,
            in_place("sigmoid_"),
            torch.special.expit,
            timm_plain.Sigmoid(inplace=True),
        ],
    ),
    "hardsigmoid": (F.hardsigmoid, [F.hardsigmoid, nn.Hardsigmoid(inplace=True), timm_own.hard_sigmoid_me]),
    "softplus": (F.softplus, [F.softplus, nn.Softplus()]),
    "leaky relu": (F.leaky_relu, [F.leaky_relu, nn.LeakyReLU(inplace=True)]),
}
CASES = [(name, at) for name, (_, calls) in CALLS.items() for at in range(len(calls))]


@pytest.mark.parametrize(("name", "at"), CASES, ids=[f"{name}-{at}" for name, at in CASES])
def test_the_rule_reaches_every_way_to_call_a_nonlinearity(name, at):
    function, calls = CALLS[name]
    module, images = Layers(calls[at]), batch()
    maps = Explainer(network(module), ("epsilon_lrp",))(batch_of(images)).maps
    expected = by_hand(module, images, function)
    # approximations of one function, and products held fixed, leave out eps or differ in the fourth digit
    assert float((maps["epsilon_lrp"] - expected).abs().max()) < 2e-3 * float(expected.abs().max())


@pytest.mark.parametrize("name", ["relu", "gelu", "silu", "tanh", "elu", "hardswish"])
def test_the_rule_is_exact(name):
    function, calls = CALLS[name]
    module, images = Layers(calls[0]), batch()
    maps = Explainer(network(module), ("epsilon_lrp",))(batch_of(images)).maps
    assert torch.allclose(maps["epsilon_lrp"], by_hand(module, images, function), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_sign_of_zero_is_plus_one(zero):
    module = Layers(torch.sigmoid)
    nn.init.zeros_(module.first.weight)
    nn.init.constant_(module.first.bias, zero)
    module.first.weight.data[:, 0] = 0
    images = batch()
    expected = by_hand(module, images, torch.sigmoid)
    maps = Explainer(network(module), ("epsilon_lrp",))(batch_of(images)).maps
    assert torch.allclose(maps["epsilon_lrp"], expected)
    z = torch.tensor([zero], dtype=torch.float64)
    assert float(stabilised(z)) == EPSILON


def told(module, images=None, **options):
    explainer = Explainer(network(module), ("epsilon_lrp",), **options)
    maps = explainer(batch_of(batch() if images is None else images)).maps
    return dict(explainer.rule_counts), maps["epsilon_lrp"]


@pytest.mark.parametrize("call", [0, 2, 4, 6])
def test_activations_written_as_a_product_are_told_as_such(call):
    words, _ = told(Layers(CALLS["silu"][1][call]))
    assert words == ({"rule:activation written as a product": 1} if call == 4 else {"rule:silu": 1})


class Gated(nn.Module):
    """A squeeze-excite block between two convolutions."""

    def __init__(self, gate, **options):
        super().__init__()
        torch.manual_seed(0)
        self.stem, self.head = nn.Conv2d(3, 8, 3), nn.Linear(8, 4)
        self.se = SqueezeExcite(8, gate_layer=gate, rd_ratio=0.5, **options)
        self.double().eval()

    def forward(self, images):
        return self.head(self.se(F.relu(self.stem(images))).mean(dim=(2, 3)))


@pytest.mark.parametrize("gate", ["sigmoid", "hard_sigmoid", timm_plain.HardSigmoid, timm_own.HardSigmoidMe])
def test_a_gate_is_a_fixed_weight(gate):
    module, images = Gated(gate), batch()
    words, maps = told(module, images)
    assert words == {"rule:relu": 2 - 1, "gate": 1}  # the ReLU inside of the gate has no gradient to change
    weights = []
    module.se.gate.register_forward_hook(lambda module, given, out: weights.append(out.detach()))
    module(images)
    module.se.forward = lambda maps: maps * weights[0]
    assert torch.allclose(maps, told(module, images)[1], atol=1e-12)


def test_deepexplains_rule_for_gates_explodes_near_zero_and_ours_does_not():
    module, images = Gated("sigmoid"), batch()
    nn.init.constant_(module.se.fc2.bias, 0.0)
    nn.init.constant_(module.se.fc2.weight, 1e-6)
    words, wild = told(module, images, gates="epsilon")
    assert words == {"rule:relu": 2, "rule:sigmoid": 1, "untouched:product": 1}
    calm = told(module, images)[1]
    assert bool(torch.isfinite(calm).all()) and bool(torch.isfinite(wild).all())
    assert float((wild - calm).abs().max()) > 1e-3 * float(calm.abs().max())


def test_a_gated_linear_unit_has_a_fixed_half():
    module, images = Layers(lambda z: torch.cat([F.glu(z, dim=-1), F.glu(z, dim=1)], dim=-1)), batch()
    words, maps = told(module, images)
    assert words == {"gate": 2}
    z = module.first(images.flatten(1)).detach()
    weights = torch.cat([torch.sigmoid(z[:, 6:]), torch.zeros(3, 6)], dim=1)
    slope = (
        (module.second.weight[:, :6] + module.second.weight[:, 6:]).mean(dim=0).repeat(2) * weights
    ) @ module.first.weight
    assert torch.allclose(maps, (slope * images.flatten(1)).view_as(images).detach())


def test_attention_softmax_and_norms_keep_their_gradient():
    class Attends(nn.Module):
        def forward(self, z):
            tokens = F.layer_norm(z.view(-1, 4, 3), (3,))
            mixed = F.scaled_dot_product_attention(tokens, tokens, tokens)
            return (mixed @ mixed.transpose(1, 2)).softmax(dim=-1).flatten(1)[:, :12]

    module, images = Layers(Attends()), batch()
    words, maps = told(module, images)
    assert words == {"untouched:attention": 1, "untouched:layer norm": 1, "untouched:softmax": 1}
    plain = Explainer(network(module), ("gradient_x_input",))(batch_of(images)).maps
    assert torch.allclose(maps, plain["gradient_x_input"], atol=1e-12)


def test_products_of_two_activations_keep_their_gradient_and_swiglu_its_rule():
    words, _ = told(Layers(lambda z: (F.silu(z[:, :6]) * z[:, 6:]).repeat(1, 2)))
    assert words == {"rule:silu": 1, "untouched:product": 1}
    words, _ = told(Layers(lambda z: torch.tanh(z) * z))
    assert words == {"rule:tanh": 1, "untouched:product": 1}


def test_a_clamp_that_guards_a_division_keeps_its_gradient():
    words, _ = told(Layers(lambda z: z / z.norm(dim=1, keepdim=True).clamp_min(1e-12)))
    assert words.pop("untouched:clamp") == 1 and "rule:clamp" not in words


def test_nothing_is_kept_after_the_batch():
    module, images = Gated("sigmoid"), batch()
    explainer, kept = Explainer(network(module), ("epsilon_lrp",)), []
    module.stem.register_forward_hook(lambda module, given, out: kept.append(weakref.ref(out)))
    explainer(batch_of(images))
    gc.collect()
    assert kept and all(ref() is None for ref in kept)


def test_the_factor_stays_bounded_for_what_vanishes_at_zero():
    z = torch.linspace(-1, 1, 2001, dtype=torch.float64)
    for function in (F.gelu, F.silu, F.hardswish, torch.tanh, F.elu):
        own = torch.empty_like(z)
        ratio(z, function)(own, torch.ones_like(z))
        assert float(own.abs().max()) <= 1.0 + 1e-9 or (
            function is F.elu and math.isclose(float(own.max()), 1.0, abs_tol=1e-3)
        )
