import numpy as np
import pytest
from scipy.spatial.distance import cosine
from similaritydata import maps

from hubscore.similarity import map_cosines as module
from hubscore.similarity.map_cosines import mean_cosines


def by_loop(a, b):
    values = []
    for one, other in zip(a.astype(np.float64), b.astype(np.float64), strict=True):
        both = ~np.isnan(one) & ~np.isnan(other)
        values.append(1 - cosine(one[both], other[both]))
    return np.mean(values)


NETWORKS = [maps(seed, unseen=unseen).astype(np.float16) for seed, unseen in enumerate([0, 0, 1, 2, 2])]


@pytest.mark.parametrize("block", [1, 5000, 2**27])
def test_blocks_and_masks_against_a_loop_over_pairs(monkeypatch, block):
    monkeypatch.setattr(module, "BLOCK", block)
    found = mean_cosines(NETWORKS)
    expected = [[by_loop(a, b) for b in NETWORKS] for a in NETWORKS]
    assert found.mean == pytest.approx(np.array(expected), abs=1e-6)
    assert (found.samples == 60).all()


def test_saved_in_float16_a_network_is_still_itself():
    small = [network * np.float16(1e-3) for network in NETWORKS]
    assert np.diag(mean_cosines(small).mean) == pytest.approx(1, abs=1e-6)


class Recorded:
    """Maps that note which samples were asked for."""

    def __init__(self, values):
        self.values, self.asked = values, []
        self.shape = values.shape

    def __getitem__(self, rows):
        self.asked.append((rows.start, rows.stop))
        return self.values[rows]


def test_maps_are_read_once_and_a_few_samples_at_a_time(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 20 * 90 * 4 * 3)
    networks = [Recorded(network) for network in NETWORKS[:3]]
    steps = []
    mean_cosines(networks, progress=lambda done, total: steps.append((done, total)))
    assert [network.asked for network in networks] == [[(0, 20), (20, 40), (40, 60)]] * 3
    assert steps == [(20, 60), (40, 60), (60, 60)]
