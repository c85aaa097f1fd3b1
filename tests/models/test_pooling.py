"""Vectors of texts from vectors of tokens, against sentence-transformers."""

import pytest
import torch
from sentence_transformers.sentence_transformer.modules import Pooling

from hubscore.models.pooling import POOLINGS, WORDS, last_places, pick_tokens, pool_tokens

THEIRS = {
    "first": "cls",
    "mean": "mean",
    "max": "max",
    "last": "lasttoken",
    "mean_sqrt_len": "mean_sqrt_len_tokens",
    "weighted_mean": "weightedmean",
}
TOKENS = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0))
MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 0, 0, 0], [1, 0, 0, 0, 0]])


@pytest.mark.parametrize("ways", [(way,) for way in THEIRS] + [("first", "max", "mean")])
def test_each_way_is_that_of_sentence_transformers(ways):
    theirs = Pooling(4, tuple(THEIRS[way] for way in ways))({"token_embeddings": TOKENS, "attention_mask": MASK})
    torch.testing.assert_close(pool_tokens(TOKENS, MASK, ways), theirs["sentence_embedding"], atol=1e-6, rtol=0)


@pytest.mark.parametrize("way", THEIRS)
def test_what_stands_behind_the_end_does_not_count(way):
    other = torch.where(MASK.unsqueeze(-1) == 1, TOKENS, torch.tensor(1e6))
    assert torch.equal(pool_tokens(TOKENS, MASK, [way]), pool_tokens(other, MASK, [way]))


def test_places_and_words():
    assert last_places(MASK).tolist() == [4, 1, 0]
    assert torch.equal(pick_tokens(TOKENS, torch.tensor([0, 1, 2]))[2], TOKENS[2, 2])
    assert set(POOLINGS) <= set(WORDS)
