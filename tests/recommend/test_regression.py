from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge as Reference

from hubscore.errors import UsageError
from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts
from hubscore.recommend.meta_features import with_models
from hubscore.recommend.regression import predict_by_regression, ridge


def test_it_equals_scikit_learns_on_standardized_columns(rng):
    x, y = rng.normal(size=(60, 4)) * [1.0, 5.0, 0.1, 2.0] + [0.0, 3.0, 1.0, 0.0], rng.normal(size=60)
    made = ridge([(x[:20], y[:20]), (x[20:], y[20:])], 3.0)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    reference = Reference(alpha=3.0).fit(scaled, y)
    new = rng.normal(size=(5, 4))
    found, width = made.predict(new)
    at = (new - x.mean(axis=0)) / x.std(axis=0)
    assert np.allclose(found, reference.predict(at), atol=1e-10)
    inverse = np.linalg.inv(scaled.T @ scaled + 3.0 * np.eye(4))
    assert np.allclose(width, [np.sqrt(1 + row @ inverse @ row) for row in at], atol=1e-10)


def test_a_column_that_does_not_vary_has_no_weight(rng):
    x = np.hstack([rng.normal(size=(30, 1)), np.full((30, 1), 7.0)])
    made = ridge([(x, x[:, 0])], 1e-6)
    assert np.isclose(made.predict(np.array([[1.0, 7.0]]))[0][0], made.predict(np.array([[1.0, -50.0]]))[0][0])


@pytest.fixture
def drawn(rng):
    sizes = rng.uniform(5, 8, size=30)
    values = (0.1 * sizes + 0.04 * rng.normal(size=30))[:, None] + 0.03 * rng.normal(size=(30, 9)) - 0.3
    facts = {f"m{i}": ModelFacts(parameters=round(10**size)) for i, size in enumerate(sizes)}
    history = replace(History.of(list(facts), [f"t{i}" for i in range(9)], values), model_facts=facts)
    return history


def test_it_predicts_a_data_set_left_out_and_its_interval_holds(drawn):
    fitted = fit_history(drawn.select(tasks=range(8)), rank=2, interval=False)
    made = predict_by_regression(fitted, None, TaskFacts("t8"))
    truth = drawn.values[:, 8]
    assert np.corrcoef(made.values, truth)[0, 1] > 0.8
    shift = (made.values - truth).mean()
    assert ((truth + shift >= made.low) & (truth + shift <= made.high)).mean() >= 0.75


def test_a_model_without_history_has_a_wider_interval(drawn):
    wide = with_models(drawn, {"new": ModelFacts(parameters=10**12)})
    made = predict_by_regression(fit_history(wide, rank=2, interval=False), None, TaskFacts("x"))
    width = made.high - made.low
    assert np.isfinite(made.values[-1]) and width[-1] > 1.2 * np.median(width)


def test_too_little_to_learn_from():
    alone = fit_history(History.of(["a", "b"], ["t"], np.array([[0.1], [0.2]])), rank=1)
    with pytest.raises(UsageError, match="two models and two data sets"):
        predict_by_regression(alone, None, TaskFacts("x"))
    few = fit_history(History.of(["a", "b"], ["t", "u"], np.array([[0.1, 0.2], [0.2, 0.4]])), rank=1)
    assert np.isnan(predict_by_regression(few, None, TaskFacts("x")).low).all()
