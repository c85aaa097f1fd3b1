"""Comparisons of two networks as scores: made of the similarity registry, by built-in and by other packages'."""

import warnings
from dataclasses import replace
from importlib.metadata import EntryPoint

import numpy as np
import pytest
from networks import network

import hubscore.registry
from hubscore.errors import Undefined, UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.registry import Registry
from hubscore.scores.api import compute, resolve_options
from hubscore.scores.comparison import MISLEADS, ComparisonScore, comparison_score, comparison_scores
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.similarity.api import similarity
from hubscore.similarity.info import SIMILARITIES, SimilarityInfo

COMPARED = [info for info in SCORES if isinstance(info, ComparisonScore)]
BY_FEATURES = [info for info in COMPARED if info.similarity.inputs == "features"]


def name(info):
    return info.name


def mine(a, b, *, power: float = 1.0):
    """Compare the first features of two networks."""
    return float(np.abs(np.corrcoef(a[:, 0], b[:, 0])[0, 1]) ** power)


MINE = SimilarityInfo(
    name="first_feature",
    title="First feature",
    function=f"{__name__}:mine",
    inputs="features",
    direction="higher",
    low=0.0,
    high=1.0,
    source="Nobody, 2026",
    checked_against="own-reading",
    measures="Whether the first features of two networks go together.",
    misleads="There are others.",
    reading="1: they do; 0: they do not.",
    options={"power": 1.0},
)


def test_which_comparisons_are_scores_and_where_they_stand():
    names = SCORES.names()
    assert [info.name for info in COMPARED] == ["attribution", "depara", "rsa", "dds", "cka", "svcca", "pwcca"]
    first = names.index("attribution")
    assert names[first : first + 7] == tuple(info.name for info in COMPARED)
    assert names[first - 1] == "transrate" and names[first + 7] == "energy"


@pytest.mark.parametrize(
    ("name", "needs", "family", "resample"),
    [
        ("attribution", "maps reference_maps", "attribution", "few"),
        ("depara", "features reference nodes reference_nodes", "attribution", "few"),
        ("rsa", "features reference", "representation", "few"),
        ("cka", "features reference", "representation", "few"),
        ("pwcca", "features reference", "representation", "none"),
    ],
)
def test_what_a_score_needs_follows_from_what_is_compared(name, needs, family, resample):
    info = SCORES.get(name)
    assert info.needs == set(needs.split()) and info.family == family and info.resample == resample
    assert info.targets == {"classification", "multilabel", "regression", "annotation"} and not info.pool


@pytest.mark.parametrize("info", COMPARED, ids=name)
def test_what_is_known_of_the_comparison_is_known_of_the_score(info):
    known = info.similarity
    assert known is SIMILARITIES.get(info.name)
    assert (info.direction, info.low, info.options) == (known.direction, known.low, known.options)
    assert (info.paper, info.reading, info.released) == (known.source, known.reading, known.released)
    assert known.measures in info.measures and "trained on your task" in info.measures
    assert info.misleads == f"{MISLEADS} {known.misleads}" and info.cost.endswith(known.cost)
    assert info.title.endswith(" to a reference")


def test_bounds_that_depend_on_an_option_are_none():
    assert SCORES.get("depara").range == "-inf .. inf" and SCORES.get("depara").bounds(2) == (-np.inf, np.inf)
    assert SCORES.get("cka").range == "-1.0 .. 1.0"  # negative where it is debiased
    assert SCORES.get("rsa").range == "-1.0 .. 1.0"


