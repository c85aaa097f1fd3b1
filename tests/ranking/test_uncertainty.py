import numpy as np
import pytest
from scipy.stats import t as student

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.ranking.columns import choose
from hubscore.ranking.consensus import averaged, consensus
from hubscore.ranking.score_inputs import ScoreInputs
from hubscore.ranking.scoring import score_one
from hubscore.ranking.standing import standing_errors, standings
from hubscore.ranking.uncertainty import (
    draw_subsamples,
    error_parts,
    error_weights,
    half_width,
    jackknife,
    score_errors,
    simulate,
    spread,
    standard_error,
    tie_groups,
)

NAN = np.nan


def test_subsamples_keep_four_fifths_of_every_class_without_replacement():
    labels = np.repeat([7, -2, 3], [50, 20, 5])
    drawn = draw_subsamples(labels, 75, count=20)
    assert len(drawn) == 20 and {len(rows) for rows in drawn} == {60}
    for rows in drawn:
        assert len(set(rows)) == 60 and (np.diff(rows) > 0).all()
        assert [int((labels[rows] == value).sum()) for value in (7, -2, 3)] == [40, 16, 4]


def test_classes_take_turns_where_four_fifths_is_not_whole():
    labels = np.repeat(np.arange(10), 3)  # 2.4 of 3: four of ten classes keep all three
    sizes = np.array([np.bincount(labels[rows], minlength=10) for rows in draw_subsamples(labels, 30, count=50)])
    assert set(sizes.ravel()) == {2, 3} and (sizes.sum(axis=1) == 24).all()
    assert ((sizes == 3).mean(axis=0) > 0.15).all() and ((sizes == 3).mean(axis=0) < 0.65).all()


def test_a_class_of_one_stays_and_a_probe_of_such_classes_has_no_subsamples():
    labels = np.array([0] * 10 + [1])
    assert all(10 in rows for rows in draw_subsamples(labels, 11, count=5))
    assert draw_subsamples(np.arange(8), 8, count=5) == []


def test_draws_repeat_with_the_seed_and_only_with_it():
    labels = np.tile(np.arange(4), 10)
    first, again, other = (np.array(draw_subsamples(labels, 40, count=3, seed=seed)) for seed in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_other_targets_are_drawn_without_strata():
    assert {len(rows) for rows in draw_subsamples(np.linspace(0, 1, 50), 50, count=3)} == {40}
    assert {len(rows) for rows in draw_subsamples(None, 50, count=3)} == {40}


def test_a_share_lies_between_0_and_1():
    with pytest.raises(UsageError, match="Cannot keep 1 of the samples: a share lies between 0 and 1"):
        draw_subsamples(None, 10, share=1)


def test_the_standard_error_of_a_mean_is_the_textbook_one():
    values = np.random.default_rng(0).normal(size=30)
    means = np.array([values[rows].mean() for rows in draw_subsamples(None, 30, count=5_000)])
    assert standard_error(means, jackknife(24, 30)) == pytest.approx(values.std(ddof=1) / np.sqrt(30), rel=0.03)


def test_intervals_of_a_known_sampling_variance_cover_90_to_99_percent():
    # Difference of two class means: true value 1, sampling variance 2/25 known; each probe has 20 subsamples.
    rng, labels = np.random.default_rng(1), np.repeat([0, 1], 25)
    subsamples = draw_subsamples(labels, 50, count=20)
    covered, errors = 0, []
    for _ in range(600):
        values = rng.normal(size=50) + labels
        draws = np.array(
            [values[rows][labels[rows] == 1].mean() - values[rows][labels[rows] == 0].mean() for rows in subsamples]
        )
        full = values[25:].mean() - values[:25].mean()
        errors.append(standard_error(draws, jackknife(40, 50)))
        covered += abs(full - 1) <= half_width(errors[-1], 20)
    assert 0.90 <= covered / 600 <= 0.99
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.sqrt(2 / 25), rel=0.05)


