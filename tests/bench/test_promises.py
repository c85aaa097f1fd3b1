import dataclasses

import pytest

from hubscore.bench.promises import check_promises
from hubscore.types import Ranking

TRUTH = {"lab/best": 0.9, "lab/good": 0.8, "lab/fair": 0.8, "lab/poor": 0.4}


def promising(ranking: Ranking) -> Ranking:
    promised = {
        "lab/best": {"expected": 0.85, "expected_ci": (0.7, 0.95), "rank_ci": (2.0, 3.0), "p_best": 0.3},
        "lab/good": {
            "expected": 0.9,
            "expected_ci": (0.85, 0.95),
            "rank_ci": (3.0, 4.0),
            "p_best": 0.6,
            "shortlist": True,
        },
        "lab/fair": {"expected": 0.7, "expected_ci": (0.5, 0.9), "rank_ci": (1.0, 2.0), "p_best": 0.1},
        "lab/poor": {"expected": 0.5, "expected_ci": (0.3, 0.6), "rank_ci": (4.0, 4.0), "p_best": 0.0},
    }
    rows = tuple(dataclasses.replace(row, **promised[row.model]) for row in ranking)  # type: ignore[arg-type]
    return dataclasses.replace(ranking, rows=rows)


def test_every_promise_is_checked(ranking: Ranking) -> None:
    found = check_promises(promising(ranking), TRUTH)
    assert found.expected_error == pytest.approx((0.05 + 0.1 + 0.1 + 0.1) / 4)
    assert found.expected_bias == pytest.approx((-0.05 + 0.1 - 0.1 + 0.1) / 4)
    assert found.expected_coverage == pytest.approx(3 / 4)
    assert found.rank_coverage == pytest.approx(3 / 4)  # good and fair share the ranks 2 and 3; best is first
    assert found.p_best == pytest.approx(0.3)
    assert found.p_best_brier == pytest.approx(0.7**2 + 0.6**2 + 0.1**2)
    assert (found.shortlist, found.shortlist_holds_best) == (1, False)
    assert found.shortlist_regret == pytest.approx(0.1)


def test_a_ranking_without_promises_breaks_none(ranking: Ranking) -> None:
    found = check_promises(ranking, TRUTH)
    assert (found.expected_error, found.rank_coverage, found.p_best, found.shortlist_holds_best) == (None,) * 4
    assert found.undefined == {}


def test_ranks_cannot_be_judged_where_an_accuracy_is_missing(ranking: Ranking) -> None:
    known = {model: value for model, value in TRUTH.items() if model != "lab/best"}
    found = check_promises(promising(ranking), known)
    assert found.rank_coverage is None and found.shortlist_holds_best is None
    assert set(found.undefined) == {"rank_coverage", "p_best", "shortlist"}
    assert found.expected_error == pytest.approx(0.1)
