"""The history: how models did on past data sets, as a matrix with holes and facts about both sides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from hubscore.calibration.dataset_names import same_dataset
from hubscore.errors import UsageError
from hubscore.numerics.workspace import Floats
from hubscore.text import amount, clean

SCHEMA = 1
"""Version of the saved history; a renamed key needs a new number."""
MEASURED = "accuracy"
"""Name of the score of a history that holds accuracies after fine-tuning."""
MOST_FINGERPRINTS = 50
"""Of one data set that are kept, the newest."""


class Kind(IntEnum):
    """What a cell of the history is."""

    MISSING = 0
    ESTIMATED = 1
    MEASURED = 2


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model without running it.

    Attributes:
        revision: the commit that the newest value is of.
        parameters: how many.
        layers: depth, as a ranking shows it.
        family: architecture family.
        license: the licence tag of its card.
    """

    revision: str | None = None
    parameters: int | None = None
    layers: int | None = None
    family: str | None = None
    license: str | None = None

    def over(self, older: ModelFacts) -> ModelFacts:
        """Return these facts, and the older ones where these say nothing."""
        known = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}
        return replace(older, **known)


@dataclass(frozen=True)
class TaskFacts:
    """What is known of a data set.

    Attributes:
        dataset: its name.
        revision: the commit that the newest values are of.
        classes: how many.
        samples: rows of the probe, or of the training set where accuracies were measured.
        modality: kind of input.
        fingerprints: of the probes that its values are of: the same rows under another name have the same one.
    """

    dataset: str
    revision: str | None = None
    classes: int | None = None
    samples: int | None = None
    modality: str = "image"
    fingerprints: tuple[str, ...] = ()

    def over(self, older: TaskFacts) -> TaskFacts:
        """Return these facts, and the older ones where these say nothing; fingerprints of both."""
        known = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) is not None}
        both = tuple(dict.fromkeys((*self.fingerprints, *older.fingerprints)))[:MOST_FINGERPRINTS]
        return replace(older, **known | {"fingerprints": both})


@dataclass(frozen=True)
class TaskVector:
    """A data set through the eyes of one proxy network: pooled features of a small sample.

    Attributes:
        proxy: id of the network.
        proxy_revision: its commit.
        vector: shape (p,).
    """

    proxy: str
    proxy_revision: str | None
    vector: Floats


