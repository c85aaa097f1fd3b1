"""One source network, many tasks: scores of each, and what re-training its head and fine-tuning it reach."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hubscore.bench.source_accuracy import SourceAccuracy, source_accuracy
from hubscore.bench.tasks import PER_CLASS, Draw, Task, draw_tasks, named
from hubscore.errors import CandidateError, DatasetError, Undefined, UsageError
from hubscore.extract.row_ids import SomeItems
from hubscore.finetune.recipe import Sample, recipe_for
from hubscore.ranking.columns import Column, choose
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs, features_of
from hubscore.ranking.scoring import broken, options_for
from hubscore.run.observer import RunObserver
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.session import Session
from hubscore.scores.api import compute
from hubscore.types import Candidate, Extraction, Probe

if TYPE_CHECKING:
    from hubscore.finetune.loop import Outcome

SCORES = "leep,nce,h_score,h_score_shrunk"
BASELINE = "-ln C"
"""Minus the logarithm of the number of classes: what a network that knows nothing has for a log-likelihood."""
CARD = "source accuracy"
"""What the source's card says that it reaches on its own data."""
_GIVEN = frozenset({"features", "logits", "probs", "labels", "features or logits"})


@dataclass(frozen=True)
class TaskOptions:
    """What is drawn, scored and trained.

    Attributes:
        tasks: how many.
        classes: of a task, least and most.
        draw: which training rows of a class.
        scores: by name.
        finetune: whether all weights are fine-tuned, beside a head that is always re-trained.
        flip: mirror training images of networks that are trained whole.
        scratch: whether networks of the same architecture begin with random weights, too.
        seed: of whatever is drawn.
    """

    tasks: int = 50
    classes: tuple[int, int] = (2, 5)
    draw: Draw = "all"
    scores: str | Sequence[str] = SCORES
    finetune: bool = True
    flip: bool = True
    scratch: bool = False
    seed: int = 0


@dataclass(frozen=True)
class TaskResult:
    """What was found out about one source and one task.

    Attributes:
        source: name of the network.
        about: the task, as plain values.
        scores: by name, the baselines among them; larger is better in all.
        undefined: why a score or a training has no value, by name.
        reached: by what was trained: ``head``, ``all`` weights, or all from ``scratch``.
    """

    source: str
    about: Mapping[str, Any]
    scores: Mapping[str, float]
    undefined: Mapping[str, str]
    reached: Mapping[str, Outcome] = field(default_factory=dict)

    def truths(self) -> dict[str, float]:
        """Return accuracy and macro F1 of what is there to be predicted, by name."""
        made = {}
        for kind in ("head", "all"):
            if kind in self.reached:
                made[f"{kind} accuracy"] = self.reached[kind].accuracies[0]
                made[f"{kind} F1"] = self.reached[kind].f1
        return made

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        reached = {
            kind: {"accuracy": one.accuracies[0], "f1": one.f1, "epochs": list(one.epochs)}
            for kind, one in self.reached.items()
        }
        plain = {"scores": dict(self.scores), "undefined": dict(self.undefined), "reached": reached}
        return {"source": self.source, **self.about, **plain}


def run_tasks(
    sources: Sequence[str],
    dataset: str | os.PathLike[str] | Probe,
    options: TaskOptions,
    *,
    data: DataOptions | None = None,
    run: RunOptions | None = None,
    observer: RunObserver | None = None,
) -> Iterator[TaskResult]:
    """Draw tasks from a data set, and score and train every source on each.

    The network runs over the data set once; scores and heads of all tasks are made of what it computed there. Scores
    see a task's training rows alone.

    Args:
        sources: ids, ``id@revision`` or folders.
        dataset: a Hub id, a folder of images, a CSV or Parquet file, or a probe drawn before.
        options: what is drawn, scored and trained.
        data: which rows.
        run: how networks run.
        observer: called at every step.

    Yields:
        One result a source and task, all tasks of a source one after the other.

    Raises:
        UsageError: a score needs more than a network's outputs and labels, or the labels are not single classes.
        DatasetError: the data set cannot be used, or has too few rows or classes.
        CandidateError: no source can be used.
        HubscoreError: the Hub or the disk failed.
    """
    columns = task_columns(options.scores)
    session = Session(data, CandidateOptions(models=list(sources)), run, observer)
    session.open()
    session.check_models()
    probe = session.draw_probe(dataset, labels_required=True)
    tasks = _drawn(probe, options)
    session.observer.drawn(probe)
    found = session.find_candidates()
    session.begin(found, len(probe))
    outcome = session.extract(found.candidates, probe)
    for skipped in outcome.skipped:
        raise CandidateError(f"Source {skipped.model!r} {skipped.reason}", "", "name another --source")
    for candidate in found.candidates:
        source = _Source(session, candidate, probe, outcome.extractions[candidate.repo_id], columns, options)
        yield from map(source.result, tasks)


def task_columns(scores: str | Sequence[str]) -> tuple[Column, ...]:
    """Return the scores that a request stands for.

    Raises:
        UsageError: an unknown score, or one that needs more than a network's outputs and labels.
    """
    names = [name.strip() for name in (scores.split(",") if isinstance(scores, str) else scores) if name.strip()]
    found = choose(scores)
    fit = tuple(one for one in found if one.info.needs <= _GIVEN and not one.info.pool and "labels" in one.info.needs)
    known = {one.name for one in fit} | {one.info.name for one in fit} | {"all"}
    wrong = [name for name in names if name not in known]
    if wrong:
        why = "it needs more than the outputs of one network and labels, or no labels at all"
        raise UsageError(f"Score '{wrong[0]}' is not defined for a task", why, f"--scores {SCORES}")
    return fit


