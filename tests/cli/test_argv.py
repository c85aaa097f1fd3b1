import pytest

from hubscore.cli.argv import spread


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("rank d --models a b --seed 1", "rank d --models a --models b --seed 1"),
        ("rank d --models a", "rank d --models a"),
        ("rank d --models", "rank d --models"),
        ("rank d --models a b --models c d", "rank d --models a --models b --models c --models d"),
        ("rank --seed 1 d", "rank --seed 1 d"),
        ("rank --models a --yes d", "rank --models a --yes d"),
        ("rank --models a b -- d e", "rank --models a --models b -- d e"),
        ("rank d --models=a b", "rank d --models=a b"),
    ],
)
def test_spread(typed, read):
    assert spread(typed.split()) == read.split()
