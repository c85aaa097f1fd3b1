"""What holds for every registered comparison."""

import doctest
import inspect
import math
import subprocess
import sys

import numpy as np
import pytest
from similaritydata import ENTRIES, OF_FEATURES, OF_MAPS, N, features, maps, name, network

import hubscore
from hubscore.errors import Undefined, UsageError
from hubscore.similarity.api import similarity
from hubscore.similarity.pairwise import pairwise

NAMES = "attribution depara depara_nodes depara_edges rsa dds cka svcca pwcca task2vec".split()
HEAVY = ("numpy", "scipy", "sklearn", "torch", "timm", "transformers", "huggingface_hub", "pandas", "PIL")
pytestmark = pytest.mark.filterwarnings("ignore::hubscore.similarity.canonical_correlation.FewSamples")


def best(info):
    return 0.0 if info.direction == "lower" else 2.0 if info.name == "depara" else 1.0


def moved(info, item, change):
    """Change a network's features."""
    return item | {"features": change(item["features"])} if info.inputs == "both" else change(item)


def turn(d, seed=0):
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0]


TRANSFORMS = {
    "rotation": lambda values: values @ turn(values.shape[1]),
    "shift": lambda values: values + np.linspace(-3, 3, values.shape[1]),
    "scale": lambda values: 7.0 * values,
    "columns": lambda values: values * np.linspace(0.2, 5, values.shape[1]),
}


def test_every_name_of_the_public_surface_is_there():
    assert [info.name for info in ENTRIES] == NAMES


def test_the_registry_is_read_without_any_arithmetic():
    code = (
        f"import sys, hubscore.similarity.info as i; list(i.SIMILARITIES); print([m for m in {HEAVY!r} if m in"
        " sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize("order", ["package first", "function first"])
def test_the_public_name_is_callable_whatever_was_imported_before(order):
    first = "import hubscore.similarity.cka\n" if order == "package first" else ""
    code = first + "from hubscore import similarity\nfrom hubscore import similarity as again\n"
    code += "a = [[1.0, 0], [0, 1], [1, 1]]\nprint(round(similarity('cka', a, a), 6), round(again('cka', a, a), 6))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == [
        "1.0",
        "1.0",
    ]


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_a_network_is_most_alike_itself(info):
    one, other = network(info, 1), network(info, 2)
    assert similarity(info.name, one, one) == pytest.approx(best(info), abs=1e-9)
    value = similarity(info.name, one, other)
    assert (value > 0.02) if info.direction == "lower" else (value < best(info) - 0.02)
    high = best(info) if info.direction == "higher" else info.high
    assert info.low <= value <= high


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_symmetry_is_as_declared(info):
    one, other = network(info, 1), network(info, 2)
    there, back = similarity(info.name, one, other), similarity(info.name, other, one)
    assert (there == pytest.approx(back, rel=1e-12)) is info.symmetric


@pytest.mark.parametrize("info", [info for info in ENTRIES if info.inputs != "fisher"], ids=name)
def test_the_order_of_the_samples_changes_nothing(info):
    order = np.random.default_rng(3).permutation(N)

    def reorder(item):
        return {key: value[order] for key, value in item.items()} if isinstance(item, dict) else item[order]

    one, other = network(info, 1), network(info, 2)
    assert similarity(info.name, reorder(one), reorder(other)) == pytest.approx(
        similarity(info.name, one, other), abs=1e-9
    )


@pytest.mark.parametrize(
    ("info", "kind"),
    [(info, kind) for info in OF_FEATURES for kind in TRANSFORMS if kind in info.invariant],
    ids=lambda value: name(value),
)
def test_declared_transformations_change_nothing(info, kind):
    one, other = network(info, 1), network(info, 2)
    expected = similarity(info.name, one, other)
    assert similarity(info.name, moved(info, one, TRANSFORMS[kind]), other) == pytest.approx(expected, abs=1e-9)
    assert similarity(info.name, one, moved(info, other, TRANSFORMS[kind])) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("info", "kind"),
    [(info, kind) for info in OF_FEATURES for kind in TRANSFORMS if kind in info.invariant_second],
    ids=lambda value: name(value),
)
def test_declared_transformations_of_the_second_network_change_nothing(info, kind):
    one, other = network(info, 1), network(info, 2)
    expected = similarity(info.name, one, other)
    assert similarity(info.name, one, moved(info, other, TRANSFORMS[kind])) == pytest.approx(expected, abs=1e-9)


def test_more_is_invariant_of_the_second_network_only_where_the_order_matters():
    assert {info.name for info in ENTRIES if info.invariant_second} == {"pwcca"}
    assert all(info.invariant < info.invariant_second for info in ENTRIES if not info.symmetric)


