import pytest

from hubscore import HubscoreError
from hubscore.scores.info import SCORES, score_entry


def test_named_bounds_become_numbers():
    assert SCORES.get("gbc").bounds(4) == (-12.0, 0.0)
    assert SCORES.get("h_score").bounds(4) == (0.0, 3.0)
    assert SCORES.get("nce").bounds(4)[0] == pytest.approx(-1.386294, abs=1e-6)


def test_regression_may_have_bounds_of_its_own():
    assert SCORES.get("knn").bounds(2) == (0.0, 1.0)
    assert SCORES.get("knn").bounds(2, "regression") == (-1.0, 1.0)


def test_a_taken_name_is_refused():
    with pytest.raises(HubscoreError, match="Cannot register score 'leep': the name is taken"):
        SCORES.get("leep")
        score_entry(
            name="leep",
            title="Mine",
            needs={"features"},
            targets={"classification"},
            direction="higher",
            low=0.0,
            high=1.0,
            family="other",
            paper="2026",
            checked_against="own-reading",
            cost="free",
            measures="",
            misleads="",
            reading="",
        )(lambda workspace: 0.0)


def test_what_works_in_a_rotation_is_told():
    assert SCORES.get("h_score").rotatable
    assert SCORES.get("sfda").rotatable
    assert SCORES.get("ped").rotatable
    assert not SCORES.get("logistic").rotatable
    assert not SCORES.get("leep").rotatable
