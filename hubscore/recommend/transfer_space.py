"""The transfer space: models and data sets as short vectors whose products are the history (Fennec, Eq. 4)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.recommend.multiplicative import multiplicative_updates

PENALTY = 0.1
"""Of both sides by default; the paper does not give its own."""
ITERATIONS = 2000
TOLERANCE = 1e-6
STARTS = 4
"""Random starts by default; a large matrix has none, where they hardly ever matter."""


@dataclass(frozen=True)
class TransferSpace:
    """Where models and data sets lie.

    Attributes:
        models: shape (models, k), not negative; a model without a known cell lies at 0.
        tasks: shape (tasks, k), not negative.
        model_penalty: a_m.
        task_penalty: a_d.
        objective: value of Eq. 4 that was reached.
        converged: whether the last step changed it by less than the tolerance.
    """

    models: Floats
    tasks: Floats
    model_penalty: float
    task_penalty: float
    objective: float
    converged: bool

    @property
    def rank(self) -> int:
        """Dimensions k."""
        return int(self.models.shape[1])

    def fold_in_task(self, column: Floats) -> Floats:
        """Return the vector of a data set from cells of some models, without a refit.

        Args:
            column: shape (models,), NaN where missing.

        Returns:
            Shape (k,), not negative: the minimum of Eq. 4 over d alone.
        """
        return _fold(self.models, column, self.task_penalty)


def objective(values: Floats, models: Floats, tasks: Floats, model_penalty: float, task_penalty: float) -> float:
    r"""Return the value of Eq. 4 over the known cells.

    .. math:: \sum_{ij \text{ known}} (P_{ij} - m_i \cdot d_j)^2 + a_m \lVert M \rVert_F^2 + a_d \lVert D \rVert_F^2

    Example:
        >>> one = np.ones((1, 1))
        >>> objective(np.array([[3.0]]), one, one, 0.5, 0.25)
        4.75
    """
    rest = np.where(np.isnan(values), 0.0, values - models @ tasks.T)
    return float((rest**2).sum() + model_penalty * (models**2).sum() + task_penalty * (tasks**2).sum())


def fit_transfer_space(
    values: Floats,
    *,
    rank: int,
    model_penalty: float = PENALTY,
    task_penalty: float = PENALTY,
    seed: int = 0,
    iterations: int = ITERATIONS,
    tolerance: float = TOLERANCE,
    starts: int = STARTS,
    start: TransferSpace | None = None,
) -> TransferSpace:
    """Factorize a history that is not negative; missing cells carry no weight.

    scikit-learn's NMF does it where no cell is missing, multiplicative updates with a mask where some are.

    Args:
        values: shape (models, tasks), 0 or more; NaN where missing.
        rank: dimensions k, at least 1.
        model_penalty: a_m.
        task_penalty: a_d.
        seed: of the random starts.
        iterations: at most; the paper's own converges within 500.
        tolerance: relative change of the objective that counts as none.
        starts: random starts beside the one from a singular value decomposition; the best of all counts.
        start: a space for the first rows and columns of ``values``: new ones are folded in and the updates go on from
            there instead of from nothing.

    Raises:
        UsageError: a value is negative or infinite, none is known, or the rank is below 1 or beyond both sides.

    Source:
        Bai et al. (Fennec), ECCV 2024, Eq. 4.

    Example:
        >>> made = fit_transfer_space(np.outer([1.0, 2.0], [3.0, 1.0]), rank=1, model_penalty=0, task_penalty=0)
        >>> trans = made.models @ made.tasks.T
        >>> trans.round(3).tolist(), made.converged
        ([[3.0, 1.0], [6.0, 2.0]], True)
    """
    known = ~np.isnan(values)
    _check(values, known, rank)
    if start is not None:
        begun = [_extended(values, start)]
    else:
        begun = _starts(_filled(values, known), rank, seed, starts)
    if known.all() and start is None:
        candidates = [_sklearn(values, first, model_penalty, task_penalty, iterations, tolerance) for first in begun]
    else:
        candidates = [
            multiplicative_updates(
                values, *first, model_penalty, task_penalty, iterations=iterations, tolerance=tolerance
            )
            for first in begun
        ]
    spaces = [
        TransferSpace(
            m, d, model_penalty, task_penalty, objective(values, m, d, model_penalty, task_penalty), converged
        )
        for m, d, converged in candidates
    ]
    return min(spaces, key=lambda space: space.objective)


def _check(values: Floats, known: np.ndarray, rank: int) -> None:
    if rank < 1:
        raise UsageError("A transfer space needs at least one dimension", f"the rank is {rank}", "--rank 2")
    if rank > max(2, *values.shape):
        why = f"there are {values.shape[0]} models and {values.shape[1]} data sets; the rank is {rank}"
        raise UsageError("A transfer space has no more dimensions than there are models or data sets", why, "--rank 2")
    if not known.any():
        raise UsageError("The history holds no values", "all its cells are missing", "add data sets to it")
    if not np.isfinite(values[known]).all() or (values[known] < 0).any():
        why = f"the least is {values[known].min():g}, the greatest {values[known].max():g}"
        raise UsageError("A transfer space needs finite values that are not negative", why, "shift them first")


def _filled(values: Floats, known: np.ndarray) -> Floats:
    """Fill missing cells by row and column means, for a start."""
    level = values[known].mean()
    rest = np.where(known, values - level, 0.0)
    rows = rest.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    rest = np.where(known, rest - rows, 0.0)
    columns = rest.sum(axis=0, keepdims=True) / np.maximum(known.sum(axis=0, keepdims=True), 1)
    return np.where(known, values, np.maximum(level + rows + columns, 0.0))


def _starts(filled: Floats, rank: int, seed: int, starts: int) -> list[tuple[Floats, Floats]]:
    """Return non-negative starts: from the singular vectors of the matrix, and random ones of the same size."""
    u, s, vt = np.linalg.svd(filled, full_matrices=False)
    size, least = float(np.sqrt(filled.mean() / rank)), 1e-3
    found = min(rank, len(s))
    models, tasks = (np.full((length, rank), size * least) for length in filled.shape)
    for place in range(found):
        left, right = u[:, place], vt[place]
        parts = [(np.maximum(sign * left, 0), np.maximum(sign * right, 0)) for sign in (1, -1)]
        a, b = max(parts, key=lambda pair: float(np.linalg.norm(pair[0]) * np.linalg.norm(pair[1])))
        models[:, place] += np.sqrt(s[place]) * a
        tasks[:, place] += np.sqrt(s[place]) * b
    rng = np.random.default_rng(seed)
    count = starts if filled.size <= 100_000 else 0
    random = [tuple(size * rng.uniform(0.1, 1.9, (length, rank)) for length in filled.shape) for _ in range(count)]
    return [(models, tasks), *((one[0], one[1]) for one in random)]


def _sklearn(
    values: Floats, first: tuple[Floats, Floats], model_penalty: float, task_penalty: float, iterations: int, tol: float
) -> tuple[Floats, Floats, bool]:
    """Run scikit-learn's NMF.

    It minimises half the loss, and multiplies the penalty of one side by the length of the other:
    |P - W H|^2 / 2 + alpha_W T |W|^2 / 2 + alpha_H M |H|^2 / 2 for M models and T tasks. Twice that is Eq. 4 where
    alpha_W = a_m / T and alpha_H = a_d / M.
    """
    from sklearn.decomposition import non_negative_factorization
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        models, tasks, taken = non_negative_factorization(
            values,
            W=first[0].copy(),
            H=np.ascontiguousarray(first[1].T),
            n_components=first[0].shape[1],
            init="custom",
            solver="cd",
            alpha_W=model_penalty / values.shape[1],
            alpha_H=task_penalty / values.shape[0],
            l1_ratio=0.0,
            tol=tol,
            max_iter=iterations,
        )
    return models, tasks.T, taken < iterations


def _extended(values: Floats, start: TransferSpace) -> tuple[Floats, Floats]:
    """Return a start for a larger matrix: what is new is folded in."""
    m, t = start.models.shape[0], start.tasks.shape[0]
    new_tasks = [start.fold_in_task(values[:m, place]) for place in range(t, values.shape[1])]
    tasks = np.vstack([start.tasks, *new_tasks])
    new_models = [_fold(tasks, values[place], start.model_penalty) for place in range(m, values.shape[0])]
    models = np.vstack([start.models, *new_models])
    least = 1e-3 * max(float(models.mean()), 1e-12)  # a zero would stay one under multiplicative updates
    return np.maximum(models, least), np.maximum(tasks, least)


def _fold(known_side: Floats, cells: Floats, penalty: float) -> Floats:
    """Return the non-negative ridge solution of one row or column."""
    from scipy.optimize import nnls

    known, rank = ~np.isnan(cells), known_side.shape[1]
    if not known.any():
        return np.zeros(rank)
    system = np.vstack([known_side[known], np.sqrt(penalty) * np.eye(rank)])
    return np.asarray(nnls(system, np.concatenate([cells[known], np.zeros(rank)]))[0])
