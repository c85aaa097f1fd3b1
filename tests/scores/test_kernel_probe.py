import numpy as np
import pytest
from scoredata import case
from sklearn.metrics import average_precision_score
from sklearn.metrics.pairwise import cosine_similarity, pairwise_distances
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from hubscore import Undefined, score
from hubscore.errors import UsageError
from hubscore.numerics.kernel_ridge import leave_one_out
from hubscore.numerics.kernels import centred, unit_diagonal
from hubscore.numerics.stratified_blocks import stratified_blocks
from hubscore.numerics.workspace import Workspace
from hubscore.scores import kernel_probe as module
from hubscore.scores.kernel_probe import FEATURE_LAMBDAS, judged_features

CASES = ("more_samples", "more_features", "two_classes", "imbalanced", "constant_columns", "relu_sparse", "float32")


def five(features):
    """The kernels as the docstring has them, by scikit-learn."""
    features = features.astype(np.float64)
    columns = StandardScaler().fit_transform(features)
    roots = StandardScaler().fit_transform(np.sign(features) * np.sqrt(np.abs(features)))
    squares = pairwise_distances(columns, metric="sqeuclidean")
    width = np.median(squares[np.triu_indices(len(squares), 1)])
    linear = features @ features.T, columns @ columns.T, roots @ roots.T
    return *linear, cosine_similarity(columns), np.exp(-squares / width)


def outputs(kernel, columns):
    """Refit the dual ridge with a bordered system (intercept unpenalised) for every sample and every lambda."""
    kernel, n = unit_diagonal(centred(kernel)), len(columns)
    best = None
    for strength in FEATURE_LAMBDAS:
        told = np.empty(columns.shape)
        for out in range(n):
            rest = np.arange(n) != out
            border = np.ones((n, n))
            border[-1, -1], border[:-1, :-1] = 0, kernel[np.ix_(rest, rest)] + strength * np.eye(n - 1)
            found = np.linalg.solve(border, np.vstack([columns[rest], np.zeros(columns.shape[1])]))
            told[out] = kernel[out, rest] @ found[:-1] + found[-1]
        left = ((told - columns) ** 2).sum()
        if best is None or left < best[0]:
            best = left, told
    return best[1]


def few(name, n=30):
    features, labels, _ = case(name)
    rows = np.sort(np.random.default_rng(0).permutation(len(labels))[:n])
    return features[rows], np.unique(labels[rows], return_inverse=True)[1]


@pytest.mark.parametrize("name", CASES)
def test_equals_refits_without_each_sample_on_the_kernels_of_scikit_learn(name):
    features, labels = few(name)
    told = [outputs(kernel, np.eye(labels.max() + 1)[labels]) for kernel in five(features)]
    right = [(one.argmax(axis=1) == labels).mean() for one in told]
    assert score("kernel_probe", features=features, labels=labels) == pytest.approx(np.mean(right), abs=1e-12)
    losses = []
    for one in told:
        chances = [np.exp(b * one) / np.exp(b * one).sum(axis=1, keepdims=True) for b in (2, 4, 6, 8, 12)]
        losses.append(min(-np.log(chance[np.arange(len(labels)), labels]).mean() for chance in chances))
    assert score("kernel_probe_loss", features=features, labels=labels) == pytest.approx(np.mean(losses), rel=1e-7)


def test_several_labels_are_judged_by_average_precision():
    features, _ = few("more_samples")
    columns = (features[:, :3] + np.random.default_rng(0).normal(size=(30, 3)) > 0.5).astype(float)
    told = [outputs(kernel, columns) for kernel in five(features)]
    expected = np.mean([average_precision_score(columns[:, i], one[:, i]) for one in told for i in range(3)])
    constant = np.column_stack([columns, np.ones(30)])
    assert score("kernel_probe", features=features, labels=constant, target="multilabel") == pytest.approx(expected)
    with pytest.raises(Undefined, match="it is for classification"):
        score("kernel_probe_loss", features=features, labels=columns, target="multilabel")


