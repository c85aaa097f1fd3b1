import doctest
import math

import numpy as np
import pytest

from hubscore.calibration.scale import to_angle
from hubscore.ranking import second_stage
from hubscore.ranking.second_stage import apply_measurements, combine, first_models, measurement_error
from hubscore.types import Measured, Ranking, Row


def measured(accuracy: float, images: int = 100) -> Measured:
    return Measured(accuracy=accuracy, images=images, epochs=2, seconds=1.0, train_images=300)


def row(place: int, name: str, expected: float | None = None, **known: object) -> Row:
    error = None if expected is None else 0.05
    about = {"rank": place, "tie_group": place, "expected": expected, "expected_sd": error} | known
    return Row(model=f"org/{name}", revision="a" * 40, library="timm", **about)


def ranking(*rows: Row) -> Ranking:
    return Ranking(rows=rows, skipped=())


def names(made: Ranking) -> str:
    return "".join(one.model[-1] for one in made)


def test_equal_errors_give_the_middle_of_both_angles() -> None:
    """100 images and the short recipe have .05 rad each, together .05 sqrt 2: with an expectation as sure, w is 1/2."""
    sure = 0.05 * math.sqrt(2)
    angles, errors = combine([0.5, 0.5], [sure, sure], [measured(math.sin(0.6) ** 2), measured(math.sin(0.8) ** 2)])
    assert angles == pytest.approx([math.pi / 4 - 0.05, math.pi / 4 + 0.05])
    assert errors == pytest.approx([math.sqrt(0.5 * sure**2 + 0.5 * sure**2 / 2)] * 2)


def test_one_model_alone_learns_nothing_from_its_measurement() -> None:
    angles, errors = combine([0.5], [0.07], [measured(0.3)])
    assert angles == pytest.approx([math.pi / 4]) and errors == pytest.approx([0.07])


def test_what_the_short_recipe_misses_in_common_changes_nothing() -> None:
    expected, errors = [0.9, 0.8, 0.7], [0.07, 0.07, 0.07]
    x = np.array([0.9, 1.0, 0.8])
    near, _ = combine(expected, errors, [measured(math.sin(value) ** 2) for value in x])
    far, _ = combine(expected, errors, [measured(math.sin(value - 0.3) ** 2) for value in x])
    assert near == pytest.approx(far) and near.mean() == pytest.approx(float(to_angle(expected).mean()))


def test_more_images_count_for_more() -> None:
    few, _ = combine([0.5, 0.5], [0.05, 0.05], [measured(0.4, 25), measured(0.6, 25)])
    many, _ = combine([0.5, 0.5], [0.05, 0.05], [measured(0.4, 10_000), measured(0.6, 10_000)])
    assert measurement_error(25) == pytest.approx(math.hypot(0.1, 0.05)) and many[1] - many[0] > 2 * (few[1] - few[0])


def test_without_expectations_the_measurement_counts_alone() -> None:
    angles, errors = combine([None, None], [None, None], [measured(0.4), measured(0.6)])
    assert angles == pytest.approx(to_angle([0.4, 0.6])) and errors == pytest.approx([math.hypot(0.05, 0.05)] * 2)


def test_the_shortlist_is_fine_tuned_first() -> None:
    made = ranking(row(1, "a"), row(2, "b", shortlist=True), row(3, "c", shortlist=True))
    assert [one.model for one in first_models(made, 2)] == ["org/b", "org/c"]
    assert [one.model for one in first_models(made, 9)] == ["org/b", "org/c", "org/a"]


def test_the_first_change_places_among_themselves_and_the_rest_stays() -> None:
    before = ranking(row(1, "a", 0.8), row(2, "b", 0.79), row(3, "c", 0.78), row(3, "d", 0.78, tie_group=3))
    made = apply_measurements(before, before.rows[:2], {"org/a": measured(0.62), "org/b": measured(0.7)})
    assert names(made) == "bacd" and [one.rank for one in made] == [1, 1, 1, 1], "nobody can tell them apart"
    first, second, third, _ = made
    assert first.measured is not None and first.measured.accuracy == 0.7 and first.expected == 0.79
    assert first.combined > 0.8 > second.combined and third.measured is third.combined is None


def test_one_that_could_not_be_fine_tuned_comes_behind_those_that_could() -> None:
    before = ranking(row(1, "a", 0.9), row(2, "b", 0.8), row(3, "c", 0.7), row(4, "d", 0.6))
    made = apply_measurements(before, before.rows[:3], {"org/b": measured(0.2), "org/c": measured(0.7)})
    assert names(made) == "cbad" and made.rows[2].combined is None
    assert apply_measurements(before, before.rows[:2], {}) == before


def test_a_model_that_declares_the_data_does_not_come_first() -> None:
    before = ranking(row(1, "a", 0.8), row(2, "b", 0.8, declares_this_data=True), row(3, "c", 0.8))
    made = apply_measurements(
        before, before.rows, {f"org/{n}": measured(v) for n, v in {"a": 0.5, "b": 0.9, "c": 0.6}.items()}
    )
    assert names(made) == "cba"


def test_sure_winners_of_an_easy_data_set_stay_apart() -> None:
    before = ranking(row(1, "a", 0.999), row(2, "b", 0.9995))
    made = apply_measurements(before, before.rows, {"org/a": measured(0.99), "org/b": measured(1.0)})
    assert names(made) == "ba" and made.rows[0].combined > made.rows[1].combined <= 1


def test_worlds_are_drawn_from_what_is_known_now() -> None:
    unsure = {"expected_sd": 0.1}
    before = ranking(row(1, "a", 0.8, **unsure), row(2, "b", 0.8, **unsure), row(3, "c", 0.1))
    found = {"org/a": measured(0.3, 10_000), "org/b": measured(0.7, 10_000)}
    made = apply_measurements(before, before.rows[:2], found)
    assert names(made) == "bac" and [one.rank for one in made] == [1, 2, 3]
    assert made.rows[0].p_best > 0.99 and [one.shortlist for one in made] == [True, False, False]
    assert made.rows[0].rank_ci == (1, 1) and sum(one.p_best for one in made) == pytest.approx(1)
    assert apply_measurements(before, before.rows[:2], dict(reversed(found.items()))) == made


def test_by_consensus_the_intervals_of_measured_ranks_go() -> None:
    before = ranking(row(1, "a", rank_ci=(1, 2)), row(2, "b", rank_ci=(1, 2)), row(3, "c", rank_ci=(3, 3)))
    made = apply_measurements(before, before.rows[:2], {"org/a": measured(0.1), "org/b": measured(0.9)})
    assert names(made) == "bac" and [one.rank for one in made] == [1, 2, 3]
    assert [one.rank_ci for one in made] == [None, None, (3, 3)] and made.rows[0].p_best is None
    assert made.rows[0].combined == pytest.approx(0.9)


def test_the_example_runs() -> None:
    assert doctest.testmod(second_stage).failed == 0
