"""Every closed-form score alone, as its formula reads: NumPy, SciPy and scikit-learn, nothing shared, no avoidable
loops.

These are what the suite is compared with in ``benchmarks/scores.py``, both for its milliseconds and for its values. A
loop over classes stands only where the formula itself treats one class at a time with matrices of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg, stats
from scipy.special import logsumexp, softmax
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import pairwise_distances
from sklearn.preprocessing import StandardScaler

Array = np.ndarray


def one_hot(labels: Array) -> Array:
    return np.eye(labels.max() + 1)[labels]


def class_means(features: Array, labels: Array) -> Array:
    return (one_hot(labels).T @ features) / np.bincount(labels)[:, None]


def leep(probs: Array, labels: Array) -> float:
    joint = one_hot(labels).T @ probs / len(probs)
    return float(np.log((probs @ (joint / joint.sum(axis=0)).T)[np.arange(len(labels)), labels]).mean())


def nce(probs: Array, labels: Array) -> float:
    joint = one_hot(labels).T @ one_hot(np.append(probs.argmax(axis=1), probs.shape[1] - 1))[:-1] / len(probs)
    given = joint.sum(axis=0)
    return float(np.sum(joint * np.log(np.where(joint > 0, joint, 1) / np.where(joint > 0, given, 1))))


def h_score(features: Array, labels: Array) -> float:
    means = class_means(features, labels)[labels]
    return float(np.trace(np.linalg.pinv(np.cov(features.T), rcond=1e-12, hermitian=True) @ np.cov(means.T)))


def h_score_32(features: Array, labels: Array) -> float:
    return h_score(PCA(32, svd_solver="full").fit_transform(features), labels)


def h_score_shrunk(features: Array, labels: Array) -> float:
    fitted = LedoitWolf().fit(features)
    between = np.cov(class_means(features, labels)[labels].T)
    return float((1 - fitted.shrinkage_) * np.trace(linalg.solve(fitted.covariance_, between, assume_a="pos")))


def _evidence(features: Array, column: Array, squares: Array, vectors: Array) -> float:
    """Fixed points of alpha and beta for one label column, as the paper iterates them."""
    n, d = features.shape
    alpha = beta = 1.0
    along = vectors.T @ (features.T @ column)
    for _ in range(11):
        mean = vectors @ (along * beta / (alpha + beta * squares))
        gamma = (beta * squares / (alpha + beta * squares)).sum()
        before, length, misfit = alpha / beta, mean @ mean, np.square(features @ mean - column).sum()
        alpha, beta = gamma / length, (n - gamma) / misfit
        if abs(alpha / beta - before) <= 1e-3 * before:
            break
    logs = n * np.log(beta) + d * np.log(alpha) - np.log(alpha + beta * squares).sum() - n * np.log(2 * np.pi)
    return float(logs - beta * misfit - alpha * length) / 2


def logme(features: Array, labels: Array) -> float:
    squares, vectors = np.linalg.eigh(features.T @ features)
    evidences = [_evidence(features, column, squares.clip(0), vectors) for column in one_hot(labels).T]
    return float(np.mean(evidences)) / len(labels)


def ls_svm(features: Array, labels: Array) -> float:
    moved = features - features.mean(axis=0)
    squares, vectors = np.linalg.eigh(moved.T @ moved)
    return sum(_evidence(moved, 2 * column - 1, squares.clip(0), vectors) for column in one_hot(labels).T)


def transrate(features: Array, labels: Array, eps: float = 1e-4) -> float:
    def rate(rows: Array) -> float:
        return 0.5 * np.linalg.slogdet(np.eye(rows.shape[1]) + rows.T @ rows / (len(rows) * eps))[1]

    moved = features - features.mean(axis=0)
    return float(rate(moved) - np.mean([rate(moved[labels == label]) for label in range(labels.max() + 1)]))


def gbc(features: Array, labels: Array) -> float:
    values = PCA(min(64, *features.shape), svd_solver="full").fit_transform(features)
    means = class_means(values, labels)
    variances = np.maximum(class_means(np.square(values - means[labels]), labels), 1e-4).mean(axis=1)
    shared = (variances[:, None] + variances) / 2
    apart = np.square(means[:, None] - means).sum(axis=2) / shared / 8
    logs = 0.5 * values.shape[1] * (np.log(shared) - (np.log(variances)[:, None] + np.log(variances)) / 2)
    return float(-np.exp(-(apart + logs))[~np.eye(len(means), dtype=bool)].sum())


def _fisher(features: Array, labels: Array, shrinkage: float | None = None) -> tuple[Array, float]:
    """SFDA's discriminant analysis through generalised eigenvectors, as published."""
    n, d = features.shape
    means, priors = class_means(features, labels), np.bincount(labels) / n
    deviations = features - means[labels]
    within = deviations.T @ deviations / n
    if shrinkage is None:
        ahead = behind = within.sum(axis=1)
        for _ in range(3):
            behind = within @ ahead / np.linalg.norm(within @ ahead)
            ahead = within @ behind / np.linalg.norm(within @ behind)
        shrinkage = max(float(np.exp(-5 * (ahead @ within @ behind))), 1e-10)
    total = np.cov(features.T, bias=True)
    shrunk, whole = ((1 - shrinkage) * s + shrinkage * np.trace(s) / d * np.eye(d) for s in (within, total))
    vectors = linalg.eigh(whole - shrunk, shrunk)[1]
    weights = means @ vectors @ vectors.T
    return softmax(features @ weights.T - 0.5 * (means * weights).sum(axis=1) + np.log(priors), axis=1), shrinkage


