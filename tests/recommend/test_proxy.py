"""A data set through a proxy's eyes."""

import numpy as np
import pytest
from models.checkpoints import candidate, photos, save_timm

from hubscore.errors import UsageError
from hubscore.models.load import load_network
from hubscore.recommend.proxy import BATCH, pool, task_vector


def test_pooling_by_hand():
    rows = [[1.0, 0.0], [2.0, 0.0], [6.0, 3.0]]
    np.testing.assert_allclose(pool(rows), [3.0, 1.0])
    np.testing.assert_allclose(pool(rows, pooling="mean+sd"), [3.0, 1.0, np.sqrt(14 / 3), np.sqrt(2)])


def test_a_network_sees_the_mean_of_its_features_whatever_the_batches(tmp_path):
    network = load_network(candidate(save_timm(tmp_path), "timm"), tmp_path)
    items = photos(BATCH + 3)
    features = [network.forward(network.prepare(item))[0][0].detach().numpy() for item in items]
    np.testing.assert_allclose(task_vector(network, items), np.mean(features, axis=0), atol=1e-6)
    spread = task_vector(network, items, pooling="mean+sd")
    np.testing.assert_allclose(spread[len(spread) // 2 :], np.std(features, axis=0), atol=1e-6)


def test_no_item_at_all_is_refused(tmp_path):
    network = load_network(candidate(save_timm(tmp_path), "timm"), tmp_path)
    with pytest.raises(UsageError, match="no row"):
        task_vector(network, [])


@pytest.mark.parametrize(
    ("rows", "pooling", "word"),
    [([[1.0, np.nan]], "mean", "finite"), (np.empty((0, 3)), "mean", "no row"), ([[1.0]], "max", "max")],
)
def test_what_cannot_be_pooled_is_refused(rows, pooling, word):
    with pytest.raises(UsageError, match=word):
        pool(rows, pooling=pooling)