@dataclass(frozen=True)
class History:
    """The matrix P of Fennec with what is known of its rows and columns.

    Attributes:
        models: names of the rows.
        tasks: names of the columns.
        values: shape (models, tasks), larger is better; NaN where a cell is missing.
        kinds: shape (models, tasks), a :class:`Kind` for each cell.
        model_facts: by name; a model that it lacks has none.
        task_facts: by name.
        task_vectors: by name of the task, where a proxy looked at it.
        architecture_vectors: by name of the model, shape (e,) each.
        architecture_counts: by name of the model, how often each subtree of its graph occurs, from which the vectors
            are made.
        score: what the estimated cells are, ``"accuracy"`` where all are measured.
        schema: version of the saved form.
        notes: what was left out or decided when it was built, in sentences.
    """

    models: tuple[str, ...]
    tasks: tuple[str, ...]
    values: Floats
    kinds: npt.NDArray[np.int8]
    model_facts: Mapping[str, ModelFacts] = field(default_factory=dict)
    task_facts: Mapping[str, TaskFacts] = field(default_factory=dict)
    task_vectors: Mapping[str, TaskVector] = field(default_factory=dict)
    architecture_vectors: Mapping[str, npt.NDArray[np.float32]] = field(default_factory=dict)
    architecture_counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    score: str = MEASURED
    schema: int = SCHEMA
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.models), len(self.tasks))
        if self.values.shape != shape or self.kinds.shape != shape:
            why = f"{shape[0]} models and {shape[1]} tasks, but values {self.values.shape}, kinds {self.kinds.shape}"
            raise UsageError(
                "The parts of a history do not fit each other", why, "one row per model, one column per task"
            )

    @classmethod
    def of(cls, models: Sequence[str], tasks: Sequence[str], values: Floats, *, score: str = MEASURED) -> Self:
        """Return the history of a matrix whose cells are all measured, or all estimated by one score.

        Args:
            models: names of the rows.
            tasks: names of the columns.
            values: shape (models, tasks); NaN where a cell is missing.
            score: what the cells are; ``"accuracy"`` is measured.

        Example:
            >>> made = History.of(["a", "b"], ["birds"], np.array([[0.5], [np.nan]]))
            >>> made.kinds.tolist(), made.known
            ([[2], [0]], 1)
        """
        array = np.asarray(values, dtype=np.float64)
        kind = Kind.MEASURED if score == MEASURED else Kind.ESTIMATED
        kinds = np.where(np.isnan(array), Kind.MISSING, kind).astype(np.int8)
        return cls(tuple(models), tuple(tasks), array, kinds, score=score)

    @property
    def known(self) -> int:
        """How many cells have a value."""
        return int(np.count_nonzero(self.kinds))

    @property
    def mixed(self) -> bool:
        """Whether some cells are measured and others estimated."""
        return bool((self.kinds == Kind.MEASURED).any() and (self.kinds == Kind.ESTIMATED).any())

    @property
    def words(self) -> str:
        """What the history holds, in one sentence; measured and estimated are told apart.

        Example:
            >>> History.of(["a", "b"], ["birds"], np.array([[0.5], [np.nan]])).words
            '2 models x 1 data set, 1 of 2 cells known: accuracies after fine-tuning (measured)'
        """
        counts = {kind: int((self.kinds == kind).sum()) for kind in Kind}
        measured = "accuracies after fine-tuning (measured)"
        estimated = f"{self.score} (estimated)"
        if self.mixed:
            what = f"{counts[Kind.MEASURED]} {measured}, {counts[Kind.ESTIMATED]} of {estimated}, mixed"
        else:
            what = estimated if counts[Kind.ESTIMATED] else measured
        size = f"{amount(len(self.models), 'model', 'models')} x {amount(len(self.tasks), 'data set', 'data sets')}"
        return f"{size}, {self.known:,} of {self.values.size:,} cells known: {what}"

    def without_task(self, dataset: str, fingerprints: Collection[str] = ()) -> History:
        """Return the history without what it knows of a data set, at whatever revision and under whosever name, and of
        the same rows under any name.
        """
        out = {*self.tasks_named(dataset), *self.tasks_sharing(fingerprints)}
        kept = [place for place, task in enumerate(self.tasks) if task not in out]
        return self.select(tasks=kept) if out else self

    def tasks_named(self, dataset: str) -> list[str]:
        """Return the data sets that a name means, at whatever revision and under whosever name."""
        names = {
            task: {task, self.task_facts[task].dataset if task in self.task_facts else task} for task in self.tasks
        }
        return [task for task, known in names.items() if any(same_dataset(one, dataset) for one in known)]

    def tasks_sharing(self, fingerprints: Collection[str]) -> list[str]:
        """Return the data sets of which a probe has one of these fingerprints."""
        wanted = set(fingerprints)
        return [
            task for task in self.tasks if task in self.task_facts and wanted & {*self.task_facts[task].fingerprints}
        ]

    def task_called(self, name: str) -> str:
        """Return the data set that a name means: as it stands, or under another owner or revision.

        Raises:
            UsageError: there is none.
        """
        if name in self.tasks:
            return name
        found = next((task for task in self.tasks if same_dataset(task, name)), None)
        if found is None:
            why = f"it has {clean(', '.join(self.tasks))[:200]}"
            raise UsageError(
                f"The history does not hold the data set '{clean(name)}'", why, "--task NAME names one of these"
            )
        return found

    def select(self, models: Sequence[int] | None = None, tasks: Sequence[int] | None = None) -> History:
        """Return some rows and columns, by their places; all where none are named."""
        rows = list(range(len(self.models))) if models is None else list(models)
        columns = list(range(len(self.tasks))) if tasks is None else list(tasks)
        return replace(
            self,
            models=tuple(self.models[row] for row in rows),
            tasks=tuple(self.tasks[column] for column in columns),
            values=self.values[np.ix_(rows, columns)],
            kinds=self.kinds[np.ix_(rows, columns)],
        )
