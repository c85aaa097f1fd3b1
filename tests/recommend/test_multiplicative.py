import numpy as np

from hubscore.recommend.multiplicative import multiplicative_updates
from hubscore.recommend.transfer_space import objective


def test_no_step_raises_the_objective(rng):
    values = rng.uniform(size=(8, 6))
    values[rng.uniform(size=values.shape) < 0.3] = np.nan
    m, d = rng.uniform(0.1, 1, size=(8, 3)), rng.uniform(0.1, 1, size=(6, 3))
    before = objective(values, m, d, 0.2, 0.1)
    for _ in range(30):
        m, d, _ = multiplicative_updates(values, m, d, 0.2, 0.1, iterations=1, tolerance=0)
        now = objective(values, m, d, 0.2, 0.1)
        assert now <= before + 1e-12
        before = now


def test_the_start_stays_as_it_was(rng):
    m, d = rng.uniform(size=(4, 2)), rng.uniform(size=(3, 2))
    copies = m.copy(), d.copy()
    multiplicative_updates(np.ones((4, 3)), m, d, 0, 0, iterations=20, tolerance=1e-6)
    assert np.array_equal(m, copies[0]) and np.array_equal(d, copies[1])
