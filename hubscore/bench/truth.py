"""True accuracies on one data set, from tables that fine-tuning filled."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hubscore.bench.runs import ErrorsOf, error_of_mean, pooled_deviation
from hubscore.bench.truth_table import TruthRow, TruthTable, read_table
from hubscore.calibration.dataset_names import same_dataset
from hubscore.errors import UsageError
from hubscore.finetune.recipe import Train
from hubscore.numerics.proportions import standard_error

__all__ = ["Truth", "read_truth", "same_dataset", "write_truth"]


@dataclass(frozen=True)
class Truth:
    """True accuracies on one data set.

    Attributes:
        accuracies: 0 to 1, by model; of several runs their mean.
        test_images: how many images one accuracy was measured on; none where the table does not say.
        left_out: models whose source is the target itself; they would make every score look good.
        dataset: which data set the accuracies are on; none where the table does not say.
        input_sizes: pixels per side of the fine-tuning, by model, where the table says so.
        runs: every accuracy of the models that were fine-tuned several times.
        given_errors: standard error of the accuracy, by model, where the table says so.
    """

    accuracies: Mapping[str, float]
    test_images: int | None = None
    left_out: tuple[str, ...] = ()
    dataset: str | None = field(default=None, compare=False)
    input_sizes: Mapping[str, int] = field(default_factory=dict, compare=False)
    runs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    given_errors: Mapping[str, float] = field(default_factory=dict)

    def standard_errors(self) -> ErrorsOf | None:
        """Return how far each accuracy strays, by what is known best: the table's own errors, several runs, or the
        number of test images; none where nothing is known.

        Several runs of a model see the same test images, so that the draw of these is not in their spread. Runs stray
        alike for all models: a single model's few runs say little.
        """
        if self.accuracies.keys() <= self.given_errors.keys():
            return ErrorsOf(dict(self.given_errors), "the table's own standard errors")
        deviation = pooled_deviation(self.runs)
        if deviation is not None:
            spread = {model: deviation / len(self.runs.get(model, ("one",))) ** 0.5 for model in self.accuracies}
            return ErrorsOf(spread, "the spread between runs")
        if self.test_images is not None:
            images = self.test_images
            drawn = {model: standard_error(value, images) for model, value in self.accuracies.items()}
            return ErrorsOf(drawn, f"the draw of {images} test images", shared_images=True)
        return None


def read_truth(
    path: Path | Sequence[Path],
    *,
    target: str | None = None,
    test_images: int | None = None,
    ranked: str | None = None,
    train: Train = "all",
) -> Truth:
    """Read CSV files with the columns ``model`` and ``accuracy``.

    Several rows of a model, in one file or in several, are several runs: their mean counts. Further columns are used
    where they are there: ``target`` (the data set; needed to choose where there are several), ``source`` (rows where it
    is the target are left out), ``accuracy_se`` (the accuracy's standard error), ``test_images`` and ``input_size``.
    Accuracies above 1 make a file's whole column percent, and its standard errors as well.

    Args:
        path: the file, or several.
        target: which data set's rows.
        test_images: how many images one accuracy was measured on, where the files do not say.
        ranked: the data set of the ranking, to advise on.
        train: whose accuracies: of fine-tuning ``all`` weights, as those of a file that does not say are taken to be,
            or of re-training the ``head``.

    Raises:
        UsageError: a file cannot be read, lacks a column or has no accuracy of a model, or the files are about several
            data sets.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    tables = [read_table(one, target=target, ranked=ranked, train=train) for one in paths]
    _check_one_dataset(paths, tables)
    return truth_of(tables, test_images=test_images)


def truth_of(tables: Sequence[TruthTable], *, test_images: int | None = None) -> Truth:
    """Put tables of one data set together; each is another run.

    Args:
        tables: at least one.
        test_images: how many images one accuracy was measured on, where they do not say.
    """
    own = tuple(dict.fromkeys(model for table in tables for model in table.left_out))
    by_model: dict[str, list[TruthRow]] = {}
    for row in (row for table in tables for row in table.rows if row.model not in own):
        by_model.setdefault(row.model, []).append(row)
    images = [row.test_images for rows in by_model.values() for row in rows if row.test_images is not None]
    return Truth(
        {model: sum(row.accuracy for row in rows) / len(rows) for model, rows in by_model.items()},
        min(images, default=test_images),  # the most uncertain accuracy speaks for all
        own,
        tables[0].dataset,
        {model: size for model, rows in by_model.items() if (size := _size(rows)) is not None},
        {model: tuple(row.accuracy for row in rows) for model, rows in by_model.items() if len(rows) > 1},
        {model: error for model, rows in by_model.items() if (error := _error(rows)) is not None},
    )


def write_truth(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Write fine-tuning results as :func:`read_truth` reads them.

    Args:
        path: the file; overwritten.
        rows: with the same keys, ``model`` and ``accuracy`` among them.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _check_one_dataset(paths: Sequence[Path], tables: Sequence[TruthTable]) -> None:
    """Refuse runs on different data sets: their mean means nothing."""
    first = tables[0].dataset
    for path, table in zip(paths, tables, strict=True):
        if table.dataset and first and table.dataset != first:
            why = f"'{paths[0]}' is about {first}, and '{path}' about {table.dataset}"
            raise UsageError("Cannot take the mean of accuracies on two data sets", why, "leave one of the files out")


def _size(rows: Sequence[TruthRow]) -> int | None:
    return next((row.input_size for row in rows if row.input_size is not None), None)


def _error(rows: Sequence[TruthRow]) -> float | None:
    """Return the standard error of the mean, where every run has one."""
    errors = [row.error for row in rows if row.error is not None]
    return error_of_mean(errors) if len(errors) == len(rows) else None
