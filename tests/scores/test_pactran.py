import numpy as np
import pytest
from scipy.special import digamma, gammaln, logsumexp
from scoredata import NAMES, case
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from hubscore import HubscoreError, Undefined, score
from hubscore.numerics.workspace import Workspace
from hubscore.scores.pactran import _updated, pactran_dirichlet, pactran_gamma


def updates(probs, labels, normalised):
    """The released rounds; returns what both bounds are made of."""
    targets = np.eye(labels.max() + 1)[labels]
    prior = targets.mean(axis=0)[:, None] + 1e-10
    log_s, q = np.log(probs + 1e-10), probs
    for _ in range(10):
        weights = prior + targets.T @ q
        logits = log_s + targets @ digamma(weights) - (digamma(weights.sum(axis=0)) if normalised else 0)
        log_q = logits - logsumexp(logits, axis=1, keepdims=True)
        q = np.exp(log_q)
    return prior, weights, (q * (log_q - log_s)).sum(axis=1), targets.size


def dirichlet(probs, labels):
    prior, weights, divergence, size = updates(probs, labels, normalised=True)
    before = gammaln(prior.sum()) - gammaln(prior).sum()
    after = gammaln(weights.sum(axis=0)) - gammaln(weights).sum(axis=0)
    return ((after - before).sum() + divergence.sum()) / size


def gamma(probs, labels):
    prior, weights, divergence, size = updates(probs, labels, normalised=False)
    levels = probs @ weights.sum(axis=0)
    return ((gammaln(prior) - gammaln(weights)).sum() + (divergence + np.log(levels) - 1).sum()) / size + 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("bound", "reference"), [("pactran_dirichlet", dirichlet), ("pactran_gamma", gamma)])
def test_agrees_with_the_released_rounds(name, bound, reference):
    _, labels, probs = case(name)
    assert score(bound, probs=probs, labels=labels, reading="released") == pytest.approx(
        reference(probs, labels), rel=1e-9
    )
    assert score(bound, probs=probs, labels=labels) == pytest.approx(reference(probs, labels), rel=1e-6)


def test_one_source_class_worked_by_hand():
    # One source class: q is 1 throughout. Dirichlet: counts (1, 1) on a prior of (1/2, 1/2) give weights (3/2, 3/2),
    # and the bound is minus the log-probability of the labels, -ln[ B(3/2, 3/2) / B(1/2, 1/2) ] = -ln[ (pi / 8) / pi ]
    # = ln 8, divided by n c = 4.
    one = Workspace(probs=np.ones((2, 1)), labels=[0, 1])
    assert pactran_dirichlet(one) == pytest.approx(np.log(8) / 4, rel=1e-12)
    # Gamma: ln[ G(1/2)^2 / G(3/2)^2 ] = ln 4, levels are 3/2 + 3/2 = 3, so 1 + (ln 4 + 2 (ln 3 - 1)) / 4.
    assert pactran_gamma(one) == pytest.approx(1 + (np.log(4) + 2 * (np.log(3) - 1)) / 4, rel=1e-12)


@pytest.mark.parametrize("bound", ["pactran_dirichlet", "pactran_gamma"])
def test_exact_zeros_are_defined(bound):
    labels = np.arange(30) % 3
    heads = np.eye(5)[labels], np.eye(5)[np.arange(30) % 5]
    informed, chance = (score(bound, probs=probs, labels=labels) for probs in heads)
    assert np.isfinite([informed, chance]).all()
    assert informed < chance


@pytest.mark.parametrize("bound", ["pactran_dirichlet", "pactran_gamma"])
def test_a_prior_of_no_mass_is_refused(bound):
    with pytest.raises(HubscoreError, match="Cannot use alpha=0: it must be a positive number"):
        score(bound, probs=np.eye(2), labels=[0, 1], alpha=0)


@pytest.mark.parametrize("bound", ["pactran_dirichlet", "pactran_gamma"])
def test_no_rounds_are_refused(bound):
    with pytest.raises(HubscoreError, match="Cannot use rounds=0: it must be an integer of at least 1"):
        score(bound, probs=np.eye(2), labels=[0, 1], rounds=0)


@pytest.mark.parametrize(("bound", "reference"), [("pactran_dirichlet", dirichlet), ("pactran_gamma", gamma)])
def test_of_the_mixture_is_the_bound_on_its_posteriors(bound, reference):
    features, labels, _ = case("more_samples")
    n, rows = len(labels), PCA(0.8, svd_solver="full").fit_transform(features.astype(np.float64))
    components = int(max(min(labels.max() + 1, 0.2 * n), 0.1 * n))
    posteriors = GaussianMixture(components, random_state=3).fit(rows).predict_proba(rows)
    released = score(bound, features=features, labels=labels, of="mixture", seed=3, reading="released")
    assert released == pytest.approx(reference(posteriors, labels), rel=1e-6)
    assert score(bound, features=features, labels=labels, of="mixture", seed=3) == pytest.approx(
        reference(posteriors, labels), rel=1e-5
    )


def test_the_mixture_needs_features_and_no_head():
    labels = np.arange(30) % 3
    with pytest.raises(Undefined, match="there are no features"):
        score("pactran_gamma", probs=np.eye(3)[labels], labels=labels, of="mixture")
    with pytest.raises(Undefined, match="it has no source head"):
        score("pactran_gamma", features=np.eye(30), labels=labels)
    with pytest.raises(HubscoreError, match="Cannot take PACTran of 'features'"):
        score("pactran_gamma", probs=np.eye(3)[labels], labels=labels, of="features")


def test_weights_that_underflow_are_not_lost():
    # The only source class that the first sample knows has a weight of exp(-900) against another source class of its
    # label.
    probs, log_weights = np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([[-900.0, 0.0]])
    assert _updated(probs, log_weights, np.array([0, 0])).tolist() == [[1.0, 0.0], [0.0, 1.0]]
