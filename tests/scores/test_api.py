import re

import numpy as np
import pytest
from networks import joined, network
from scoredata import case

from hubscore import HubscoreError, Undefined, score, score_pool, similarity
from hubscore.errors import Advice, UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.scores.api import compute, resolve_options
from hubscore.scores.info import SCORES, ScoreInfo
from hubscore.similarity.canonical_correlation import FewSamples

FEATURES, LABELS, PROBS = case("more_samples")


def info_of(function, **facts):
    known = {
        "name": "mine",
        "title": "Mine",
        "function": function,
        "needs": frozenset({"features", "labels"}),
        "targets": frozenset({"classification"}),
        "direction": "higher",
        "low": 0.0,
        "high": 1.0,
        "family": "other",
        "paper": "",
        "checked_against": "paper",
        "cost": "",
        "measures": "",
        "misleads": "",
        "reading": "",
    }
    return ScoreInfo(**known | facts)


def not_a_number(workspace):
    return float("nan")


def plain_integer(workspace):
    return np.int64(1)


def test_undefined_carries_reason_and_fix_on_one_line():
    with pytest.raises(Undefined) as caught:
        score("leep", features=FEATURES, labels=LABELS)
    assert str(caught.value) == (
        "LEEP is undefined: it has no source head, and this score needs source-class probabilities\n"
        "Try: use a score that reads features: logme, knn, parc"
    )
    assert caught.value.reason.endswith("probabilities; use a score that reads features: logme, knn, parc")


def test_an_unknown_option_is_refused_with_those_there_are():
    with pytest.raises(
        HubscoreError,
        match="Score 'gbc' has no option 'covariances': its options: covariance, dimensions, floor, log, reading",
    ):
        score("gbc", features=FEATURES, labels=LABELS, covariances="diagonal")


def test_an_unknown_score_is_refused_with_near_names():
    with pytest.raises(HubscoreError, match="Unknown score 'logmee': did you mean logme"):
        score("logmee", features=FEATURES, labels=LABELS)


def test_a_reading_goes_with_every_score():
    for name in ("leep", "sfda", "h_score_shrunk"):
        inputs = {"probs": PROBS} if name == "leep" else {"features": FEATURES}
        assert score(name, **inputs, labels=LABELS, reading="released") == score(
            name, **inputs, labels=LABELS, reading="default"
        )
    assert score("h_score", features=FEATURES, labels=LABELS, reading="default") == score(
        "h_score", features=FEATURES, labels=LABELS
    )


def test_an_unknown_reading_is_refused():
    with pytest.raises(HubscoreError, match="Unknown reading 'paper': there are default and released"):
        score("leep", probs=PROBS, labels=LABELS, reading="paper")


def test_a_score_without_released_code_says_so():
    with pytest.raises(
        HubscoreError, match="Score 'energy' has no released reading: no code of its authors gives a definite value"
    ):
        score("energy", features=FEATURES, reading="released")


def advised(error, **names):
    """What the call that an error advises gives."""
    (call,) = re.findall(r"similarity\(.*\)", error.fix)
    return eval(call, {"similarity": similarity, **names})


@pytest.mark.parametrize("name", ["rsa", "dds", "cka", "svcca", "pwcca"])
def test_without_a_reference_the_advice_is_a_comparison_that_works(name):
    inputs = network()
    arrays = {key: inputs[key] for key in ("features", "reference")}
    with pytest.raises(Undefined, match="there are no features of a network trained on the target") as caught:
        score(name, features=arrays["features"])
    assert caught.value.advice == (Advice.REFERENCE,) and caught.value.fix.startswith(
        "rank with a reference network, or "
    )
    assert advised(caught.value, **arrays) == pytest.approx(compute(SCORES.get(name), Workspace(**arrays)), rel=1e-12)