def fda(features: Array, labels: Array) -> float:
    return float(_fisher(features, labels)[0][np.arange(len(labels)), labels].mean())


def sfda(features: Array, labels: Array) -> float:
    chances, shrinkage = _fisher(features, labels)
    keep = softmax(chances, axis=1)[np.arange(len(labels)), labels][:, None]
    means = class_means(features, labels)
    others = (means.sum(axis=0) - means) / (len(means) - 1)
    mixed = keep * features + (1 - keep) * others[labels]
    return float(_fisher(mixed, labels, shrinkage)[0][np.arange(len(labels)), labels].mean())


def ped(features: Array, labels: Array) -> float:
    mean, deviation = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-3)
    moved = (features - mean) / deviation
    first = None
    for _ in range(6):
        means = class_means(moved, labels)
        reach = 0.6 * np.sqrt(class_means(np.square(moved - means[labels]), labels).sum(axis=1))
        apart = means[:, None] - means
        distances = np.linalg.norm(apart, axis=2)
        overlap = np.maximum(reach[:, None] + reach - distances, 0)
        lengths = np.minimum(0.5 * 0.1**2 * overlap, overlap)
        np.fill_diagonal(lengths, 0)
        step = (apart * (lengths / np.where(distances > 0, distances, 1))[:, :, None]).sum(axis=1)
        first = np.abs(step).sum() if first is None else first
        if not first or np.abs(step).sum() <= first / 2:
            break
        moved = moved + step[labels]
    return sfda(moved * deviation + mean, labels)


def etran_terms(features: Array, labels: Array) -> tuple[float, float]:
    lowest = np.sort(logsumexp(features, axis=1))[: int(np.ceil(0.005 * len(features)))]
    return float(lowest.mean()), fda(features, labels)


def ncti_terms(features: Array, labels: Array) -> tuple[float, float, float]:
    """With scikit-learn's scaling by n; the released terms, and the suite's, have the older n - C, so values differ
    by some percent.
    """
    pca = PCA(min(64, *features.shape), svd_solver="full")
    values = pca.fit_transform(features)
    shrinkage = max(float(np.exp(-pca.explained_variance_[:32].sum())), 1e-10)
    plain = LinearDiscriminantAnalysis(solver="svd")
    lda = (plain if shrinkage == 1e-10 else LinearDiscriminantAnalysis(solver="eigen", shrinkage=shrinkage)).fit(
        values, labels
    )
    projected, chances = lda.transform(values), lda.predict_proba(values)
    spread = sum(np.linalg.norm(chances[labels == label], "nuc") for label in range(labels.max() + 1))
    nuclear = np.linalg.norm(projected - projected.mean(axis=0), "nuc")
    return float(nuclear), float(chances[np.arange(len(labels)), labels].mean()), float(np.log(spread))


def parc(features: Array, labels: Array) -> float:
    distances = 1 - np.corrcoef(StandardScaler().fit_transform(features))
    pairs = np.triu_indices(len(labels), 1)
    return float(stats.spearmanr(distances[pairs], (labels[:, None] != labels)[pairs]).statistic)


def parc_32(features: Array, labels: Array) -> float:
    return parc(PCA(32, svd_solver="full").fit_transform(features), labels)


def knn(features: Array, labels: Array) -> float:
    distances = pairwise_distances(features)
    np.fill_diagonal(distances, np.inf)
    return float((labels[distances.argmin(axis=1)] == labels).mean())


def lfc(features: Array, labels: Array) -> float:
    gram, table = features @ features.T, np.where(labels[:, None] == labels, 1.0, -1.0)
    a, b = gram - gram.mean(), table - table.mean()
    return float((a * b).sum() / np.linalg.norm(a) / np.linalg.norm(b))


def emms(features: Array, labels: Array, texts: list[Array]) -> float:
    y = StandardScaler().fit_transform(np.concatenate(texts, axis=1)[labels]).reshape(len(labels), len(texts), -1)
    x = StandardScaler().fit_transform(features)
    fitted = x @ np.linalg.lstsq(x, y.mean(axis=1), rcond=None)[0]
    weights = np.linalg.lstsq(y.transpose(0, 2, 1).reshape(-1, len(texts)), fitted.ravel(), rcond=None)[0]
    falling = np.sort(weights)[::-1]
    thresholds = (np.cumsum(falling) - 1) / np.arange(1, len(falling) + 1)
    on_simplex = np.maximum(weights - thresholds[(falling > thresholds).nonzero()[0][-1]], 0)
    return -float(np.square(fitted - np.einsum("k,nke->ne", on_simplex, y)).mean())


Naive = Callable[[Array, Array], float | tuple[float, ...]]
NAIVE: dict[str, Naive] = {
    "leep": leep,
    "nce": nce,
    "h_score": h_score,
    "h_score@32": h_score_32,
    "h_score_shrunk": h_score_shrunk,
    "logme": logme,
    "ls_svm": ls_svm,
    "transrate": transrate,
    "gbc": gbc,
    "sfda": sfda,
    "fda": fda,
    "ped": ped,
    "etran": etran_terms,
    "ncti": ncti_terms,
    "parc": parc,
    "parc@32": parc_32,
    "knn": knn,
    "lfc": lfc,
}
"""By column; leep and nce take probabilities instead of features."""
