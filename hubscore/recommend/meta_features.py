"""What is known of models and data sets without running anything, as numbers (Fennec's meta features)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hubscore.numerics.workspace import Floats
from hubscore.recommend.history import History, ModelFacts, TaskFacts

LEAST_OF_A_FAMILY = 3
"""Models that a family must have to be a column of its own; the others share none."""
MOST_CLUSTERS = 8


@dataclass(frozen=True)
class MetaFeatures:
    """How facts become numbers: fitted to a history, then used for any model or data set.

    Columns of a model are the decimal logarithms of parameters and layers, and which cluster its architecture belongs
    to, by archi2vec where half the models have such a vector, otherwise by the name of its family. Columns of a data
    set are the logarithms of classes and samples. What is not known takes the mean of what is.

    Attributes:
        model_means: of the logarithms of parameters and layers; NaN where no model says.
        task_means: of classes and samples.
        families: the families that are columns, where there are no clusters.
        centres: shape (clusters, e), of the architecture vectors; none without them.
    """

    model_means: tuple[float, ...]
    task_means: tuple[float, ...]
    families: tuple[str, ...]
    centres: Floats | None

    @classmethod
    def fit(cls, history: History, *, seed: int = 0) -> MetaFeatures:
        """Learn means, families and clusters of a history.

        Example:
            >>> history = History.of(["a", "b"], ["birds"], np.array([[0.5], [0.6]]))
            >>> facts = {"a": ModelFacts(parameters=100), "b": ModelFacts(parameters=10000)}
            >>> made = MetaFeatures.fit(History(**{**history.__dict__, "model_facts": facts}))
            >>> made.models([facts["a"], ModelFacts()]).tolist()
            [[2.0], [3.0]]
        """
        known = [history.model_facts.get(model, ModelFacts()) for model in history.models]
        tasks = [history.task_facts.get(task, TaskFacts(task)) for task in history.tasks]
        vectors = [history.architecture_vectors[one] for one in history.models if one in history.architecture_vectors]
        centres = _centres(np.array(vectors), seed) if 2 * len(vectors) >= len(known) and len(vectors) > 1 else None
        counts = Counter(one.family for one in known if one.family)
        families = sorted(family for family, count in counts.items() if count >= LEAST_OF_A_FAMILY)
        return cls(
            _means(_logs([(one.parameters, one.layers) for one in known])),
            _means(_logs([(one.classes, one.samples) for one in tasks])),
            tuple(families) if centres is None else (),
            centres,
        )

    def models(
        self, facts: Sequence[ModelFacts], vectors: Sequence[npt.NDArray[np.float32] | None] | None = None
    ) -> Floats:
        """Return the columns of some models.

        Args:
            facts: of each.
            vectors: their architecture vectors, none where there is none.

        Returns:
            Shape (models, q), finite.
        """
        numbers = _imputed(_logs([(one.parameters, one.layers) for one in facts]), self.model_means)
        if self.centres is None:
            classes = [[float(one.family == family) for family in self.families] for one in facts]
            return np.hstack([numbers, np.array(classes, dtype=np.float64).reshape(len(facts), -1)])
        given = [None] * len(facts) if vectors is None else vectors
        return np.hstack([numbers, np.array([_one_hot(vector, self.centres) for vector in given])])

    def of_history(self, history: History) -> Floats:
        """Return the columns of all models of a history."""
        known = [history.model_facts.get(model, ModelFacts()) for model in history.models]
        return self.models(known, [history.architecture_vectors.get(model) for model in history.models])

    def tasks(self, facts: Sequence[TaskFacts]) -> Floats:
        """Return the columns of some data sets, shape (tasks, r), finite."""
        return _imputed(_logs([(one.classes, one.samples) for one in facts]), self.task_means)


def task_facts_of(history: History) -> list[TaskFacts]:
    """Return what is known of each data set of a history, in its order."""
    return [history.task_facts.get(task, TaskFacts(task)) for task in history.tasks]


def with_models(history: History, new: Mapping[str, ModelFacts]) -> History:
    """Return a history with models of which only facts are known; those it holds already keep their cells."""
    added = [name for name in new if name not in set(history.models)]
    if not added:
        return history
    holes = (len(added), len(history.tasks))
    changed: dict[str, Any] = {
        "models": (*history.models, *added),
        "values": np.vstack([history.values, np.full(holes, np.nan)]),
        "kinds": np.vstack([history.kinds, np.zeros(holes, dtype=np.int8)]),
        "model_facts": {**history.model_facts, **{name: new[name] for name in added}},
    }
    return History(**{**history.__dict__, **changed})


def _logs(rows: Sequence[tuple[int | None, ...]]) -> Floats:
    numbers = np.array([[np.nan if not value else float(value) for value in row] for row in rows], dtype=np.float64)
    return np.log10(numbers).reshape(len(rows), -1)


def _means(numbers: Floats) -> tuple[float, ...]:
    return tuple(
        float(column[~np.isnan(column)].mean()) if (~np.isnan(column)).any() else np.nan for column in numbers.T
    )


def _imputed(numbers: Floats, means: tuple[float, ...]) -> Floats:
    """Fill what is missing; a column of which nothing was known is left out."""
    usable = [place for place, mean in enumerate(means) if not np.isnan(mean)]
    filled = np.where(np.isnan(numbers), np.array(means), numbers) if numbers.size else numbers
    return np.asarray(filled[:, usable]) if numbers.size else np.zeros((len(numbers), len(usable)))


def _centres(vectors: Floats, seed: int) -> Floats:
    from sklearn.cluster import KMeans

    count = min(MOST_CLUSTERS, max(2, len(vectors) // 4), len(np.unique(vectors, axis=0)))
    fitted = KMeans(count, n_init=5, random_state=seed).fit(vectors.astype(np.float64))
    return np.asarray(fitted.cluster_centers_)


def _one_hot(vector: npt.NDArray[np.float32] | None, centres: Floats) -> Floats:
    """Return which centre is nearest; without a vector, none is."""
    if vector is None:
        return np.full(len(centres), 1.0 / len(centres))
    nearest = int(((centres - vector) ** 2).sum(axis=1).argmin())
    return np.asarray(np.eye(len(centres))[nearest])
