from dataclasses import replace

import numpy as np
import pytest
from calibrationdata import KNOWN, simulated

from hubscore.calibration.fit import (
    PLAIN,
    SHRINKAGES,
    choose_shrinkage,
    coefficients,
    errors_of,
    fit,
    held_out,
    level,
    slopes,
)
from hubscore.calibration.pairs import Pairs
from hubscore.calibration.predict import level_terms, own_terms
from hubscore.calibration.scale import to_accuracy


def shifted(pairs, name, by):
    return replace(pairs, truth=np.where(pairs.target == name, to_accuracy(pairs.angle + by), pairs.truth))


def test_known_slopes_come_back():
    found = np.mean([slopes(simulated(datasets=30, seed=seed), free=True) for seed in range(8)], axis=0)
    assert found == pytest.approx([KNOWN.b_within, KNOWN.c_within], abs=0.06)


def test_a_known_level_comes_back_with_many_data_sets():
    pairs = simulated(datasets=60, models=10, between=0.0, within=0.0)
    columns = level_terms(pairs.accuracy, pairs.loss, pairs.classes)
    known = columns @ [KNOWN.a, KNOWN.b, KNOWN.c, KNOWN.d]
    assert columns @ level(pairs, 0.0) == pytest.approx(known, abs=0.03)


def test_a_strong_shrinkage_leaves_a_constant():
    pairs = simulated()
    drawn = level(pairs, 1e9)
    assert drawn[1:] == pytest.approx(PLAIN[1:], abs=1e-6)
    assert drawn[0] == pytest.approx(np.mean([(pairs.angle - np.arcsin(np.sqrt(pairs.accuracy))).mean()]))


def test_many_data_sets_are_believed_more_than_few():
    steep = [0.3, 0.5, 0.0, 0.0]
    chosen = []
    for datasets in (3, 60):
        pairs = simulated(datasets=datasets, models=8)
        angle = level_terms(pairs.accuracy, pairs.loss, pairs.classes) @ steep
        chosen.append(choose_shrinkage(replace(pairs, truth=to_accuracy(angle))))
    assert chosen[1] == SHRINKAGES[0] <= chosen[0]


def test_equal_shares_by_hand():
    # Both kinds of evidence say .1 of two models that are .2 radians apart, so each counts .1 / .1.
    pairs = Pairs(
        truth=np.sin([0.6, 0.8]) ** 2,
        accuracy=np.array([0.6, 0.7]),
        loss=np.log(4) * np.array([0.5, 0.4]) ** 2,
        classes=np.full(2, 4.0),
        samples=np.full(2, 400.0),
        target=np.array(["x", "x"]),
        model=np.array(["a", "b"]),
        family=np.array(["a", "b"]),
    )
    assert slopes(pairs) == pytest.approx([1.0, 1.0])


def test_evidence_that_misleads_counts_nothing():
    pairs = simulated(datasets=8, between=0, within=0.01)
    evidence = own_terms(pairs.accuracy, pairs.loss, pairs.classes)
    against = replace(pairs, truth=to_accuracy(0.3 + evidence @ [0.9, -0.2]))
    assert slopes(against, free=True)[1] == 0 < slopes(against, free=True)[0]
    hopeless = replace(pairs, truth=to_accuracy(1.2 - 0.8 * pairs.accuracy))
    assert slopes(hopeless).tolist() == slopes(hopeless, free=True).tolist() == [0, 0]


def test_known_errors_come_back():
    fits = [fit(simulated(datasets=12, models=12, between=0.05, within=0.07, seed=seed)) for seed in range(6)]
    assert np.mean([one.sd_within for one in fits]) == pytest.approx(0.07, abs=0.006)
    # Of data sets left out, so the error of the coefficients is in it.
    assert 0.045 < np.mean([one.sd_between for one in fits]) < 0.07


def test_errors_by_hand():
    # Means -.1 and .1, differences .02 about each: within² = 4 (.02)² / 2, between² = .1² - within² / 2.
    pairs = simulated(datasets=2, models=2)
    found = errors_of(np.array([-0.12, -0.08, 0.08, 0.12]), pairs)
    assert found.within == pytest.approx(np.sqrt(4 * 0.02**2 / 2))
    assert found.between == pytest.approx(np.sqrt(0.01 - 4 * 0.02**2 / 4))


def test_a_data_set_that_is_left_out_teaches_nothing():
    pairs = simulated(datasets=6, models=8)
    own, changed = pairs.target == "set2", shifted(pairs, "set2", -0.4)
    assert held_out(changed)[own] == pytest.approx(held_out(pairs)[own])
    assert held_out(changed)[~own] != pytest.approx(held_out(pairs)[~own])


def test_what_all_models_of_a_data_set_share_says_nothing_of_who_is_ahead():
    pairs = simulated(datasets=8, models=20, within=0.03)
    assert slopes(shifted(pairs, "set0", -0.2)) == pytest.approx(slopes(pairs), abs=0.02)


def test_a_fit_says_what_it_is_made_from():
    made = fit(simulated(datasets=6, models=5))
    assert (made.datasets, made.models, made.rows) == (6, 5, 30) and made.shrinkage in SHRINKAGES
    assert replace(made, sd_within=0.0, sd_between=0.0) == coefficients(simulated(datasets=6, models=5))


def test_a_table_of_smaller_probes_gives_the_same_level():
    # Truth as it is for 400 rows, and probes of 100 that fall shorter by what is known.
    pairs = simulated(datasets=6, models=5)
    gain = 0.85 * (np.sqrt(pairs.classes / 100) - np.sqrt(pairs.classes / 400))
    fewer = replace(pairs, samples=np.full(len(pairs), 100.0), truth=to_accuracy(pairs.angle + gain))
    assert fewer.truth.max() < 1
    assert level(fewer, 1.0) == pytest.approx(level(pairs, 1.0))
