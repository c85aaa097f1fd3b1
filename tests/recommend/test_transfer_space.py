import numpy as np
import pytest
from scipy.optimize import minimize

from hubscore.errors import UsageError
from hubscore.recommend.transfer_space import fit_transfer_space, objective


def matrix(rng, models=12, tasks=7, holes=0.0):
    values = rng.uniform(size=(models, 3)) @ rng.uniform(size=(3, tasks)) + 0.05 * rng.uniform(size=(models, tasks))
    values[rng.uniform(size=values.shape) < holes] = np.nan
    return values


def by_quasi_newton(values, rank, a_m, a_d, rng):
    """L-BFGS-B with bounds: shares nothing with the updates of the package."""
    known, (m, t) = ~np.isnan(values), values.shape

    def value(flat):
        left, right = flat[: m * rank].reshape(m, rank), flat[m * rank :].reshape(t, rank)
        rest = np.where(known, left @ right.T - np.where(known, values, 0), 0)
        slope = np.concatenate([(rest @ right + a_m * left).ravel(), (rest.T @ left + a_d * right).ravel()])
        return (rest**2).sum() + a_m * (left**2).sum() + a_d * (right**2).sum(), 2 * slope

    runs = [
        minimize(
            value, rng.uniform(size=(m + t) * rank), jac=True, method="L-BFGS-B", bounds=[(0, None)] * (m + t) * rank
        )
        for _ in range(4)
    ]
    return min(run.fun for run in runs)


def by_alternation(values, rank, a_m, a_d, rng):
    """Non-negative ridge solutions of one row after the other, in turn."""
    from scipy.optimize import nnls

    def solve(cells, other, penalty):
        known = ~np.isnan(cells)
        system = np.vstack([other[known], np.sqrt(penalty) * np.eye(rank)])
        return nnls(system, np.concatenate([cells[known], np.zeros(rank)]))[0]

    best = np.inf
    for _ in range(3):
        d = rng.uniform(size=(values.shape[1], rank))
        for _ in range(60):
            m = np.array([solve(row, d, a_m) for row in values])
            d = np.array([solve(column, m, a_d) for column in values.T])
        best = min(best, objective(values, m, d, a_m, a_d))
    return best


@pytest.mark.parametrize("holes", [0.0, 0.3])
@pytest.mark.parametrize(("a_m", "a_d"), [(0.1, 0.1), (0.05, 0.4)])
def test_the_objective_is_that_of_independent_minimisers(rng, holes, a_m, a_d):
    values = matrix(rng, holes=holes)
    made = fit_transfer_space(values, rank=3, model_penalty=a_m, task_penalty=a_d)
    better = min(by(values, 3, a_m, a_d, rng) for by in (by_quasi_newton, by_alternation))
    assert made.converged and made.objective <= 1.02 * better
    assert made.objective == pytest.approx(objective(values, made.models, made.tasks, a_m, a_d))
    assert (made.models >= 0).all() and (made.tasks >= 0).all()


def test_missing_cells_carry_no_weight(rng):
    exact = rng.uniform(0.5, 1, size=(10, 2)) @ rng.uniform(0.5, 1, size=(2, 8))
    seen = exact.copy()
    seen[rng.uniform(size=seen.shape) < 0.2] = np.nan
    made = fit_transfer_space(seen, rank=2, model_penalty=1e-4, task_penalty=1e-4, starts=0)
    assert np.abs(made.models @ made.tasks.T - exact)[np.isnan(seen)].max() < 0.05


def test_the_seed_decides_all(rng):
    values = matrix(rng, holes=0.2)
    one, other = (fit_transfer_space(values, rank=2, seed=3) for _ in range(2))
    assert np.array_equal(one.models, other.models) and np.array_equal(one.tasks, other.tasks)


def test_too_few_iterations_are_said(rng):
    for holes in (0.0, 0.3):
        assert not fit_transfer_space(matrix(rng, holes=holes), rank=3, iterations=3, tolerance=1e-12).converged


def test_new_rows_and_columns_are_folded_in_without_a_refit(rng):
    values = matrix(rng, models=20, tasks=9)
    whole = fit_transfer_space(values, rank=3, model_penalty=0.01, task_penalty=0.01)
    part = fit_transfer_space(values[:-1, :-1], rank=3, model_penalty=0.01, task_penalty=0.01)
    assert np.abs(part.models @ part.fold_in_task(values[:-1, -1]) - values[:-1, -1]).max() < 0.2
    further = fit_transfer_space(values, rank=3, model_penalty=0.01, task_penalty=0.01, start=part)
    assert further.objective <= 1.02 * whole.objective
    assert part.fold_in_task(np.full(19, np.nan)).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("values", "rank", "told"),
    [
        (np.array([[0.5, -0.1]]), 1, "not negative"),
        (np.array([[0.5, np.inf]]), 1, "finite"),
        (np.full((2, 2), np.nan), 1, "no values"),
        (np.ones((2, 2)), 0, "dimension"),
    ],
)
def test_what_cannot_be_factorized_is_refused(values, rank, told):
    with pytest.raises(UsageError, match=told):
        fit_transfer_space(values, rank=rank)


def test_one_model_or_one_task():
    assert fit_transfer_space(np.array([[0.5], [0.7]]), rank=1).tasks.shape == (1, 1)
    assert fit_transfer_space(np.array([[0.5, np.nan, 0.7]]), rank=2).models.shape == (1, 2)


def test_more_dimensions_than_models_and_data_sets_are_refused():
    with pytest.raises(UsageError, match="no more dimensions than") as raised:
        fit_transfer_space(np.ones((5, 3)), rank=100_000_000)
    assert "5 models and 3 data sets" in raised.value.why
    assert fit_transfer_space(np.ones((5, 3)), rank=4).models.shape == (5, 4)
