import numpy as np

from hubscore.ranking.racing import MANY, chances, stage_order, stage_sizes, survivors
from hubscore.types import Row


def rows(expected, sd=0.05):
    order = np.argsort(-np.asarray(expected), kind="stable")
    return [
        Row(place, f"m{number:03}", "", "timm", expected=float(expected[number]), expected_sd=sd)
        for place, number in enumerate(order, 1)
    ]


def test_stages_grow_and_every_class_has_rows():
    assert stage_sizes(500, 10) == (50, 125, 312) and stage_sizes(500, 50) == (200,)
    assert stage_sizes(40) == () and stage_sizes(100, 2) == (40,)


def test_stages_take_one_row_of_each_class_a_round():
    labels = np.array([2, 2, 2, 0, 0, 1])
    order = stage_order(labels, 6)
    assert sorted(order) == list(range(6)) and set(labels[order[:3]]) == {0, 1, 2}
    assert stage_order(np.linspace(0, 1, 4), 4).tolist() == stage_order(None, 4).tolist() == [0, 1, 2, 3]


def test_those_that_are_surely_not_among_the_first_are_stopped_and_the_leading_ones_never():
    kept = survivors(rows([0.9, 0.89, 0.88, 0.87, *[0.2] * 40]), least=2)
    assert kept == {"m000", "m001", "m002", "m003"}


def test_one_good_candidate_among_many_equally_bad_ones_does_not_keep_them_all():
    assert len(survivors(rows([0.9, *[0.2] * 400]))) == MANY


def test_of_equals_nearly_all_run_on_however_many_there_are():
    assert len(survivors(rows([0.6] * 400))) > 360
    best, first = chances(rows([0.6] * 400))
    assert abs(sum(best.values()) - 1) < 1e-9 and abs(sum(first.values()) - 3) < 1e-9


def test_the_first_three_are_stopped_no_more_often_than_said():
    rng, lost = np.random.default_rng(0), []
    for _ in range(60):
        truth = rng.normal(0.9, 0.2, 60)
        seen = np.sin(np.clip(truth + 0.07 * rng.normal(size=60), 0, np.pi / 2)) ** 2
        kept = survivors(rows(seen, sd=0.07))
        lost.append(sum(f"m{number:03}" not in kept for number in np.argsort(-truth)[:3]))
    assert np.mean(lost) < 0.15


def test_a_model_without_an_expected_accuracy_is_not_stopped_for_it():
    unknown = Row(99, "unknown", "", "timm")
    assert survivors([*rows([0.9, 0.89, 0.88, 0.87, *[0.2] * 40]), unknown], least=2) >= {"m000", "unknown"}


def test_by_consensus_those_are_stopped_that_surely_are_behind_three_others():
    made = [Row(1, f"m{at}", "", "timm", consensus=0.5, rank_ci=(at, 9)) for at in range(1, 9)]
    assert survivors(made, least=1) == {"m1", "m2", "m3"}
    assert survivors([Row(1, "m", "", "timm")], least=0) == {"m"}