def test_without_maps_the_advice_is_a_comparison_that_works():
    inputs = network()
    with pytest.raises(Undefined, match="it has no attribution maps") as caught:
        score("attribution")
    maps = {"maps": inputs["maps"], "reference_maps": inputs["reference_maps"]}
    found = advised(caught.value, a=maps["maps"], b=maps["reference_maps"])
    assert found == pytest.approx(compute(SCORES.get("attribution"), Workspace(**maps)), rel=1e-12)
    with pytest.raises(Undefined, match="it has no attribution maps") as caught:
        score("depara", features=inputs["features"])
    told = 'similarity("depara", dict(features=..., maps=...), dict(features=..., maps=...))'
    assert caught.value.fix.endswith(told)
    filled = {"features": inputs["features"], "maps": inputs["nodes"]}
    assert similarity("depara", filled, filled) == pytest.approx(2)


def test_other_advice_on_what_is_missing_works_too():
    with pytest.raises(Undefined, match="logme, knn, parc"):
        score("leep", features=FEATURES, labels=LABELS)
    assert all(np.isfinite(score(name, features=FEATURES, labels=LABELS)) for name in ("logme", "knn", "parc"))
    with pytest.raises(Undefined, match="use a label-free score: energy"):
        score("knn", features=FEATURES)
    assert np.isfinite(score("energy", features=FEATURES))


@pytest.mark.parametrize("name", ["rsa", "dds"])
def test_comparisons_whose_released_reading_is_the_same_take_it(name):
    workspace = Workspace(**{key: network()[key] for key in ("features", "reference")})
    assert compute(SCORES.get(name), workspace, reading="released") == compute(SCORES.get(name), workspace)


def test_a_released_reading_that_is_no_option_is_told_how_to_get():
    inputs = network(d=30)
    arrays = {key: inputs[key] for key in ("features", "reference")}
    with pytest.raises(
        HubscoreError, match="Score 'svcca' does not switch to the released reading by itself"
    ) as caught:
        score("svcca", features=arrays["features"], reading="released")
    assert caught.value.why == "the authors' tutorial keeps 20 directions"
    with pytest.warns(FewSamples):
        assert advised(caught.value, **arrays) == similarity(
            "svcca", arrays["reference"], arrays["features"], components=20
        )
    with pytest.raises(HubscoreError, match="averages the channels of the maps first") as caught:
        score("attribution", reading="released")
    a, b = np.random.default_rng(0).normal(size=(2, 9, 3, 4, 4))
    one, other = (maps.mean(axis=1).reshape(9, -1) for maps in (a, b))
    cosines = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert advised(caught.value, a=a, b=b) == pytest.approx(cosines.mean(), rel=1e-9)
    with pytest.raises(HubscoreError, match="centres the features of the edges\nTry: similarity"):
        score("depara", reading="released")


def test_defaults_are_filled_in():
    assert resolve_options(SCORES.get("nce"), {"eps": 0.5}) == {"eps": 0.5, "reading": "default"}


def test_a_value_that_is_no_number_is_undefined():
    with pytest.raises(Undefined, match="Mine is undefined: the computation gave nan"):
        compute(info_of(f"{__name__}:not_a_number"), Workspace(features=FEATURES, labels=LABELS))


def test_values_are_plain_floats():
    value = compute(info_of(f"{__name__}:plain_integer"), Workspace(features=FEATURES, labels=LABELS))
    assert type(value) is float


def test_another_target_is_undefined_with_those_supported():
    with pytest.raises(Undefined, match="it is for classification, and the target is regression"):
        score("sfda", features=FEATURES, labels=LABELS + 0.5, target="regression")


def test_no_labels_are_undefined():
    with pytest.raises(Undefined, match="there are no labels"):
        score("sfda", features=FEATURES)


def test_pool_scores_need_a_pool():
    with pytest.raises(HubscoreError, match="Score 'ncti' is defined over several networks"):
        score("ncti", features=FEATURES, labels=LABELS)