@pytest.mark.parametrize("name", ["h_score_shrunk", "lfc"])
def test_intervals_of_real_scores_cover_90_to_99_percent(name):
    (column,), rng, labels = choose([name]), np.random.default_rng(5), np.tile(np.arange(2), 30)
    means, values, widths = 1.5 * np.eye(2, 8), [], []
    for probe in range(100):
        views = ScoreInputs(Workspace(features=means[labels] + rng.normal(size=(60, 8)), labels=labels))
        rows = draw_subsamples(labels, 60, seed=probe)
        values.append(score_one(column, views, {}).value)
        draws = np.array([score_one(column, views.turned().subset(part), {}).value for part in rows])
        widths.append(half_width(standard_error(draws, jackknife(len(rows[0]), 60)), 20))
    assert 0.90 <= np.mean(np.abs(values - np.mean(values)) <= widths) <= 0.99


def test_errors_are_given_where_a_score_was_recomputed_throughout():
    draws = np.array(
        [
            [[1.0, 2.0], [5.0, NAN], [NAN, NAN]],
            [[3.0, 2.0], [5.0, 1.0], [NAN, NAN]],
            [[2.0, 2.0], [NAN, NAN], [NAN, NAN]],
        ]
    )
    full = np.array([[2.0, 2.0], [5.0, 1.0], [7.0, NAN]])
    error, width = score_errors(draws, full, [3, 2, 0], jackknife(8, 10))
    assert error[0].tolist() == pytest.approx([2.0, 0.0])  # sqrt(8/2) times deviation 1
    assert width[0, 0] == pytest.approx(2 * student.ppf(0.975, 2))
    assert error[1, 0] == 0 and np.isnan(error[1, 1]) and np.isnan(error[2]).all()


def test_simulated_scores_have_the_intervals_of_the_scores():
    rng = np.random.default_rng(0)
    full, draws = np.array([[3.0, 1.0]]), rng.normal(size=(20, 1, 2))
    tables = np.array(list(simulate(draws, full, [20], 2.0, count=20_000)))
    _, width = score_errors(draws, full, [20], 2.0)
    assert np.quantile(tables, 0.975, axis=0) == pytest.approx(full + width, rel=0.05)
    assert np.corrcoef(tables[:, 0].T)[0, 1] == pytest.approx(np.corrcoef(draws[:, 0].T)[0, 1], abs=0.03)
    few = draws.copy()
    few[5:] = NAN
    tables = np.array(list(simulate(few, full, [5], 2.0, count=20_000)))
    assert np.quantile(tables, 0.975, axis=0) == pytest.approx(full + score_errors(few, full, [5], 2.0)[1], rel=0.05)


def test_what_was_not_recomputed_or_is_missing_stays_as_it_is():
    draws = np.array([[[1.0, NAN], [NAN, NAN]], [[2.0, 3.0], [NAN, NAN]]])
    full = np.array([[1.0, 2.0], [4.0, NAN]])
    assert all(np.array_equal(table, full, equal_nan=True) for table in simulate(draws, full, [2, 0], 2.0, count=5))


def judged(made, draws, scale=2.0, count=150):
    """Return the spread of a table whose scores were recomputed on every draw."""
    enters, plan = averaged(made), [len(draws)] * len(made.columns)
    tables = np.array(list(simulate(draws, made.values, plan, scale, count=count)))
    simulated = consensus(made.with_values(tables), enters)
    parts = standing_errors(made, enters, error_parts(draws, made.values, plan, scale))
    errors = error_weights(draws.shape, count=count) @ parts
    return spread(consensus(made, enters), simulated, standings(made, enters), errors)


