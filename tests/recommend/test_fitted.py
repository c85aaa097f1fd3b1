from dataclasses import replace

import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.fitted import fit_history, non_negative
from hubscore.recommend.history import History, ModelFacts, TaskFacts


def test_a_prediction_by_hand(rng):
    values = rng.uniform(size=(8, 5))
    values[0] = np.nan
    facts = {f"m{i}": ModelFacts(parameters=10 ** (i + 1)) for i in range(8)}
    history = replace(History.of(list(facts), list("abcde"), values), model_facts=facts)
    made = fit_history(history, rank=2)
    trans, meta, merged = made.predict(None, TaskFacts("new"), 0.4)
    assert np.isnan(trans[0]) and merged[0] == meta[0]
    expected = 0.6 * made.space.models @ made.space.tasks.mean(axis=0) + 0.4 * meta
    assert np.abs(merged[1:] - expected[1:]).max() < 1e-12
    place = made.space.tasks[3]
    assert np.abs(made.predict(place, TaskFacts("new"), 0.4)[0][1:] - made.space.models[1:] @ place).max() < 1e-12


def test_nine_tenths_of_the_errors_lie_in_the_interval(rng):
    values = np.clip(rng.uniform(0.3, 0.6, size=(40, 1)) + 0.05 * rng.normal(size=(40, 10)), 0, 1)
    low, high = fit_history(History.of([f"m{i}" for i in range(40)], list("abcdefghij"), values), rank=1).spread
    assert -0.15 < low < -0.05 and 0.05 < high < 0.15
    few = History.of(["a", "b"], ["c", "d"], np.full((2, 2), 0.5))
    assert fit_history(few, rank=1).spread is None


def test_scores_below_zero_are_scaled_within_data_sets():
    made, scaled = non_negative(np.array([[-3.0, 5.0], [-1.0, np.nan], [-2.0, 5.0]]))
    assert scaled and made[:, 0].tolist() == [0, 1, 0.5] and made[0, 1] == made[2, 1] == 0.5 and np.isnan(made[1, 1])
    kept, scaled = non_negative(np.array([[0.3, 7.0]]))
    assert not scaled and kept.tolist() == [[0.3, 7.0]]


def test_an_empty_history_is_refused():
    with pytest.raises(UsageError, match="nothing to learn"):
        fit_history(History.of(["a"], ["b"], np.array([[np.nan]])))
