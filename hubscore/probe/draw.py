"""From the name of a data set to the rows that are drawn, before any of them is decoded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hubscore.errors import DatasetError, ErrorCode, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.files import is_file_of, leading
from hubscore.modalities.registry import MODALITIES
from hubscore.probe.columns import describe_columns, kind_of
from hubscore.probe.composite_rows import CompositeRows
from hubscore.probe.inputs import choose_input, input_notes, other_inputs, with_pair
from hubscore.probe.item_columns import PEEK
from hubscore.probe.label_choice import LabelChoice
from hubscore.probe.label_reading import find_labels, label_source
from hubscore.probe.labels import ProbeLabels
from hubscore.probe.layout import Layout, read_layout
from hubscore.probe.listed import shortened
from hubscore.probe.member_rows import MemberRows, label_of_members
from hubscore.probe.readers import open_rows
from hubscore.probe.rows import Rows
from hubscore.probe.rows_there import class_rows, rows_there
from hubscore.probe.sampling import draw_rows
from hubscore.probe.source import DataSource, locate_dataset
from hubscore.probe.stratified import SampledRows
from hubscore.probe.table import TableRows
from hubscore.probe.targets import Labels, read_labels
from hubscore.probe.tars import TarFiles
from hubscore.run.options import DataOptions
from hubscore.text import amount, option
from hubscore.types import Probe
from hubscore.types.inputs import label_note


@dataclass(frozen=True)
class DrawnRows:
    """Where the rows lie, what they are, what is their label, and which of them were drawn."""

    source: DataSource
    layout: Layout
    rows: Rows
    modality: Modality
    column: str
    sampled: SampledRows
    seed: int
    choice: LabelChoice | None = None
    labels: Labels | None = None

    @property
    def label_column(self) -> str | None:
        """Where the labels were found, or none."""
        return None if self.choice is None else self.choice.name

    @property
    def label_source(self) -> str | None:
        """What the label column holds, and how it was decided on."""
        if self.choice is None or self.labels is None:
            return None
        return label_source(self.choice, self.labels, self.rows)

    def notes(self, more: Sequence[str] = ()) -> tuple[str, ...]:
        """Return what must be said of the rows, what is the label first."""
        said = [label_note(self.label_column, self.label_source), *(self.labels.notes if self.labels else ())]
        return tuple(dict.fromkeys(note for note in (*said, *self.source.notes, *self.rows.notes, *more) if note))

    def describe(self, positions: Sequence[int], labels: ProbeLabels) -> Probe:
        """Return the probe of the rows at ``positions`` with these labels, without items, fingerprint and notes."""
        there = class_rows(self.rows, self.labels)
        return Probe(
            dataset=self.source.name,
            config=self.layout.config,
            split=self.layout.split,
            revision=self.source.revision,
            indices=tuple(int(number) for number in self.rows.numbers[list(positions)]),
            labels=labels.values,
            classes=labels.classes,
            target=labels.target,
            fingerprint="",
            seed=self.seed,
            population=self.rows.population,
            input_column=self.column,
            label_column=self.label_column,
            label_source=self.label_source,
            modality=self.modality.name,
            usable=rows_there(self.rows, self.labels),
            class_rows=tuple(there[name] for name in labels.classes if name in there),
        )


def draw_probe(
    dataset: str | os.PathLike[str],
    data: DataOptions,
    *,
    labels_required: bool = True,
    token: str | bool | None = None,
    streamed: int | None = None,
) -> DrawnRows:
    """Find the data set, its input column and its labels, and draw rows.

    Args:
        dataset: as :func:`hubscore.probe.load.load_probe` takes it.
        data: which rows and columns.
        labels_required: False draws at random where there are no labels.
        token: for the Hub.
        streamed: most rows that are read of a stream; four times as many as are drawn otherwise.

    Raises:
        UsageError: an unknown or ambiguous column, modality, split or configuration.
        DatasetError: no such data set, or it cannot be used.
        HubError: the Hub refused, failed or could not be reached.
    """
    modalities = tuple(MODALITIES) if data.modality is None else (MODALITIES.get(data.modality),)
    source = locate_dataset(dataset, revision=data.revision, token=token)
    files, config, split = source.files(), data.config or source.config, data.split or source.split
    layout = read_layout(source, files, modalities=modalities, config=config, split=split, read_as=data.read_as)
    samples = data.samples if streamed is None else max(1, streamed // 4)
    budget = data.probe_bytes
    rows = open_rows(source, files, layout, modalities=modalities, samples=samples, budget=budget, seed=data.seed)
    if streamed is not None and rows.population is None:  # a stream, of which there is no more to draw from
        data = replace(data, samples=min(data.samples, len(rows.numbers)))
    modality, column = _input(rows, modalities, *data.named_inputs)
    if data.named_inputs == (None, None):
        _check_plausible(rows, modality, column)
    if column not in rows.features:
        rows = CompositeRows(rows, column.split(","))
    opened = DrawnRows(source, layout, rows, modality, column, SampledRows([], [], {}), data.seed)
    return _draw(opened, data, labels_required)


def _input(
    rows: Rows, modalities: Sequence[Modality], name: str | None, pair: str | None = None
) -> tuple[Modality, str]:
    """Choose the input column, and say where others hold items as well."""
    asked, name = name is not None or pair is not None, with_pair(rows.features, modalities, name, pair)
    if not isinstance(rows, TableRows):
        modality, column = choose_input(rows.features, modalities, name)
        column = column if asked else _plausible_part(rows, modality, column)
        rows.notes += input_notes(rows.features, modality, column, asked=asked)
        return modality, column
    modalities = modalities if name is None else _naming(rows, modalities, name)
    counts = {other: len(rows.numbers) - rows.column(other).null_count for other in rows.features}
    chosen = name or rows.input_column
    modality, column = choose_input(rows.features, modalities, chosen, counts=counts, words=_words(rows))
    column = column if asked else _plausible_part(rows, modality, column)
    if name is None and (others := other_inputs(rows.features, modality, column, counts)):
        rows.notes.append(others)
    rows.notes += input_notes(rows.features, modality, column, asked=asked)
    if isinstance(rows.files, TarFiles) and (lacking := len(rows.numbers) - counts.get(column, len(rows.numbers))):
        rows.notes.append(f"left out, without {column}: {amount(lacking, 'key', 'keys')} of {len(rows.numbers):,}")
        rows.keep(np.flatnonzero(rows.column(column).is_valid().to_numpy()).tolist())
    return modality, column


def _words(rows: TableRows) -> dict[str, float]:
    """Return by column of texts how many words a few of its values have."""
    found = {}
    for name, feature in rows.features.items():
        values = rows.column(name).drop_null().slice(0, PEEK).to_pylist() if kind_of(feature) == "text" else []
        found[name] = sum(len(value.split()) for value in values) / max(1, len(values))
    return found


def _naming(rows: TableRows, modalities: Sequence[Modality], name: str) -> Sequence[Modality]:
    """Leave out modalities that yield where a column that was named holds names of files of another."""
    if name not in rows.features or kind_of(rows.features[name]) != "text":
        return modalities
    filed = leading(modalities)
    values = rows.column(name).drop_null().slice(0, PEEK).to_pylist()
    named = sum(any(is_file_of(value, one) for one in filed) for value in values)
    return filed if named and 2 * named >= len(values) else modalities


def _check_plausible(rows: Rows, modality: Modality, column: str) -> None:
    """Refuse a column that nothing but its type speaks for where its values are of another kind, as names are.

    Raises:
        UsageError: a few values say so.
    """
    if not modality.yields or column not in rows.features or column.lower() in modality.column_names:
        return
    if modality.holds_files(rows.features[column]) or not len(rows.numbers):
        return
    found = _some(rows, modality, column)
    if not _are_plausible(modality, found):
        example = shortened(modality.decode(found[0]))
        raise UsageError(
            f"Nothing says that column {column!r} holds {modality.nouns[1]}",
            f"its values are single words, such as {example!r}; {describe_columns(rows.features)}",
            f"{option(modality.column_option, column)}, if it does",
        )


def _plausible_part(rows: Rows, modality: Modality, column: str) -> str:
    """Return one column alone where an item would be made of several whose names say no more than that they are alike,
    and all others hold single words, as classes are: ``v2`` of ``v1,v2``.
    """
    parts = column.split(",")
    before = parts[0].rstrip("12abAB").rstrip("_- ").lower()
    if column in rows.features or len(parts) < 2 or before in ("", *modality.column_names) or not len(rows.numbers):
        return column
    plausible = [part for part in parts if _are_plausible(modality, _some(rows, modality, part))]
    return plausible[0] if len(plausible) == 1 else column


def _some(rows: Rows, modality: Modality, column: str) -> list[bytes]:
    step = max(1, len(rows.numbers) // PEEK)
    return [one.data for one in rows.items(column, range(0, len(rows.numbers), step)[:PEEK], modality) if one.data]


def _are_plausible(modality: Modality, items: Sequence[bytes]) -> bool:
    return 2 * sum(map(modality.plausible, items)) >= len(items)


def _draw(opened: DrawnRows, data: DataOptions, labels_required: bool) -> DrawnRows:
    """Read the labels and draw rows by them; without labels where there are none and none are required."""
    rows, column, modality = opened.rows, opened.column, opened.modality
    rng = np.random.default_rng([data.seed, 0])

    def draw(labels: Labels | None) -> SampledRows:
        items, budget = modality.nouns[1], data.probe_bytes
        whole = rows.whole if isinstance(rows, MemberRows) else None
        return draw_rows(rows, column, labels, items=items, samples=data.samples, budget=budget, rng=rng, whole=whole)

    try:
        choice = label_of_members(rows, column, modality, name=data.label_column, target=data.target)
        if choice is not None:
            rows = MemberRows(rows, column, choice.name, np.random.default_rng([data.seed, 2]))
            labels = read_labels(
                rows.column(choice.name), rows.features[choice.name], name=choice.name, target=data.target
            )
            sampled = draw(labels)
            rows.notes.append(rows.drawn_note(sampled.rows))
            return replace(opened, rows=rows, choice=choice, labels=labels, sampled=sampled)
        if modality.is_sequence(rows.features.get(column)):
            rows.notes.append(f"each text is the words of {column!r} with spaces between them")
        choice, labels = find_labels(rows, column, modality, name=data.label_column, target=data.target)
        return replace(opened, choice=choice, labels=labels, sampled=draw(labels))
    except (DatasetError, UsageError) as error:
        if labels_required or data.label_column is not None:
            raise
        if error.code in (ErrorCode.LABEL_UNSURE, ErrorCode.LABEL_AMBIGUOUS) and not data.unlabeled:
            rows.notes.append(f"no labels were read: {error.what[:1].lower()}{error.what[1:]} ({error.fix})")
    return replace(opened, sampled=draw(None))
