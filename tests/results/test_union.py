import numpy as np
import pytest

from hubscore.results.union import newest, union_of

SCORES = {
    "logme": {"family": "evidence", "direction": "higher"},
    "knn": {"family": "neighbour", "direction": "higher"},
    "gauss": {"family": "evidence", "direction": "lower"},
}


def columns(*lines, **more):
    """Columns of lines: model, publisher, run, logme, and what else is named, one value for each line."""
    models, publishers, runs, logme = zip(*lines, strict=True)
    texts = {"model": models, "publisher": publishers, "run": runs, "date": [f"2026-01-0{run[-1]}" for run in runs]}
    found = {name: np.array(values, dtype=object) for name, values in texts.items()}
    found["score_logme"] = np.array(logme, dtype=float)
    return found | {
        name: np.array(values, dtype=object if name in ("model_revision",) else float) for name, values in more.items()
    }


def shown(table, **options):
    made = union_of(table, options.get("scores", SCORES))
    told = {name: values.tolist() for name, values in made.values.items()}
    return made.lines.tolist(), told


def test_the_newest_line_of_a_model_within_a_publisher_and_all_publishers():
    table = columns(("a", "ann", "r1", 0.1), ("b", "ann", "r1", 0.2), ("a", "ann", "r2", 0.9), ("a", "bob", "r1", 0.5))
    lines, told = shown(table)
    assert lines == [2, 3, 1]
    assert told["rank"] == [1, 2, 3] and told["candidates"] == [3, 3, 3]
    assert told["consensus"] == pytest.approx([5 / 6, 1 / 2, 1 / 6])


def test_models_that_stay_nameless_are_told_apart_by_their_commits():
    lines = [("private-1", "ann", "r1", 0.1), ("private-1", "ann", "r2", 0.9), ("private-1", "ann", "r3", 0.5)]
    assert shown(columns(*lines, model_revision=["x", "y", "x"]))[0] == [1, 2]


def test_runs_without_a_publisher_are_of_one():
    assert newest(columns(("a", None, "r1", 0.1), ("a", None, "r2", 0.2), ("a", "", "r3", 0.2))) == [[2, 1, 0]]


def test_a_newer_run_with_fewer_scores_takes_none_away_from_the_same_commit():
    nan, lines = float("nan"), [("a", "ann", "r1", 0.1), ("b", "ann", "r1", 0.2), ("a", "ann", "r2", 0.3)]
    more = {"score_knn": [0.7, 0.8, nan], "sd_knn": [0.01, 0.02, nan], "expected": [0.5, 0.6, nan]}
    for commit, knn in (("x", 0.7), ("y", nan)):
        _, told = shown(columns(*lines, **more, model_revision=["x", "x", commit]))
        place = told["score_logme"].index(0.3)
        assert told["score_knn"][place] == pytest.approx(knn, nan_ok=True)
        assert told["sd_knn"][place] == pytest.approx(0.01 if knn == knn else nan, nan_ok=True)
        assert told["expected"][place] == pytest.approx(0.5 if knn == knn else nan, nan_ok=True)


def test_numbers_of_fewer_rows_stand_below_and_are_not_compared():
    table = columns(("a", "ann", "r1", 0.9), ("b", "ann", "r1", 0.1), ("c", "ann", "r1", 0.2), rows=[60, 300, 300])
    lines, told = shown(table)
    assert lines == [2, 1, 0] and told["consensus"] == pytest.approx([0.75, 0.25, float("nan")], nan_ok=True)
    raced = columns(("a", "ann", "r1", 0.9), ("a", "ann", "r2", 0.1), ("b", "ann", "r1", 0.2), rows=[300, 60, 300])
    assert sorted(shown(raced)[0]) == [0, 2]


def test_lower_is_better_where_the_descriptions_say_so_and_families_count_alike():
    table = columns(("a", "ann", "r1", 0.1), ("b", "ann", "r2", 0.2), score_gauss=[1, 2], score_knn=[0, 1])
    lines, told = shown(table)
    assert lines == [1, 0] and told["consensus"] == pytest.approx([0.625, 0.375])


def test_a_score_that_few_of_the_pool_have_is_not_averaged():
    names, nan = "abcdef", float("nan")
    table = columns(*((name, "ann", "r1", place) for place, name in enumerate(names)), score_knn=[9, nan, nan, 0, 0, 0])
    assert [names[line] for line in shown(table)[0]] == list("fedcba")


