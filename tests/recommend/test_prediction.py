from dataclasses import replace

import numpy as np
import pytest

from hubscore.recommend.fitted import fit_history
from hubscore.recommend.history import History, ModelFacts, TaskFacts
from hubscore.recommend.meta_features import with_models
from hubscore.recommend.order_choice import ORDERS
from hubscore.recommend.prediction import predict


@pytest.fixture
def fitted(rng):
    values = np.linspace(0.2, 0.8, 10)[:, None] + 0.05 * rng.normal(size=(10, 6)).clip(-1, 1)
    history = History.of([f"m{i}" for i in range(10)], [f"t{i}" for i in range(6)], values)
    facts = {f"m{i}": ModelFacts(parameters=1000 * 2**i) for i in range(10)}
    return fit_history(with_models(replace(history, model_facts=facts), {"new": ModelFacts(parameters=900)}), rank=1)


@pytest.mark.parametrize("by", ORDERS)
def test_every_order_has_values_of_known_models_and_its_own_interval(fitted, by):
    made = predict(fitted, by, None, TaskFacts("x"), 0.5)
    assert np.isfinite(made.values[:10]).all() and made.values[9] > made.values[0]
    assert np.isnan(made.trans[10]) and np.isfinite(made.meta[10])
    given = np.isfinite(made.low[:10])
    assert given.all() == (by in ("merged", "history", "regression"))
    assert (made.low[:10] < made.high[:10])[given].all()
    assert np.isnan(made.low[10]) == (by != "regression")


def test_an_interval_of_the_mean_covers_nine_tenths_of_standings_left_out(rng):
    draws = rng.normal(size=(40, 1)) + 0.3 * rng.normal(size=(40, 31))
    seen = History.of([f"m{i}" for i in range(40)], [f"t{i}" for i in range(11)], draws[:, :11], score="logme")
    made = predict(fit_history(seen, rank=1), "history", None, TaskFacts("x"), 0.5)
    new = (draws[:, 11:] - draws[:, 11:].mean(axis=0)) / draws[:, 11:].std(axis=0)
    inside = ((new >= made.low[:, None]) & (new <= made.high[:, None])).mean()
    assert 0.85 <= inside <= 0.95
