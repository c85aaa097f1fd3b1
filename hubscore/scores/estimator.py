"""A transferability score in the conventions of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from hubscore.numerics.arrays import as_array
from hubscore.scores.api import score
from hubscore.scores.info import SCORES


class TransferabilityScorer(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Computes one transferability score of features for labels, as an estimator.

    ``fit`` computes it on the rows it gets; ``score`` computes it anew on others. As the last step of a pipeline it
    lets searches of scikit-learn choose what stands before it, such as a layer, a pooling or a number of components, by
    the score in place of an accuracy.

    Args:
        name: a registered score that reads features and labels and is defined for one network; ``hubscore scores``.
        reduce: exact PCA of the features to this many dimensions first.
        options: the score's own.

    Attributes:
        score_: the value on the rows of ``fit``, higher is better: of a score that is better when lower, its negative.
        value_: the value as published.
        n_features_in_: features in ``fit``.

    Raises:
        Undefined: in ``fit`` and ``score``, where the score has no value on these rows.
        UsageError: in ``fit``, for an unknown name or option, or a score that reads something else.

    Example:
        >>> import numpy as np
        >>> from sklearn.decomposition import PCA
        >>> from sklearn.model_selection import GridSearchCV
        >>> from sklearn.pipeline import make_pipeline
        >>> draw = np.random.default_rng(0)
        >>> y = np.repeat([0, 1, 2], 40)
        >>> X = np.eye(3)[y] @ draw.normal(size=(3, 20)) + draw.normal(size=(120, 20))
        >>> pipeline = make_pipeline(PCA(random_state=0), TransferabilityScorer("h_score_shrunk"))
        >>> everything = [(np.arange(120), np.arange(120))]
        >>> search = GridSearchCV(pipeline, {"pca__n_components": [1, 2, 5]}, cv=everything).fit(X, y)
        >>> search.best_params_
        {'pca__n_components': 5}
    """

    def __init__(
        self, name: str = "logme", *, reduce: int | None = None, options: Mapping[str, Any] | None = None
    ) -> None:
        self.name = name
        self.reduce = reduce
        self.options = options

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803 - scikit-learn's names
        """Compute the score.

        Args:
            X: features, shape (n samples, d).
            y: classes, shape (n samples,).
        """
        features, labels = validate_data(self, _dense(X), _dense(y), dtype=np.float64, ensure_min_samples=2)
        self.value_ = self._compute(features, labels)
        self.score_ = self._higher(self.value_)
        return self

    def score(self, X: ArrayLike, y: ArrayLike) -> float:  # noqa: N803
        """Return the score of other rows, higher is better.

        Args:
            X: features, shape (n samples, d).
            y: classes, shape (n samples,).
        """
        check_is_fitted(self)
        features, labels = validate_data(
            self, _dense(X), _dense(y), dtype=np.float64, ensure_min_samples=2, reset=False
        )
        return self._higher(self._compute(features, labels))

    def _compute(self, features: np.ndarray, labels: np.ndarray) -> float:
        check_classification_targets(labels)
        codes = np.unique(labels, return_inverse=True)[1]
        return score(self.name, features=features, labels=codes, reduce=self.reduce, **dict(self.options or {}))

    def _higher(self, value: float) -> float:
        return -value if SCORES.get(self.name).direction == "lower" else value

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def _dense(values: Any) -> Any:
    """Return tensors as arrays; scikit-learn itself says what is wrong with sparse ones and data frames of texts."""
    return as_array(values) if hasattr(values, "detach") else values
