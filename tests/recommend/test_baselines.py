import numpy as np

from hubscore.calibration.transfer import Transfer
from hubscore.ranking.history import history_of
from hubscore.recommend.baselines import mean_history, standings


def test_it_is_the_history_that_rank_shows(rng):
    values = rng.uniform(size=(9, 5))
    values[rng.uniform(size=values.shape) < 0.3] = np.nan
    values[0, 0] = 40.0  # clipped
    lines = [
        Transfer(f"m{i}", f"task {j}", accuracy=float(values[i, j]))
        for i, j in zip(*np.nonzero(~np.isnan(values)), strict=True)
    ]
    found = history_of(lines)
    made = mean_history(values)
    assert {f"m{i}" for i in range(9) if not np.isnan(made[i])} == set(found)
    assert all(abs(made[int(model[1:])] - value) < 1e-12 for model, value in found.items())


def test_what_says_nothing_is_nothing():
    values = np.array([[0.5, 0.7, np.nan], [0.5, np.nan, np.nan]])
    assert np.isnan(standings(values)).all() and np.isnan(mean_history(values)).all()