@pytest.mark.parametrize("info", OF_MAPS, ids=name)
def test_the_scale_of_each_samples_map_changes_nothing(info):
    one, other = network(info, 1), network(info, 2)
    scales = np.linspace(0.01, 90, N)[:, None, None, None]
    scaled = one | {"maps": one["maps"] * scales} if isinstance(one, dict) else one * scales
    assert similarity(info.name, scaled, other) == pytest.approx(similarity(info.name, one, other), abs=1e-9)


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_tables_of_pairs_hold_the_same_values(info):
    items = {f"net{seed}": network(info, seed) for seed in range(4)}
    table = pairwise(info.name, items)
    assert table.rows == table.columns == tuple(items)
    expected = [[similarity(info.name, one, other) for other in items.values()] for one in items.values()]
    assert table.values == pytest.approx(np.array(expected), abs=2e-6)
    assert not table.undefined
    row = pairwise(info.name, {"net2": items["net2"]}, items)
    assert row.values[0] == pytest.approx(table.values[2], abs=2e-6)


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_the_function_takes_the_declared_options_with_the_declared_defaults(info):
    _, _, *options = inspect.signature(info.load()).parameters.values()
    assert all(option.kind is inspect.Parameter.KEYWORD_ONLY for option in options)
    assert {option.name: option.default for option in options} == dict(info.options)


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_docstrings_have_the_same_sections_and_examples_that_run(info):
    function = info.load()
    told = inspect.getdoc(function)
    places = [told.find(f"\n{section}") for section in ("Args:", "Returns:", "Raises:", "Source:", "Example:")]
    assert all(place > 0 for place in places) and places == sorted(places)
    tests = doctest.DocTestFinder(recurse=False).find(
        function, info.name, globs=dict(vars(sys.modules[function.__module__]))
    )
    runner = doctest.DocTestRunner(verbose=False)
    for test in tests:
        runner.run(test)
    assert runner.summarize(verbose=False).attempted and not runner.failures


@pytest.mark.parametrize("info", [info for info in ENTRIES if info.inputs != "fisher"], ids=name)
def test_one_sample_is_not_enough(info):
    one = network(info, 1)
    single = {key: value[:1] for key, value in one.items()} if isinstance(one, dict) else one[:1]
    with pytest.raises(Undefined, match="there is 1 sample") as told:
        similarity(info.name, single, single)
    assert "at least 2 samples" in told.value.fix


@pytest.mark.parametrize("info", OF_FEATURES, ids=name)
def test_networks_that_saw_different_samples_are_refused(info):
    one, other = network(info, 1), network(info, 2)
    fewer = (
        other | {"features": other["features"][:-1], "maps": other["maps"][:-1]}
        if isinstance(other, dict)
        else other[:-1]
    )
    with pytest.raises(UsageError, match=r"60|shape"):
        similarity(info.name, one, fewer)
    with pytest.raises(UsageError):
        pairwise(info.name, {"a": one, "b": fewer})


@pytest.mark.parametrize("info", [info for info in OF_FEATURES if info.inputs == "features"], ids=name)
def test_features_that_never_vary_are_undefined(info):
    constant = np.full((N, 3), 2.0)
    with pytest.raises(Undefined):
        similarity(info.name, constant, features(1))
    table = pairwise(info.name, {"dead": constant, "live": features(1), "other": features(2)})
    assert math.isnan(table.values[0, 1]) and math.isnan(table.values[1, 0])
    assert set(table.undefined) == {
        ("dead", "dead"),
        ("dead", "live"),
        ("live", "dead"),
        ("dead", "other"),
        ("other", "dead"),
    }
    assert np.isfinite(table.values[1:, 1:]).all()


def test_features_that_are_not_finite_are_refused_by_name():
    broken = features(1)
    broken[3, 2] = np.nan
    with pytest.raises(UsageError, match="not finite"):
        similarity("cka", broken, features(2))
    with pytest.raises(UsageError, match="'broken'"):
        pairwise("cka", {"fine": features(2), "broken": broken})


def test_unknown_names_and_options_say_what_there_is():
    with pytest.raises(UsageError, match="did you mean svcca") as told:
        similarity("svca", features(1), features(2))
    assert told.value.fix == "hubscore map --help"
    with pytest.raises(UsageError, match="its options: debiased"):
        similarity("cka", features(1), features(2), biased=True)


def test_fewer_than_two_networks_are_refused():
    with pytest.raises(UsageError, match="fewer than two networks"):
        pairwise("cka", {"only": features(1)})


def test_the_public_function_is_the_registered_one():
    assert hubscore.similarity("attribution", maps(1), maps(2)) == similarity("attribution", maps(1), maps(2))


@pytest.mark.parametrize("name", ["cka", "rsa", "dds", "svcca", "pwcca"])
def test_different_numbers_of_samples_are_said_as_they_are(name):
    rows = np.random.default_rng(0).normal(size=(101, 3))
    with pytest.raises(UsageError, match="one has 100 samples and the other 101"):
        similarity(name, rows[:100], rows)
    with pytest.raises(UsageError, match="one has 100 samples and the other 101"):
        pairwise(name, {"a": rows[:100], "b": rows})
