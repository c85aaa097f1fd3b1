import numpy as np
import pytest

from hubscore.numerics.stratified_blocks import stratified_blocks


def test_few_samples_are_one_block():
    (rows,) = stratified_blocks(np.array([0, 1, 0]), 3, 4)
    assert rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize("labels", [None, np.arange(1003) % 7, np.repeat(np.arange(501), 2)[:1001]])
def test_every_sample_is_in_one_block_that_is_not_too_large(labels):
    n = 1003 if labels is None else len(labels)
    blocks = stratified_blocks(labels, n, 200)
    assert sorted(np.concatenate(blocks)) == list(range(n))
    assert max(map(len, blocks)) <= 200 and len(blocks) <= 7
    assert all((np.diff(rows) > 0).all() for rows in blocks)


def test_classes_are_dealt_out_evenly():
    labels = np.arange(1003) % 7
    counts = np.array([np.bincount(labels[rows], minlength=7) for rows in stratified_blocks(labels, 1003, 200)])
    assert np.ptp(counts, axis=0).max() <= 1


def test_pairs_stay_together():
    labels = np.tile(np.arange(50), 2)
    for rows in stratified_blocks(labels, 100, 30):
        assert set(np.bincount(labels[rows])) <= {0, 2}


def test_the_seed_draws_and_repeats():
    labels = np.arange(90) % 3
    first, again, other = (stratified_blocks(labels, 90, 30, seed) for seed in (0, 0, 1))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert any(a.tolist() != b.tolist() for a, b in zip(first, other, strict=True))
