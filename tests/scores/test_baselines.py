import math

import numpy as np
import pytest

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.scores.api import compute
from hubscore.scores.info import SCORES
from hubscore.types import Candidate

KNOWN = Candidate("org/net", "main", "timm", layers=18, parameters=11_000, downloads=70, likes=3, source_size=900)
BARE = Candidate("org/bare", "main", "timm")
NAMES = ("capacity", "size", "popularity", "heuristic", "random")


def value(name, candidate, **options):
    return compute(SCORES.get(name), Workspace(candidate=candidate), **options)


def test_read_the_facts():
    assert value("capacity", KNOWN) == 18
    assert value("size", KNOWN) == 11_000
    assert value("popularity", KNOWN) == 70
    assert value("popularity", KNOWN, by="likes") == 3


def test_heuristic_by_hand():
    # 18 layers and 900 + 100 images: 18 + ln 1000.
    assert value("heuristic", KNOWN, target_size=100) == pytest.approx(18 + math.log(1000), rel=1e-12)


def test_heuristic_takes_the_probe_for_the_target_set():
    workspace = Workspace(candidate=KNOWN, features=np.eye(100))
    assert compute(SCORES.get("heuristic"), workspace) == pytest.approx(18 + math.log(1000), rel=1e-12)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("capacity", "the number of layers is not known"),
        ("size", "the number of parameters is not known"),
        ("popularity", "the number of downloads is not known"),
        ("heuristic", "the number of layers is not known"),
    ],
)
def test_undefined_when_nothing_is_known(name, told):
    with pytest.raises(Undefined, match=told):
        value(name, BARE)


def test_heuristic_is_undefined_without_the_size_of_the_source_set():
    with pytest.raises(Undefined, match="the card does not say how many images the source set has"):
        value("heuristic", Candidate("org/net", "main", "timm", layers=18), target_size=100)


@pytest.mark.parametrize("size", [0, -5, 2.5])
def test_heuristic_refuses_a_target_set_of_no_size(size):
    with pytest.raises(UsageError, match=f"Cannot use target_size={size}: it must be an integer of at least 1"):
        value("heuristic", KNOWN, target_size=size)


def test_heuristic_is_undefined_without_the_size_of_the_target_set():
    with pytest.raises(Undefined, match="the size of the target set is not known"):
        value("heuristic", KNOWN)


def test_popularity_by_something_else_is_refused():
    with pytest.raises(UsageError, match="Cannot rank popularity by 'stars'"):
        value("popularity", KNOWN, by="stars")


def test_random_depends_on_name_and_seed_alone():
    assert value("random", KNOWN) == value("random", Candidate("org/net", "other", "transformers"))
    assert value("random", KNOWN) != value("random", KNOWN, seed=1)
    drawn = np.array([value("random", Candidate(f"org/net{number}", "main", "timm")) for number in range(500)])
    assert 0 <= drawn.min() and drawn.max() < 1
    assert drawn.mean() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_undefined_without_a_candidate(name):
    with pytest.raises(Undefined, match="nothing is known about the checkpoint itself"):
        value(name, None)


@pytest.mark.parametrize("name", NAMES)
def test_stand_beside_the_scores(name):
    assert SCORES.get(name).baseline
