from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kendalltau

from hubscore.errors import Advice
from hubscore.ranking.agreement import between_scores, kendall, unlabeled, warnings, with_baselines
from hubscore.ranking.columns import unlabeled_families

NAN = np.nan


def test_tau_b_minds_ties():
    first, second = np.array([1.0, 2, 2, 3]), np.array([1.0, 3, 2, 4])
    assert kendall(first, second) == pytest.approx(kendalltau(first, second, variant="b").statistic)


def test_tau_is_taken_over_models_that_have_both():
    assert kendall(np.array([1.0, 2, NAN, 3]), np.array([1.0, 2, 9, 3])) == 1.0
    assert kendall(np.array([1.0, NAN]), np.array([NAN, 2.0])) is None
    assert kendall(np.array([1.0, 1.0, 1.0]), np.array([1.0, 2.0, 3.0])) is None


def test_one_means_the_same_order_whatever_the_direction(table):
    made = table(
        ("knn", "neighbour", [1, 2, 3]), ("pactran", "probability", [3, 2, 1], "lower"), ("lfc", "neighbour", [7, 7, 7])
    )
    taus = between_scores(made)
    assert taus["knn"]["pactran"] == taus["pactran"]["knn"] == 1.0
    assert taus["knn"]["lfc"] is None and taus["lfc"]["lfc"] is None
    assert list(taus) == list(taus["knn"]) == ["knn", "pactran", "lfc"]


def test_a_baseline_with_unknown_values_counts_where_it_is_known():
    taus = with_baselines(np.array([0.1, 0.5, 0.9]), {"size": [10.0, None, 30.0], "likes": [None, None, None]})
    assert taus == {"size": 1.0, "likes": None}


def test_an_order_that_a_baseline_gives_is_warned_of():
    told = warnings({"size": 0.86, "capacity": 0.79, "downloads": -0.9, "likes": None, "random": 0.8}, 8)
    assert told == [
        "this order is nearly the order by size (Kendall's tau-b +0.86 over 8 models)",
        "this order is nearly the reverse of the order by popularity (downloads) (Kendall's tau-b -0.90 over 8 models)",
        "this order is nearly the order by chance (the random baseline) (Kendall's tau-b +0.80 over 8 models)",
    ]


@pytest.mark.parametrize("models", [2, 3, 7])
def test_a_few_models_agree_by_chance_and_say_nothing(models):
    assert warnings({"size": 1.0, "random": -1.0}, models) == []


def test_without_labels_it_is_said_what_the_order_rests_on(table):
    def told(*rows, reference=None):
        made = table(*rows, models=("lab/a", "lab/b"))
        return unlabeled(replace(made, families=unlabeled_families(made.columns)), reference)

    assert "rests on energy alone" in told(("energy", "label-free", [1, 2]))[0]
    (alike,) = told(("cka", "representation", [0.5, 0.7]), reference="lab/z")
    assert "which checkpoints resemble the reference network" in alike and Advice.REFERENCE.words not in alike
    _, itself = told(("cka", "representation", [1.0, 0.7]), reference="lab/a")
    assert itself.startswith("lab/a is the reference network itself")
    for row in (("logme", "evidence", [NAN, NAN]), ("attribution", "attribution", [NAN, NAN])):
        (nothing,) = told(row)
        assert (
            "the models are not in order" in nothing and Advice.REFERENCE.words in nothing and "energy" not in nothing
        )