def _drawn(probe: Probe, options: TaskOptions) -> tuple[Task, ...]:
    if probe.target != "classification" or probe.labels is None:
        raise UsageError(
            f"Cannot draw tasks from labels of the kind {probe.target}",
            "tasks are subsets of classes",
            "another data set",
        )
    least, most = options.classes
    if most > len(probe.classes):
        what = f"Cannot draw {most} of {len(probe.classes)} classes"
        raise DatasetError(what, f"'{probe.dataset}' has no more", f"--classes {min(least, 2)}..{len(probe.classes)}")
    return draw_tasks(
        probe.labels,
        count=options.tasks,
        least=least,
        most=most,
        draw=options.draw,
        per_class=PER_CLASS,
        seed=options.seed,
    )


class _Source:
    """A network, what it computed on all rows, and its folder."""

    def __init__(
        self,
        session: Session,
        candidate: Candidate,
        probe: Probe,
        extraction: Extraction,
        columns: tuple[Column, ...],
        options: TaskOptions,
    ) -> None:
        self.session, self.candidate, self.probe, self.options = session, candidate, probe, options
        self.features = np.asarray(features_of(extraction), dtype=np.float32)
        self.inputs = ProbeResults(probe, {candidate.repo_id: extraction}).inputs(candidate)
        self.columns, self.chosen = columns, options_for(columns, seed=options.seed, heads=True)
        self.card: SourceAccuracy | None = source_accuracy(session, candidate)
        self.folder: Path | None = None
        full, head = (recipe_for(probe.modality, kind, seed=options.seed) for kind in ("full", "head"))
        # Tasks as small as these have no rows left to choose a learning rate.
        self.full = replace(full, learning_rates=full.learning_rates[-1:], flip=full.flip and options.flip)
        self.head = replace(head, learning_rates=head.learning_rates[:1], flip=False)

    def result(self, task: Task) -> TaskResult:
        scores, undefined = self._scores(task)
        reached: dict[str, Outcome] = {}
        kinds = ["head"] + ["all"] * self.options.finetune + ["scratch"] * self.options.scratch
        for kind in kinds:
            try:
                reached[kind] = self._trained(task, kind)
            except CandidateError as error:
                undefined[kind] = error.why or error.what
        return TaskResult(self.candidate.repo_id, named(task, self.probe.classes), scores, undefined, reached)

    def _scores(self, task: Task) -> tuple[dict[str, float], dict[str, str]]:
        """Return every score of a task's training rows with larger promising more, and H-scores over C - 1."""
        scores: dict[str, float] = {}
        undefined: dict[str, str] = {}
        inputs = ScoreInputs(self.inputs.plain.subset(task.train))
        for column in self.columns:
            value, reason = self._value(column, inputs)
            if value is None:
                undefined[column.name] = reason
                continue
            scores[column.name] = column.sign * value
            if column.info.name.startswith("h_score"):
                scores[f"{column.name} / (C - 1)"] = value / (len(task.classes) - 1)
        scores[BASELINE] = -float(np.log(len(task.classes)))
        if self.card is not None:
            scores[CARD] = self.card.value
        return scores, undefined

    def _value(self, column: Column, inputs: ScoreInputs) -> tuple[float | None, str]:
        """Return a score, or why there is none; advice that is about rankings is left away."""
        try:
            return compute(column.info, inputs.of(column), **self.chosen.get(column.info.name, {})), ""
        except Undefined as error:
            return None, error.why or error.what
        except Exception as error:  # one score that breaks on one task, a plugin's perhaps, must not stop the run
            return None, broken(error)

    def _trained(self, task: Task, kind: str) -> Outcome:
        """Train on a task; a head on the features that scores see, all weights on the items."""
        from hubscore.finetune.prepared import finite

        labels = np.asarray(self.probe.labels)
        parts = [(rows, task.relabelled(labels[rows])) for rows in (task.train, task.test)]
        if kind == "head":
            (rate,) = self.head.learning_rates
            return finite({rate: self._head(parts, rate)}, self.candidate)[rate]
        from hubscore.finetune.training import held_out

        if self.folder is None:
            self.folder = self.session.downloader.download(self.candidate)
        samples = [Sample(SomeItems(self.probe.items, [int(row) for row in rows]), made) for rows, made in parts]
        reached = held_out(
            self.candidate,
            self.folder,
            samples,
            self.full,
            input_size=self.session.run.input_size,
            device=self.session.device,
            anew=kind == "scratch",
            each_epoch=True,
        )
        return next(iter(reached.values()))

    def _head(self, parts: list[tuple[np.ndarray, np.ndarray]], rate: float) -> Outcome | None:
        import torch

        from hubscore.finetune.head import train_head
        from hubscore.finetune.held import scale_of
        from hubscore.finetune.loop import FEATURES, Labelled

        scale = scale_of(torch.from_numpy(self.features))
        known: list[Labelled] = [
            ({FEATURES: torch.from_numpy(self.features[rows]) * scale}, torch.from_numpy(made)) for rows, made in parts
        ]
        with torch.random.fork_rng():
            return train_head(known, self.head, rate)
