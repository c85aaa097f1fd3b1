import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.numerics.workspace import Workspace
from hubscore.ranking.columns import choose
from hubscore.ranking.resampling import plan_resamples, recompute
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs
from hubscore.ranking.scoring import score_all, score_one, tabulate
from hubscore.ranking.uncertainty import draw_subsamples


def test_fast_scores_are_planned_for_all_slow_ones_for_few_or_none():
    columns = choose(["knn", "logistic", "nleep"])
    assert plan_resamples(columns, 20) == [20, 5, 0]
    assert plan_resamples(columns, 3) == [3, 3, 0]
    assert plan_resamples(columns, 20, ["nleep"]) == [20, 5, 20]


@pytest.mark.parametrize("d", [6, 60])
def test_values_are_those_of_the_subsample_by_itself(d):
    probe = fake_probe(classes=3, each=8)
    candidates, extractions = fake_pool(probe, names=["lab/good", "lab/fair"], d=d)
    views = {candidate.repo_id: ProbeResults(probe, extractions).inputs(candidate) for candidate in candidates}
    columns, rows = choose(["logme", "parc", "leep", "lfc@4"]), draw_subsamples(probe.labels, 24, count=3)
    values, missing = recompute(views, columns, rows, {}, [3, 3, 3, 2, 3])
    assert values.shape == (3, 5, 2) and missing == {}, "what was not planned is not missing"
    for position, model in enumerate(sorted(views)):
        alone = ScoreInputs(
            Workspace(
                features=extractions[model].features["penultimate"][rows[1]],
                logits=extractions[model].logits[rows[1]],
                labels=probe.labels[rows[1]],
            )
        )
        expected = [score_one(column, alone, {}).value for column in columns]
        assert values[1, :, position] == pytest.approx(expected, rel=1e-7)
    assert np.isnan(values[2, 3]).all() and not np.isnan(np.delete(values[2], 3, axis=0)).any()


def test_the_number_of_workers_changes_no_bit():
    probe = fake_probe(classes=3, each=8)
    candidates, extractions = fake_pool(probe, names=["lab/good", "lab/fair", "lab/poor"], d=6)
    views = {candidate.repo_id: ProbeResults(probe, extractions).inputs(candidate) for candidate in candidates}
    columns, rows = choose(["logme", "parc", "etran", "ncti", "nleep"]), draw_subsamples(probe.labels, 24, count=3)
    values, full, ticks = [], [], []
    for workers in (1, 3, 7):
        told = []
        full.append(tabulate(score_all(views, columns, {}, workers=workers), columns).values)
        values.append(
            recompute(
                views, columns, rows, {}, [3] * len(columns), lambda told=told: told.append(1), workers=workers
            ).values
        )
        ticks.append(len(told))
    for found in (values, full):
        assert all(np.array_equal(other, found[0], equal_nan=True) for other in found[1:])
    assert ticks == [9, 9, 9]
    assert not np.isnan(values[0]).any()


def opened(labels):
    rng = np.random.default_rng(1)
    return {
        name: ScoreInputs(Workspace(features=rng.normal(size=(len(labels), 3)), labels=labels)) for name in ("a", "b")
    }


def test_a_missing_value_has_the_reason_of_the_score_itself():
    rows = [np.arange(10), np.arange(9), np.arange(8)]  # the second leaves one sample of the last class, the third none
    values, missing = recompute(opened(np.array([0] * 8 + [1, 1])), choose("logistic"), rows, {}, [3])
    assert np.isnan(values[:, 0]).tolist() == [[False, False], [True, True], [True, True]]
    assert (
        set(missing) == {("logistic", "a"), ("logistic", "b")} and "1 class has one sample" in missing["logistic", "b"]
    )


def test_a_score_over_the_set_gives_its_reason_too():
    rows = [np.array([0, 2, 4, 6, 8])]  # one class only
    _, missing = recompute(opened(np.tile([0, 1], 5)), choose("ncti,knn"), rows, {}, [1, 0])
    assert set(missing) == {("ncti", "a"), ("ncti", "b")} and "all samples have the same label" in missing["ncti", "a"]


def test_no_models_have_no_values():
    assert recompute({}, choose("knn"), [np.arange(3)], {}, [1]).values.shape == (1, 1, 0)
