"""Transformations of the features that a score declares change nothing, and scores declare what they may."""

import numpy as np
import pytest
from networks import ENTRIES, D, name, network, pool, reason, values, values_on

from hubscore.numerics.workspace import Workspace
from hubscore.scores.info import INVARIANCES

WIDE = {"n": 40, "d": 60}


def turn(d, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0]


TRANSFORMS = {
    "rotation": lambda features: features @ turn(features.shape[1]),
    "shift": lambda features: features + np.linspace(-3, 3, features.shape[1]),
    "scale": lambda features: 7.0 * features,
    "columns": lambda features: features * np.linspace(0.2, 5, features.shape[1]),
    "affine": lambda features: features @ (turn(features.shape[1]) + 0.5 * turn(features.shape[1], 1)) + 1,
}
DECLARED = [(info, kind) for info in ENTRIES for kind in sorted(info.invariant)]


@pytest.mark.parametrize(("info", "kind"), [pair for pair in DECLARED if pair[1] in TRANSFORMS], ids=name)
@pytest.mark.parametrize("shape", [{}, WIDE], ids=["tall", "wide"])
def test_declared_transformations_change_nothing(info, kind, shape):
    networks = pool(info, **shape)
    if shape and (why := reason(info, *networks)):
        pytest.skip(why)
    moved = [inputs | {"features": TRANSFORMS[kind](inputs["features"])} for inputs in networks]
    if kind != "rotation":
        moved = [inputs | {"general": TRANSFORMS[kind](inputs["general"])} for inputs in moved]
    assert values(info, *moved) == pytest.approx(values(info, *networks), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("info", [info for info in ENTRIES if info.rotatable], ids=name)
def test_fewer_columns_say_the_same(info):
    networks = pool(info, **WIDE)
    if why := reason(info, *networks):
        pytest.skip(why)
    full = [Workspace(**inputs) for inputs in networks]
    small = [workspace.rotated() for workspace in full]
    assert {workspace.features.shape[1] for workspace in small} == {WIDE["n"]}
    assert values_on(info, *small) == pytest.approx(values_on(info, *full), rel=1e-7, abs=1e-9)
    rows = np.flatnonzero(np.random.default_rng(2).random(WIDE["n"]) < 0.8)
    some = values_on(info, *(workspace.subset(rows) for workspace in full))
    assert values_on(info, *(workspace.subset(rows) for workspace in small)) == pytest.approx(some, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_declarations_are_known_and_complete(info):
    assert info.invariant <= INVARIANCES.keys()
    if "affine" in info.invariant:
        assert {"rotation", "shift", "scale", "columns"} <= info.invariant
    if "columns" in info.invariant:
        assert "scale" in info.invariant


@pytest.mark.parametrize("kind", ["rotation", "shift", "scale"])
@pytest.mark.parametrize("info", [info for info in ENTRIES if "features" in info.needs and not info.pool], ids=name)
def test_what_is_invariant_is_declared(info, kind):
    if kind in info.invariant:
        return
    transform = {
        "rotation": TRANSFORMS["rotation"],
        "shift": lambda features: features + 30 * np.arange(D),
        "scale": lambda features: 0.01 * features,
    }
    for noise in (4.0, 12.0):  # a share of samples moves where many are wrong
        inputs = network(noise=noise)
        for key in ("features", "general"):  # so small that floors and shrinkage matter
            inputs[key] = 0.02 * inputs[key]
        moved = inputs | {"features": transform[kind](inputs["features"])}
        if kind != "rotation":
            moved["general"] = transform[kind](inputs["general"])
        if values(info, moved) != pytest.approx(values(info, inputs), rel=1e-9, abs=0):
            return
    pytest.fail(f"{info.name} does not change; declare {kind}")
