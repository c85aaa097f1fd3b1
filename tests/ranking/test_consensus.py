from dataclasses import replace

import numpy as np
import pytest

from hubscore.ranking.columns import Column
from hubscore.ranking.consensus import averaged, consensus, mean_rank, percentiles, ranks, recipe
from hubscore.scores.info import SCORES

NAN = np.nan


def agreed(table):
    return consensus(table, averaged(table)).tolist()


def test_percentiles_are_mid_ranks_over_the_defined_models():
    # Four defined: best 3.5/4, the two equals share (1 + 2)/2 of 4, worst 0.5/4.
    assert percentiles(np.array([2.0, 9.0, 2.0, NAN, 1.0])).tolist() == pytest.approx(
        [0.5, 0.875, 0.5, NAN, 0.125], nan_ok=True
    )


def test_percentiles_agree_with_scipy():
    from scipy.stats import percentileofscore

    values = np.random.default_rng(0).integers(0, 5, size=12).astype(float)
    assert percentiles(values).tolist() == pytest.approx(
        [percentileofscore(values, value, kind="mean") / 100 for value in values]
    )


def test_values_that_differ_by_rounding_are_equal():
    assert percentiles(np.array([1.0, 1 - 1e-13, 0.5])).tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 6])
    assert percentiles(np.array([-1e-40, -1e-41])).tolist() == [0.25, 0.75]


def test_ranks_start_at_one_and_share():
    assert ranks(np.array([3.0, 5.0, 3.0, NAN])).tolist() == pytest.approx([2.5, 1.0, 2.5, NAN], nan_ok=True)


def test_a_consensus_worked_by_hand(table):
    made = table(
        ("knn", "neighbour", [3, 2, 1]),  # 5/6, 3/6, 1/6
        ("parc", "neighbour", [1, 2, 3]),  # 1/6, 3/6, 5/6: the family says 1/2 for all
        ("logme", "evidence", [1, 3, 2]),  # 1/6, 5/6, 3/6
    )
    assert agreed(made) == pytest.approx([1 / 3, 2 / 3, 1 / 2])


def test_smaller_is_better_is_turned_round(table):
    assert agreed(table(("pactran", "probability", [1, 2, 3], "lower"))) == pytest.approx([5 / 6, 3 / 6, 1 / 6])


def test_one_more_member_does_not_raise_its_family(table):
    few = table(("knn", "neighbour", [3, 2, 1]), ("logme", "evidence", [1, 2, 3]))
    more = table(("knn", "neighbour", [3, 2, 1]), ("knn2", "neighbour", [30, 20, 10]), ("logme", "evidence", [1, 2, 3]))
    assert agreed(few) == agreed(more) == pytest.approx([0.5, 0.5, 0.5])


def test_the_order_of_scores_changes_no_bit(table):
    rng = np.random.default_rng(3)
    rows = [(f"s{i}", ("neighbour", "evidence", "probability")[i % 3], rng.normal(size=7)) for i in range(11)]
    first = agreed(table(*rows))
    assert all(agreed(table(*(rows[i] for i in rng.permutation(11)))) == first for _ in range(20))


@pytest.mark.parametrize("models", [1, 2, 7, 40])
def test_several_tables_at_once_change_no_bit(table, models):
    families = ("neighbour", "evidence", "evidence", "discriminant", *["coding"] * 9)
    values = np.random.default_rng(models).normal(size=(50, len(families), models)).round(1)
    values[:, :3][np.random.default_rng(0).random((50, 3, models)) < 0.1] = NAN
    made = table(
        *((f"score {place}", family, row) for place, (family, row) in enumerate(zip(families, values[0], strict=True)))
    )
    enters = np.ones(len(families), dtype=bool)
    alone = np.stack([consensus(made.with_values(one), enters) for one in values])
    assert np.array_equal(consensus(made.with_values(values), enters), alone, equal_nan=True)
    assert consensus(made.with_values(values), ~enters).shape == alone.shape


def test_a_score_defined_for_under_four_fifths_is_shown_and_not_averaged(table):
    made = table(("knn", "neighbour", [1, 2, 3, 4, 5]), ("leep", "probability", [9, 8, 7, NAN, NAN]))
    assert averaged(made).tolist() == [True, False]
    assert recipe(made, averaged(made)).not_averaged == {"leep": "defined for 3 of 5 models, under 80%"}
    just = table(("knn", "neighbour", [1, 2, 3, 4, 5]), ("leep", "probability", [9, 8, 7, 6, NAN]))
    assert averaged(just).tolist() == [True, True]


def test_a_score_that_is_not_averaged_changes_no_bit_and_is_named(table):
    beside = Column("kernel_probe", SCORES.get("kernel_probe")), Column("logistic", SCORES.get("logistic"))
    few = table(("knn", "neighbour", [3, 2, 1, 5]), ("logme", "evidence", [1, 3, 2, 4]))
    plain = replace(few, columns=(*few.columns, beside[1]), values=np.vstack([few.values, [4, 1, 2, 3]]))
    more = replace(plain, columns=(*plain.columns, beside[0]), values=np.vstack([plain.values, [0.1, 0.9, 0.5, 0.2]]))
    assert agreed(more) == agreed(plain) and mean_rank(more).tolist() == mean_rank(plain).tolist()
    assert recipe(more, averaged(more)).not_averaged == {"kernel_probe": "stands beside the consensus"}
    alone = replace(more, columns=more.columns[-1:], values=more.values[-1:])
    assert np.isnan(agreed(alone)).all() and mean_rank(alone).tolist() == [4, 1, 2, 3]


def test_nothing_missing_is_filled_in(table):
    made = table(("knn", "neighbour", [1, 2, 3, 4, 5]), ("leep", "probability", [9, 8, 7, 6, NAN]))
    assert agreed(made)[-1] == pytest.approx(0.9)  # knn alone, not a mean with a guess


def test_energy_and_baselines_do_not_enter(table):
    made = table(
        ("knn", "neighbour", [1, 2]),
        ("energy", "label-free", [2, 1]),
        ("size", "baseline", [2, 1]),
        ("emms", "other", [2, 1]),
    )
    assert averaged(made).tolist() == [True, False, False, False]
    assert agreed(made) == [0.25, 0.75]
    assert recipe(made, averaged(made)).not_averaged["energy"] == "label-free scores do not enter"


def test_a_pool_of_one_is_in_the_middle(table):
    assert agreed(table(("knn", "neighbour", [0.99]))) == [0.5]


def test_a_model_without_any_averaged_score_has_no_consensus(table):
    made = table(("knn", "neighbour", [1, 2, 3, 4, NAN]))
    assert np.isnan(agreed(made)[-1]) and not np.isnan(agreed(made)[:-1]).any()
    assert np.isnan(agreed(table(("energy", "label-free", [1, 2])))).all()


def test_the_mean_rank_is_a_plain_mean_over_defined_scores(table):
    made = table(
        ("knn", "neighbour", [3, 2, 1]), ("parc", "neighbour", [3, 1, 2]), ("leep", "probability", [NAN, 1, 2])
    )
    assert mean_rank(made).tolist() == pytest.approx([1.0, 7 / 3, 2.0])


def test_the_recipe_names_who_was_averaged_with_whom(table):
    made = table(("knn", "neighbour", [1, 2]), ("logme", "evidence", [1, 2]), ("parc", "neighbour", [1, 2]))
    facts = recipe(made, averaged(made))
    assert facts.families == {"evidence": ["logme"], "neighbour": ["knn", "parc"]}
    assert "mid-rank percentile" in facts.text and "nothing missing is filled in" in facts.text
