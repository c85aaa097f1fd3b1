import dataclasses
import json

import pytest

from hubscore.bench.compare import compare
from hubscore.bench.truth import Truth
from hubscore.errors import UsageError
from hubscore.types import Ranking

TRUTH = Truth({"lab/best": 0.9, "lab/good": 0.8, "lab/fair": 0.7, "lab/poor": 0.4}, 300)


def test_each_column_is_measured_against_the_truth(ranking: Ranking) -> None:
    comparison = compare(ranking, TRUTH, k=2, relevant=2)
    assert comparison.match("right").kendall == pytest.approx(1)
    assert comparison.match("wrong").kendall == pytest.approx(-1)
    assert comparison.match("consensus").weighted_tau == pytest.approx(1)
    assert comparison.match("wrong").regret == pytest.approx(0.5)
    assert comparison.match("wrong").precision == 0.0
    assert comparison.match("size").regret == pytest.approx(0.1)
    assert comparison.match("size").recall == 1.0


def test_lower_is_better_is_turned_round(ranking: Ranking) -> None:
    match = compare(ranking, TRUTH).match("loss")
    assert match.kendall == pytest.approx(1)
    assert match.regret == 0


def test_a_score_that_lacks_models_has_no_regret(ranking: Ranking) -> None:
    match = compare(ranking, TRUTH).match("partial")
    assert match.models == 3
    assert match.kendall == pytest.approx(-1)
    assert match.regret is None
    assert match.undefined["regret"] == "it has a value for 3 of 4 models"


def test_a_constant_column_is_undefined_with_the_reason(ranking: Ranking) -> None:
    match = compare(ranking, TRUTH).match("downloads")
    assert match.kendall is None
    assert match.undefined["kendall"] == "all values are equal"
    assert match.regret == pytest.approx(0.9 - (0.9 + 0.8 + 0.7 + 0.4) / 4)


def test_the_consensus_comes_first_then_scores_then_baselines(ranking: Ranking) -> None:
    names = [match.name for match in compare(ranking, TRUTH).matches]
    assert names == ["consensus", "loss", "right", "partial", "wrong", "size", "downloads", "heuristic"]


def test_the_standard_error_needs_the_number_of_test_images(ranking: Ranking) -> None:
    assert compare(ranking, TRUTH).standard_error == pytest.approx(0.0245, abs=5e-4)
    assert compare(ranking, Truth(TRUTH.accuracies)).standard_error is None


def test_missing_and_left_out_models_are_named(ranking: Ranking) -> None:
    known = {name: value for name, value in TRUTH.accuracies.items() if name != "lab/poor"}
    assert compare(ranking, Truth(known)).missing == ("lab/poor",)
    assert compare(ranking, Truth(known, None, ("lab/poor",))).left_out == ("lab/poor",)
    assert compare(ranking, Truth(known, None, ("lab/poor",))).missing == ()


def test_a_revision_behind_the_name_is_looked_past(ranking: Ranking) -> None:
    rows = (dataclasses.replace(ranking.rows[0], model="lab/best@abc1234"), *ranking.rows[1:])
    assert compare(dataclasses.replace(ranking, rows=rows), TRUTH).missing == ()


def test_too_few_true_accuracies(ranking: Ranking) -> None:
    with pytest.raises(
        UsageError, match="Only 1 of 4 ranked models have a true accuracy: the table names other/a, other/b, lab/best"
    ):
        compare(ranking, Truth({"other/a": 0.1, "other/b": 0.2, "lab/best": 0.3}))


def test_an_unknown_column_is_named(ranking: Ranking) -> None:
    with pytest.raises(UsageError, match="has no score 'logm': it has consensus"):
        compare(ranking, TRUTH).match("logm")


def test_it_is_plain_json(ranking: Ranking) -> None:
    assert (
        json.loads(json.dumps(compare(ranking, TRUTH).to_json(), allow_nan=False))["matches"][0]["name"] == "consensus"
    )


def test_a_second_stage_is_judged_beside_the_expected_accuracies(ranking: Ranking) -> None:
    values = {"lab/best": (0.5, 0.9), "lab/good": (0.6, 0.55), "lab/fair": (0.4, None), "lab/poor": (0.3, None)}
    rows = tuple(
        dataclasses.replace(row, expected=values[row.model][0], combined=values[row.model][1]) for row in ranking
    )
    made = compare(dataclasses.replace(ranking, rows=rows), TRUTH)
    assert [match.name for match in made.matches[:2]] == ["combined accuracy", "expected accuracy"]
    assert made.match("combined accuracy").regret == 0 and made.match("expected accuracy").regret == pytest.approx(0.1)
    assert made.ordered_by == "combined accuracy"