def test_consensus_intervals_cover_and_equal_models_are_tied(table):
    # Scores with sampling deviation 1 that share half their noise; subsamples deviate by half as much, as 80 % do.
    rng, truth = np.random.default_rng(7), np.array([0.0, 1.5, 1.5, 3.0, 6.0])
    seen, intervals, tied = [], [], []
    for _ in range(60):
        full = truth + 0.7 * rng.normal(size=5) + 0.7 * rng.normal(size=(3, 5))
        draws = full + 0.5 * (0.7 * rng.normal(size=(20, 1, 5)) + 0.7 * rng.normal(size=(20, 3, 5)))
        made = table(("knn", "neighbour", full[0]), ("logme", "evidence", full[1]), ("sfda", "discriminant", full[2]))
        enters, result = averaged(made), judged(made, draws)
        seen.append(result.consensus)
        intervals.append(result.consensus_ci)
        tied.append([[result.tied(one, other) for other in range(5)] for one in range(5)])
    low, high = np.moveaxis(np.array(intervals), 2, 0)
    exact = consensus(made.with_values(np.tile(truth, (3, 1))), enters)  # what a probe without sampling error gives
    assert exact.tolist() == pytest.approx([0.1, 0.4, 0.4, 0.7, 0.9])
    per_model = ((low - 1e-9 <= exact) & (exact <= high + 1e-9)).mean(axis=0)
    assert (per_model >= 0.90).all()
    # The mean over probes is another matter: the best model is nearly always at the end of the scale, where its
    # interval shrinks to that point, while the mean lies a little below it for the few probes on which another model
    # overtakes.
    mean = np.mean(seen, axis=0)
    per_model = ((low - 1e-9 <= mean) & (mean <= high + 1e-9)).mean(axis=0)
    assert (per_model >= 0.80).all() and per_model[1:4].min() >= 0.90 and per_model.mean() >= 0.90
    tied = np.array(tied).mean(axis=0)
    assert tied[1, 2] >= 0.9 and tied[0, 4] <= 0.05 and (tied == tied.T).all() and (np.diag(tied) == 1).all()


def test_ranks_are_bounded_by_who_is_surely_better_and_worse():
    errors = 0.03 * np.random.default_rng(0).normal(size=(400, 4))
    values = np.array([0.9, 0.5, 0.48, 0.1])
    result = spread(values, values + errors, values, errors)
    assert result.rank_ci.tolist() == [[1, 1], [2, 3], [2, 3], [4, 4]]
    assert result.consensus_ci[0] == pytest.approx([0.84, 0.96], abs=0.02)


def noise(table, models, seed, signal=0.0):
    """Return the tie groups of models that differ by chance alone, but for the first half's signal."""
    rng = np.random.default_rng(seed)
    full = rng.normal(size=(3, models)) + rng.normal(size=models)
    full[:, : models // 2] += signal
    draws = full + 0.5 * (rng.normal(size=(20, 3, models)) + rng.normal(size=(20, 1, models)))
    families = (("knn", "neighbour"), ("logme", "evidence"), ("sfda", "discriminant"))
    made = table(*((name, family, row) for (name, family), row in zip(families, full, strict=True)))
    enters, plan = averaged(made), [20] * 3
    errors = error_weights(draws.shape) @ standing_errors(made, enters, error_parts(draws, full, plan, 2.0))
    agreed = consensus(made, enters)
    result = spread(agreed, agreed[None], standings(made, enters), errors)
    return tie_groups(np.argsort(-result.consensus).tolist(), result.tied), result


def test_a_ranking_of_noise_is_one_tie_group_in_95_of_100_runs(table):
    assert sum(noise(table, 40, seed)[0][-1] == 1 for seed in range(100)) >= 95


def test_models_that_do_differ_are_told_apart_from_noise(table):
    groups, result = noise(table, 40, 0, signal=20.0)
    assert groups == [1] * 20 + [2] * 20
    assert (result.rank_ci[:20, 1] <= 20).all() and (result.rank_ci[20:, 0] > 20).all()


def test_a_model_joins_the_group_whose_first_member_it_is_tied_with():
    def near(one, other):
        return abs(one - other) <= 1

    assert tie_groups([0, 1, 2, 3], near) == [1, 1, 2, 2]
    assert tie_groups([3, 0], near) == [1, 2]
    assert tie_groups([], near) == []
