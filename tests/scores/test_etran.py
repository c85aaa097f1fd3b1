import numpy as np
import pytest
from networks import joined
from scipy.special import logsumexp, softmax
from scoredata import NAMES, case

from hubscore import Undefined, score, score_pool
from hubscore.errors import Advice, UsageError
from hubscore.errors import Undefined as UndefinedError
from hubscore.numerics.workspace import Workspace
from hubscore.scores.etran import etran_terms
from hubscore.scores.info import SCORES


def released_lda(features, labels):
    """The released classifier, with its symmetric eigen-solver on a matrix that is not symmetric."""
    features = features.astype(np.float64)
    n, d = features.shape
    shares = np.bincount(labels) / n
    means = np.stack([features[labels == c].mean(axis=0) for c in range(len(shares))])
    within = (features - means[labels]).T @ (features - means[labels]) / n + 1e-3 * np.eye(d)
    total = np.cov(features.T, bias=True)
    directions = np.linalg.eigh(np.linalg.inv(within) @ (total - within))[1]
    weights = means @ directions @ directions.T
    return softmax(features @ weights.T - 0.5 * (means * weights).sum(axis=1) + np.log(shares), axis=1)[
        np.arange(n), labels
    ].mean()


def nets(noises=(0.5, 1.5, 4.0), name="more_samples"):
    return [{"features": case(name, noise=noise).features, "labels": case(name).labels} for noise in noises]


def test_a_pool_worked_by_hand():
    pool = nets()
    lowest = np.array([logsumexp(net["features"], axis=1).min() for net in pool])  # ceil(0.005 * 120) = 1 sample
    told = np.array([score("fda", **net) for net in pool])
    expected = 0.15 * (lowest - lowest.min()) / np.ptp(lowest) + 0.85 * (told - told.min()) / np.ptp(told)
    assert score_pool("etran", pool) == pytest.approx(expected, rel=1e-12)


def test_the_lowest_half_percent_counts():
    rng = np.random.default_rng(0)
    features, labels = rng.normal(size=(401, 3)), np.arange(401) % 3
    energies = np.sort(logsumexp(features, axis=1))
    workspace = Workspace(features=features, labels=labels)
    assert etran_terms(workspace)[0] == pytest.approx(energies[:3].mean())  # ceil(2.005)
    assert etran_terms(workspace, reading="released")[0] == pytest.approx(energies[:2].mean())  # int(2.005)


@pytest.mark.parametrize("name", NAMES)
def test_the_released_classifier_is_the_nearest_class_mean(name):
    features, labels, _ = case(name)
    copies = -(-200 // len(labels))  # released, it needs 200 samples
    features, labels = np.tile(features, (copies, 1)), np.tile(labels, copies)
    fit = etran_terms(Workspace(features=features, labels=labels), reading="released")[1]
    assert fit == pytest.approx(released_lda(features, labels), rel=1e-6)


def test_released_is_undefined_below_200_samples():
    with pytest.raises(Undefined) as caught:
        score_pool("etran", nets(), reading="released")
    assert caught.value.reason == "int(5 n / 1000) is 0 for 120 samples, as released, and 1 for 200; use more samples"


def test_energies_of_logits_need_a_head_everywhere():
    pool = nets()
    for net in pool[:2]:
        net["logits"] = net["features"][:, :4]
    with pytest.raises(Undefined, match="it has no source logits"):
        score_pool("etran", pool, energy_of="logits")
    pool[2]["logits"] = pool[2]["features"][:, :4]
    assert len(score_pool("etran", pool, energy_of="logits")) == 3


def test_a_network_without_a_value_does_not_take_the_others_away():
    pool = [Workspace(**net) for net in nets()]
    broken = Workspace(features=np.ones((120, 3)), labels=pool[0].labels)
    values = joined(SCORES.get("etran"), [pool[0], broken, *pool[1:]])
    assert isinstance(values[1], UndefinedError)
    assert values[1].why == "the features are the same for every sample"
    assert [values[0], *values[2:]] == score_pool("etran", nets())


def test_a_saturated_discriminant_analysis_does_not_leave_the_energy_alone():
    # More features than samples, as usual: every network separates its own samples, and the order by energy must not
    # pass for ETran.
    rng, labels = np.random.default_rng(0), np.arange(100) % 5
    pool = [
        {"features": size * np.abs(rng.normal(size=(100, 300))) + told * np.eye(300)[labels], "labels": labels}
        for size, told in ((1, 3), (1.5, 0), (2, 1))
    ]
    assert [score("fda", **net) for net in pool] == [1.0, 1.0, 1.0]
    with pytest.raises(Undefined) as caught:
        score_pool("etran", pool)
    assert caught.value.why == "the discriminant analysis is saturated at 1 for every network of the set"
    assert caught.value.advice == (Advice.REDUCE, Advice.SAMPLES)
    assert caught.value.fix == "reduce to 32 dimensions, or use more samples"
    assert score_pool("etran", pool, reduce=8) != sorted(score_pool("etran", pool, reduce=8))


def test_every_network_of_such_a_set_is_told_why():
    labels = np.arange(60) % 3
    rng = np.random.default_rng(0)
    nets = [
        Workspace(features=50 * np.eye(3)[labels] + shift + rng.normal(size=(60, 3)), labels=labels)
        for shift in (0, 1, 2)
    ]
    told = joined(SCORES.get("etran"), nets)
    assert [value.why for value in told] == [
        "the discriminant analysis is saturated at 1 for every network of the set"
    ] * 3


def test_networks_of_equal_energy_are_undefined():
    features, labels, _ = case("more_samples")
    pool = [{"features": features, "labels": labels}] * 2
    with pytest.raises(
        Undefined, match=r"ETran is undefined: the energy is the same \(.*\) for every network of the set"
    ):
        score_pool("etran", pool)


def test_regressions_that_fit_alike_are_undefined():
    rng = np.random.default_rng(0)
    features, target = rng.normal(size=(50, 4)), rng.normal(size=50)
    pool = [{"features": size * features, "labels": target, "target": "regression"} for size in (1, 2)]
    with pytest.raises(
        Undefined, match=r"ETran is undefined: the fit of the regression is the same \(-.*\) for every network"
    ):
        score_pool("etran", pool)


def test_no_network_is_refused():
    with pytest.raises(
        UsageError, match="Cannot compute 'etran' of no networks: it compares them\nTry: pass two or more"
    ):
        score_pool("etran", [])


def test_regression_weighs_the_residual_of_least_squares():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(50, 4))
    target = features @ rng.normal(size=4) + rng.normal(size=50)
    design = np.column_stack([np.ones(50), features])
    residual = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    workspace = Workspace(features=features, labels=target, target="regression")
    assert etran_terms(workspace)[1] == pytest.approx(-(residual**2).mean(), rel=1e-9)


def test_regression_with_as_many_features_as_samples_is_undefined():
    rng = np.random.default_rng(0)
    labels = rng.normal(size=20)
    pool = [{"features": rng.normal(size=(20, 30)), "labels": labels, "target": "regression"} for _ in range(2)]
    with pytest.raises(Undefined, match="30 features of 20 samples fit any target perfectly"):
        score_pool("etran", pool)


def test_it_is_not_computed_for_one_network_alone():
    with pytest.raises(Exception, match="Score 'etran' is defined over several networks"):
        score("etran", **nets()[0])