def test_a_pool_of_a_plain_score_is_computed_one_by_one():
    nets = [{"features": FEATURES * scale, "labels": LABELS} for scale in (1, 2)]
    assert score_pool("gbc", nets) == [score("gbc", **net) for net in nets]
    assert score_pool("gbc", nets, reduce=2) == [score("gbc", **net, reduce=2) for net in nets]


def test_a_pool_score_does_not_depend_on_the_order_of_the_networks():
    nets = [{"features": case("more_samples", noise=noise).features, "labels": LABELS} for noise in (0.5, 1.0, 3.0)]
    assert score_pool("ncti", nets[::-1])[::-1] == pytest.approx(score_pool("ncti", nets), rel=1e-12)


def test_each_answers_for_itself():
    good = [Workspace(features=case("more_samples", noise=noise).features, labels=LABELS) for noise in (0.5, 3.0)]
    singles = Workspace(features=FEATURES[:4], labels=range(4))
    values = joined(SCORES.get("ncti"), [good[0], singles, good[1], Workspace(labels=LABELS)])
    assert [type(value) for value in values] == [float, Undefined, float, Undefined]
    assert values[1].why == "every class has one sample, so nothing shows how much a class varies"
    assert values[3].why == "there are no features"


def test_a_set_without_a_value_tells_every_member():
    lonely = Workspace(features=FEATURES, labels=LABELS)
    (value,) = joined(SCORES.get("etran"), [lonely])
    assert value.why == "it compares the networks of a set, and there is one"
    assert joined(SCORES.get("etran"), []) == []


def test_a_set_of_no_networks_is_refused_where_networks_are_compared():
    with pytest.raises(
        UsageError, match="Cannot compute 'ncti' of no networks: it compares them\nTry: pass two or more"
    ):
        score_pool("ncti", [])
    assert score_pool("logme", []) == []


SOFTMAX = np.random.default_rng(1).dirichlet(np.ones(4), size=len(LABELS))


@pytest.mark.parametrize("name", ["leep", "nce", "pactran_dirichlet", "pactran_gamma"])
def test_probabilities_passed_as_logits_are_refused(name):
    with pytest.raises(HubscoreError, match="so these are probabilities") as caught:
        score(name, logits=SOFTMAX, features=FEATURES, labels=LABELS)
    assert caught.value.fix == f'score("{name}", probs=..., labels=...)'
    with pytest.raises(HubscoreError, match="so these are probabilities"):
        score_pool(name, [{"logits": SOFTMAX.astype(np.float16), "labels": LABELS}])
    assert np.isfinite(score(name, probs=SOFTMAX, features=FEATURES, labels=LABELS))
    assert np.isfinite(score(name, logits=np.log(SOFTMAX), features=FEATURES, labels=LABELS))


@pytest.mark.parametrize("name", ["leep", "nce", "pactran_dirichlet", "pactran_gamma"])
def test_one_source_class_is_undefined(name):
    one = {"logits": FEATURES[:, :1], "labels": LABELS}
    for call in (lambda: score(name, **one), lambda: score_pool(name, [one])):
        with pytest.raises(Undefined, match="there is one source class"):
            call()
    with pytest.raises(Undefined, match="there is one source class"):
        score(name, probs=np.ones((len(LABELS), 1)), labels=LABELS)


def test_networks_of_a_pool_are_a_list():
    one = {"features": FEATURES, "labels": LABELS}
    networks = {"a": one, "b": one}
    with pytest.raises(HubscoreError, match="returned in the order of a list") as caught:
        score_pool("logme", networks)
    assert eval(caught.value.fix, {"score_pool": score_pool, "networks": networks}) == dict.fromkeys(
        "ab", score("logme", **one)
    )
    with pytest.raises(HubscoreError, match="this is one network"):
        score_pool("logme", one)
    with pytest.raises(HubscoreError, match="each must be a dict"):
        score_pool("logme", [FEATURES])
