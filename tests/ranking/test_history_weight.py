from dataclasses import replace

import numpy as np
import pytest

from hubscore.calibration.pairs import Pairs
from hubscore.ranking.history_weight import WEIGHTS, fit_history_weight
from tests.calibrationdata import simulated


def told(*, skill, noise, datasets=6, models=10, seed=0) -> Pairs:
    """Accuracies that are a lasting skill of the model, as far as `skill` goes; the probe sees them with noise."""
    draw = np.random.default_rng(seed)
    lasting, here = draw.normal(size=models), draw.normal(size=(datasets, models))
    truth = (skill * lasting + (1 - skill) * here).ravel()
    seen = truth + noise * draw.normal(size=truth.shape)
    flat = simulated(datasets=datasets, models=models)
    return replace(flat, truth=0.5 + truth / 10, accuracy=0.5 + seen / 50, loss=1.0 - seen / 50)


def test_a_history_that_knows_more_than_the_probe_counts_more():
    found = fit_history_weight(told(skill=0.9, noise=2.0))
    assert found is not None and found.weight > 0.5
    assert found.pearson > found.alone and found.datasets == 6


def test_a_history_that_knows_nothing_does_not_count():
    found = fit_history_weight(told(skill=0.0, noise=0.1))
    assert found is not None and found.weight == 0.0
    assert found.pearson == pytest.approx(found.alone, abs=0.005)


def test_the_agreement_without_history_is_that_of_the_probes():
    """F is the sum of two equal standings here, so its correlation is that of the probe's accuracy."""
    pairs = told(skill=0.5, noise=1.0)
    by_hand = [np.corrcoef(pairs.accuracy[own], pairs.truth[own])[0, 1] for _, own in pairs.by_target()]
    found = fit_history_weight(pairs)
    assert found is not None and found.alone == pytest.approx(np.mean(by_hand))


def test_the_weight_is_chosen_by_data_sets_that_are_judged_by_others():
    pairs = told(skill=0.7, noise=1.0)
    found = fit_history_weight(pairs)
    assert found is not None and found.weight in WEIGHTS and -1 <= found.pearson <= 1


def test_two_data_sets_are_needed():
    pairs = told(skill=0.5, noise=1.0)
    assert fit_history_weight(pairs.at(pairs.target == "set0")) is None
    assert fit_history_weight(pairs.at(np.isin(pairs.model, ["lab/0", "lab/1"]))) is None
