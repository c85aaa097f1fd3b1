import numpy as np
import pytest

from hubscore.ranking.consensus import averaged
from hubscore.ranking.standing import NORMAL, standing_errors, standings, usual_noise

NAN = np.nan


def test_a_standing_is_the_mean_over_families_of_scores_in_units_of_their_spread(table):
    made = table(
        ("knn", "neighbour", [0.0, 1.0, 2.0, 3.0, 4.0]),
        ("logme", "evidence", [10.0, 20.0, 30.0, 40.0, 50.0]),
        ("sfda", "discriminant", [0.0, 0.0, 0.0, 0.0, 0.0]),
    )
    expected = np.array([-2, -1, 0, 1, 2]) * NORMAL / 2 * 2 / 3  # quartiles two steps apart; the third says nothing
    assert standings(made, averaged(made)) == pytest.approx(expected)


def test_what_errors_do_is_what_changed_scores_would(table):
    rng = np.random.default_rng(0)
    made = table(("knn", "neighbour", rng.normal(size=6)), ("ped", "discriminant", rng.normal(size=6)))
    errors = 0.01 * rng.normal(size=(4, 2, 6))
    found = standing_errors(made, averaged(made), errors)
    spread = np.subtract(*np.quantile(made.values, [0.75, 0.25], axis=1)) / NORMAL
    by_hand = (errors * (np.array([column.sign for column in made.columns]) / spread)[:, None]).mean(axis=1)
    assert found == pytest.approx(by_hand)


def test_a_score_that_is_nearly_the_same_for_all_does_not_drown_the_others_in_its_noise(table):
    rng = np.random.default_rng(0)
    apart, full = np.arange(6.0), 1 - 1e-4 * rng.random(6)
    made = table(("logme", "evidence", apart), ("knn", "neighbour", full))
    parts = np.stack([0.01 * rng.normal(size=(8, 6)), 0.01 * rng.normal(size=(8, 6))], axis=1)
    noise = usual_noise(parts)
    assert noise == pytest.approx(0.028, abs=0.01)
    reach = np.abs(standing_errors(made, averaged(made), parts, noise)).max()
    steps = np.diff(standings(made, averaged(made), noise)).min()
    assert steps > 0.1 and reach < 1.0 and np.abs(standing_errors(made, averaged(made), parts)).max() > 50
    wide = usual_noise(0 * parts)  # no noise: nothing changes, to the last bit
    assert standings(made, averaged(made), wide).tolist() == standings(made, averaged(made)).tolist()


def test_a_model_without_some_score_stands_by_the_others(table):
    made = table(("knn", "neighbour", [0.0, 1.0, 2.0, 3.0, 4.0, NAN]), ("logme", "evidence", [0.0, 1, 2, 3, 4, 4.0]))
    assert standings(made, averaged(made))[5] > 0
    nobody = standing_errors(made, averaged(made), np.zeros((2, 2, 6)))
    assert nobody.tolist() == np.zeros((2, 6)).tolist()