def test_regression_is_judged_by_r2_whatever_the_unit():
    features, _ = few("more_samples")
    targets = features[:, :2] + np.random.default_rng(0).normal(size=(30, 2))
    scaled = StandardScaler().fit_transform(targets)
    expected = np.mean([1 - ((outputs(kernel, scaled) - scaled) ** 2).sum() / 60 for kernel in five(features)])
    value = score("kernel_probe", features=features, labels=targets, target="regression")
    assert value == pytest.approx(expected, rel=1e-8)
    moved = targets * [1000, 1] - 7
    assert score("kernel_probe", features=features, labels=moved, target="regression") == pytest.approx(value)


def test_networks_that_are_always_right_are_told_apart_by_the_loss():
    labels = np.arange(40) % 4
    clear, clearer = (np.eye(4)[labels] + noise * case("more_features").features[:, :4] for noise in (0.1, 0.01))
    assert score("kernel_probe", features=clear, labels=labels) == 1.0
    assert score("kernel_probe", features=clearer, labels=labels) == 1.0
    first, second = (score("kernel_probe_loss", features=rows, labels=labels) for rows in (clear, clearer))
    assert second < first


@pytest.mark.parametrize(
    ("features", "labels", "why"),
    [
        (np.ones((6, 3)), [0, 0, 0, 1, 1, 1], "all samples look the same"),
        (np.eye(6)[[0, 0, 0, 0, 0, 1]], [0, 0, 0, 1, 1, 1], "at least half of all pairs"),
        (np.eye(4), [0, 1, 2, 3], "each class has one sample"),
        (np.eye(2), [0, 1], "each class has one sample"),
    ],
)
def test_undefined_with_a_reason(features, labels, why):
    for name in ("kernel_probe", "kernel_probe_loss"):
        with pytest.raises(Undefined, match=why):
            score(name, features=features, labels=labels)


def test_two_samples_of_a_regression_are_undefined_and_nan_is_refused():
    with pytest.raises(Undefined, match="there are 2 samples"):
        score("kernel_probe", features=np.eye(2), labels=[0.5, 1.0], target="regression")
    with pytest.raises(UsageError, match="Cannot use features: column 1 is nan"):
        score("kernel_probe", features=[[0, np.nan], [1, 1], [2, 1]], labels=[0, 0, 1])


def test_both_scores_share_one_computation():
    workspace = Workspace(features=case("more_samples").features, labels=case("more_samples").labels)
    assert judged_features(workspace) is judged_features(workspace)


def test_many_samples_are_scored_in_blocks(monkeypatch):
    features, labels, _ = case("more_samples")
    monkeypatch.setattr(module, "BLOCK", 50)
    blocks = stratified_blocks(labels, 120, 50)
    parts = [score("kernel_probe_loss", features=features[rows], labels=labels[rows]) for rows in blocks]
    expected = np.average(parts, weights=[len(rows) for rows in blocks])
    assert len(blocks) == 3
    assert score("kernel_probe_loss", features=features, labels=labels) == pytest.approx(expected, rel=1e-12)


def test_threads_change_no_bit(monkeypatch):
    features, labels, _ = case("more_features")
    values = []
    for threads, large in ((1, 1000), (2, 1000), (2, 10)):
        monkeypatch.setattr(module, "LARGE", large)
        with threadpool_limits(threads):
            values.append(judged_features(Workspace(features=features, labels=labels)))
    assert values[0] == values[1] == values[2]


def test_lambda_of_a_single_kernel_is_not_scaled_with_the_samples():
    features, labels = few("more_samples")
    found = leave_one_out(five(features)[1], labels, FEATURE_LAMBDAS)
    assert found.outputs == pytest.approx(outputs(five(features)[1], np.eye(labels.max() + 1)[labels]), abs=1e-8)
