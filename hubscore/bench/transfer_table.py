"""A transfer table: what every score said of every model on every data set, beside what fine-tuning gave.

It is what the papers evaluate on: one row for a model, a target data set and a probe.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from hubscore.bench.compare import Kind
from hubscore.bench.truth import Truth
from hubscore.calibration.dataset_names import same_dataset
from hubscore.calibration.saved_rankings import same_model
from hubscore.errors import UsageError


@dataclass(frozen=True)
class TransferRow:
    """One model on one probe of one data set.

    Attributes:
        model: its name.
        target: the data set.
        source: what it was trained on, where that is known.
        architecture: likewise.
        probe: which probe of the data set, counted from 0.
        accuracy: after fine-tuning, 0 to 1; none where it is not known.
        scores: defined values by name, as they are: of some, lower values promise more.
        seconds: of the extraction, where they are known.
    """

    model: str
    target: str
    source: str | None = None
    architecture: str | None = None
    probe: int = 0
    accuracy: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    seconds: float | None = None


@dataclass(frozen=True)
class TransferTable:
    """Many transfers.

    Attributes:
        rows: without those whose source is the target.
        kinds: every column of scores, and what it is.
        lower: columns of which lower values promise more.
        milliseconds: that a score takes for one model and probe, where that is known.
        truths: accuracies by data set, with what is known of their noise.
        notes: what was left out, in sentences.
    """

    rows: tuple[TransferRow, ...]
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    lower: frozenset[str] = frozenset()
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    truths: Mapping[str, Truth] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The data sets, in order of appearance."""
        return tuple(dict.fromkeys(row.target for row in self.rows))

    @property
    def probes(self) -> int:
        """How many probes the data set with most of them has."""
        return 1 + max((row.probe for row in self.rows), default=-1)

    def turned(self, row: TransferRow, name: str) -> float | None:
        """Return a row's value with larger values promising more; none where it is not defined."""
        value = row.scores.get(name)
        return None if value is None else -value if name in self.lower else value

    def without(self, targets: Iterable[str]) -> TransferTable:
        """Leave data sets out.

        Raises:
            UsageError: there is none of that name.
        """
        left = set(targets)
        for name in left:
            if name not in self.targets:
                raise UsageError(f"Cannot leave out '{name}'", f"the data sets are {', '.join(self.targets)}")
        return replace(
            self,
            rows=tuple(row for row in self.rows if row.target not in left),
            truths={target: truth for target, truth in self.truths.items() if target not in left},
        )


@dataclass(frozen=True)
class Known:
    """What tables of accuracies say.

    Attributes:
        truths: by data set.
        sources: what models were trained on, by model.
        architectures: by model.
    """

    truths: Mapping[str, Truth]
    sources: Mapping[str, str] = field(default_factory=dict)
    architectures: Mapping[str, str] = field(default_factory=dict)


def with_truth(table: TransferTable, known: Known) -> TransferTable:
    """Put accuracies beside scores, under the names that the tables of accuracies have for data sets and models.

    Rows whose source is the target are left out, since they would make every score look good, and so are rows without
    an accuracy; both are said.

    Args:
        table: of scores.
        known: accuracies.

    Raises:
        UsageError: no row has an accuracy.
    """
    targets = _renamed(table.targets, known.truths, same_dataset)
    models = {model for truth in known.truths.values() for model in (*truth.accuracies, *truth.left_out)}
    names = _renamed(dict.fromkeys(row.model for row in table.rows), models, same_model)
    kept: list[TransferRow] = []
    own, unknown = set(), set()
    for row in table.rows:
        target, model = targets.get(row.target), names.get(row.model, row.model)
        truth = None if target is None else known.truths[target]
        source = known.sources.get(model, row.source)
        if (source is not None and source == (target or row.target)) or (truth is not None and model in truth.left_out):
            own.add((model, target or row.target))
        elif target is None or truth is None or model not in truth.accuracies:
            unknown.add((model, target or row.target))
        else:
            architecture = known.architectures.get(model, row.architecture)
            kept.append(
                replace(
                    row,
                    model=model,
                    target=target,
                    source=source,
                    architecture=architecture,
                    accuracy=truth.accuracies[model],
                )
            )
    if not kept:
        there = f"scores are about {', '.join(table.targets[:3])}; accuracies about {', '.join(list(known.truths)[:3])}"
        raise UsageError("No score has a true accuracy beside it", there, "use the same names of models and data sets")
    notes = [*table.notes, *_left_out(own, "their source is the target itself")]
    notes += _left_out(unknown, "no true accuracy of them is known")
    found = dict.fromkeys(row.target for row in kept)
    return replace(
        table, rows=tuple(kept), truths={target: known.truths[target] for target in found}, notes=tuple(notes)
    )


def _renamed(names: Iterable[str], known: Iterable[str], same: Callable[[str, str], bool]) -> dict[str, str]:
    """Return what tables of accuracies call each name, where they know it: by the name itself first."""
    exact = dict.fromkeys(known)
    found = {}
    for name in names:
        plain = name.partition("@")[0]
        one = next((it for it in (name, plain) if it in exact), None)
        if one is None:
            one = next((it for it in exact if same(it, plain)), None)
        if one is not None:
            found[name] = one
    return found


def _left_out(transfers: Collection[tuple[str, str]], reason: str) -> list[str]:
    if not transfers:
        return []
    first = ", ".join(f"{model} on {target}" for model, target in sorted(transfers)[:3])
    more = ", ..." if len(transfers) > 3 else ""
    count = f"{len(transfers)} transfer{'s' if len(transfers) > 1 else ''}"
    return [f"Left out {count}, because {reason}: {first}{more}."]
