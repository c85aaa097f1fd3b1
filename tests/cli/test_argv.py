import pytest

from hubscore.cli.argv import spread
from hubscore.errors import UsageError


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


def test_an_option_is_no_value_of_the_one_before_it():
    with pytest.raises(UsageError, match="--models names nothing: --seed behind it is an option"):
        spread(["rank", "beans", "--models", "--seed", "1"])
    assert spread(["rank", "--models", "-", "--seed", "1"]) == ["rank", "--models", "-", "--seed", "1"]
