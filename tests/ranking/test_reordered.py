import pytest

from hubscore.ranking.reordered import judge_reordered
from hubscore.types import Row


def row(name: str, expected: float | None, **known: object) -> Row:
    error = None if expected is None else 0.02
    about = {"rank": 9, "tie_group": 9, "expected": expected, "expected_sd": error} | known
    return Row(model=name, revision="a" * 40, library="timm", **about)


def test_what_differs_by_more_than_its_error_is_not_tied() -> None:
    made = judge_reordered([row("a", 0.9), row("b", 0.89), row("c", 0.5)], {}, 0)
    assert [(one.rank, one.tie_group) for one in made] == [(1, 1), (1, 1), (3, 2)]
    assert made[0].p_best > made[1].p_best > 0.1 and made[2].p_best == 0 and made[2].rank_ci == (3, 3)
    assert [one.shortlist for one in made] == [True, True, False]


def test_what_is_known_besides_counts_before_the_expected_accuracy() -> None:
    made = judge_reordered([row("b", 0.5), row("a", 0.9)], {"b": (1.4, 0.01)}, 0)
    assert made[0].p_best == pytest.approx(1.0) and made[0].rank == 1 and made[1].rank == 2


def test_rows_without_an_expected_accuracy_keep_their_groups_and_intervals() -> None:
    rest = [row("b", None, tie_group=4, rank_ci=(1, 2)), row("c", None, tie_group=4), row("d", None, tie_group=5)]
    made = judge_reordered([row("a", 0.9), *rest], {}, 0)
    assert [one.rank for one in made] == [1, 2, 2, 4] and made[1].rank_ci == (1, 2) and made[1].p_best is None
    assert [one.rank for one in judge_reordered(rest, {}, 0)] == [1, 1, 3]


def test_a_model_that_declares_the_data_shares_no_place_with_the_first() -> None:
    made = judge_reordered([row("a", 0.9), row("b", 0.9, declares_this_data=True)], {}, 0)
    assert [one.rank for one in made] == [1, 2] and made[1].p_best is None and not made[1].shortlist