def test_expected_accuracies_order_and_everything_that_needs_a_pool_is_drawn_anew():
    lines = [("a", "ann", "r1", 0.1), ("b", "ann", "r1", 0.2), ("c", "bob", "r2", 0.3), ("d", "bob", "r2", 0.4)]
    facts = {"expected": [0.9, 0.7, 0.91, float("nan")], "expected_sd": [0.05, 0.05, 0.05, float("nan")]}
    before = {"p_best": [1, 0, 1, 0], "rank": [1, 2, 1, 2], "tie_group": [1, 2, 1, 2], "shortlist": [1, 0, 1, 0]}
    order, told = shown(columns(*lines, **facts, **before))
    assert order == [2, 0, 1, 3] and told["rank"] == [1, 1, 3, 4] and told["tie_group"] == [1, 1, 2, 3]
    assert sum(told["p_best"][:3]) == pytest.approx(1) and told["p_best"][3] != told["p_best"][3]
    assert told["shortlist"][:3] == [1, 1, 0] and told["rank_lo"][0] == 1 and told["rank_hi"][1] >= 2


def test_a_model_of_two_publishers_has_one_chance():
    lines = [("a", "ann", "r1", 0.1), ("a", "bob", "r2", 0.1), ("b", "ann", "r1", 0.2)]
    _, told = shown(columns(*lines, expected=[0.8, 0.8, 0.8], expected_sd=[0.1, 0.1, 0.1]))
    assert told["p_best"] == pytest.approx([0.5, 0.5, 0.5], abs=0.03)


def test_an_interval_stands_in_for_an_error_that_an_older_run_does_not_tell():
    lines = [("a", "ann", "r1", 0.1), ("b", "ann", "r2", 0.2)]
    told = shown(columns(*lines, expected=[0.8, 0.7], expected_lo=[0.7, 0.6], expected_hi=[0.88, 0.79]))[1]
    assert 0.5 < told["p_best"][0] < 1
    bare = shown(columns(*lines, expected=[0.8, 0.7]))[1]
    assert bare["rank"] == [1, 2] and bare["p_best"][0] != bare["p_best"][0]


def test_an_error_that_nobody_tells_is_the_largest_of_the_pool_and_not_none():
    lines, nan = [("a", "ann", "r1", 0.1), ("b", "bob", "r2", 0.2), ("c", "bob", "r2", 0.3)], float("nan")
    told = shown(columns(*lines, expected=[0.8, 0.75, 0.5], expected_sd=[nan, 0.02, 0.05]))[1]
    assert told["rank"] == [1, 1, 3] and 0.5 < told["p_best"][0] < 1  # 0.8 and 0.75 are 0.06 apart in angle
    near = shown(columns(*lines, expected=[0.8, 0.75, 0.5], expected_sd=[nan, 0.02, 0.02]))[1]
    assert near["rank"] == [1, 2, 3] and near["p_best"][0] > told["p_best"][0]


def test_a_model_trained_on_the_data_is_never_first():
    lines = [("a", "ann", "r1", 0.1), ("b", "ann", "r2", 0.2), ("c", "ann", "r2", 0.3)]
    facts = {"expected": [0.9, 0.7, 0.6], "expected_sd": [0.01] * 3, "declares_this_data": [1, 0, 0]}
    order, told = shown(columns(*lines, **facts))
    assert order == [1, 0, 2] and told["rank"] == [1, 2, 3] and told["p_best"][1] != told["p_best"][1]
    assert told["shortlist"] == [1, 0, 0]


def test_what_a_run_could_not_tell_apart_stays_tied():
    table = columns(("a", "ann", "r1", 0.3), ("b", "ann", "r1", 0.2), ("c", "bob", "r2", 0.1), tie_group=[1, 1, 1])
    assert shown(table)[1]["rank"] == [1, 1, 3]


def test_agreement_with_baselines_is_that_of_the_union():
    table = columns(("a", "ann", "r1", 0.1), ("b", "ann", "r2", 0.2), ("c", "ann", "r2", 0.3), baseline_size=[1, 2, 3])
    assert shown(table)[1]["tau_size"] == [1, 1, 1]