@pytest.mark.parametrize("info", [info for info in BY_FEATURES if info.similarity.symmetric], ids=name)
def test_values_of_features_are_those_of_the_comparison(info):
    inputs = network()
    workspace = Workspace(features=inputs["features"], reference=inputs["reference"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = similarity(info.name, inputs["features"], inputs["reference"])
    assert compute(info, workspace) == expected


def test_where_the_order_matters_the_reference_is_predicted_by_the_checkpoint():
    inputs = network(n=300)
    workspace = Workspace(features=inputs["features"], reference=inputs["reference"])
    there, back = (
        similarity("pwcca", inputs[a], inputs[b]) for a, b in [("reference", "features")[::s] for s in (1, -1)]
    )
    assert compute(SCORES.get("pwcca"), workspace) == there != back
    assert "The first network is the reference" in SCORES.get("pwcca").measures


def test_values_of_maps_are_those_of_the_comparison():
    inputs = network()
    maps = {key: inputs[key] for key in ("maps", "reference_maps", "nodes", "reference_nodes")}
    assert compute(SCORES.get("attribution"), Workspace(**maps)) == similarity(
        "attribution", maps["maps"], maps["reference_maps"]
    )
    workspace = Workspace(features=inputs["features"], reference=inputs["reference"], **maps)
    ours = {"features": inputs["features"], "maps": inputs["nodes"]}
    theirs = {"features": inputs["reference"], "maps": inputs["reference_nodes"]}
    assert compute(SCORES.get("depara"), workspace, lambda_=2.0) == similarity("depara", ours, theirs, lambda_=2.0)


def test_few_samples_are_no_news_in_a_ranking():
    rng = np.random.default_rng(0)
    workspace = Workspace(features=rng.normal(size=(30, 8)), reference=rng.normal(size=(30, 8)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert 0 < compute(SCORES.get("svcca"), workspace) < 1


def test_what_is_undefined_between_networks_is_undefined_as_a_score():
    constant = np.ones((9, 3))
    with pytest.raises(Undefined, match="CKA is undefined: the features are the same for all samples"):
        compute(SCORES.get("cka"), Workspace(features=constant, reference=np.eye(9)))


def test_comparisons_of_data_sets_and_of_parts_are_no_scores():
    for other in ("task2vec", "depara_nodes", "depara_edges"):
        assert comparison_score(SIMILARITIES.get(other)) is None
        with pytest.raises(UsageError, match=f"Unknown score '{other}'"):
            SCORES.get(other)


def test_another_packages_comparison_is_a_score():
    (info,) = comparison_scores((MINE,))
    inputs = network()
    workspace = Workspace(features=inputs["features"], reference=inputs["reference"])
    assert compute(info, workspace) == mine(inputs["features"], inputs["reference"])
    assert compute(info, workspace, power=2.0) == mine(inputs["features"], inputs["reference"], power=2.0)
    assert resolve_options(info, {}) == {"power": 1.0}
    assert info.title == "First feature to a reference" and info.cost == "that of one comparison"
    lower = comparison_score(replace(MINE, direction="lower"))
    assert lower is not None and lower.direction == "lower"


@pytest.fixture
def plugins(monkeypatch):
    """Entry points of packages that are not installed."""
    points: dict[str, list[EntryPoint]] = {}
    monkeypatch.setattr(hubscore.registry, "entry_points", lambda group: points.get(group, []))
    return points


class Mine:
    """What an entry point loads to."""

    info = MINE


def registries():
    compared: Registry[SimilarityInfo] = Registry("similarity", group="similarities", builtin=lambda: iter(()))
    scores: Registry[ScoreInfo] = Registry(
        "score", group="scores", builtin=lambda: iter(()), base=compared, derive=comparison_score
    )
    return compared, scores


def test_a_comparison_that_a_package_registers_is_found_among_the_scores(plugins):
    plugins["similarities"] = [EntryPoint("mine", f"{__name__}:Mine", "similarities")]
    _, scores = registries()
    assert scores.get("first_feature").name == "first_feature"
    assert scores.names() == ("first_feature",)


def test_a_comparison_that_cannot_be_loaded_is_named_where_scores_are_looked_up(plugins):
    plugins["similarities"] = [EntryPoint("gone", "no_such_module:info", "similarities")]
    _, scores = registries()
    with pytest.raises(UsageError, match="the plugin 'gone' could not be loaded"):
        scores.get("first_feature")


def test_a_comparison_does_not_take_the_name_of_a_score(plugins):
    plugins["similarities"] = [EntryPoint("mine", f"{__name__}:Mine", "similarities")]
    compared, scores = registries()
    taken = scores.add(replace(SCORES.get("knn"), name="first_feature"))
    assert scores.names() == ("first_feature",) and scores.get("first_feature") is taken
    assert "the name is taken" in scores.broken["first_feature"] and compared.names() == ("first_feature",)
