"""``load_probe``: from the name of a data set to the rows that every candidate is run over."""

from __future__ import annotations

import os

import numpy as np

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.base import Modality
from hubscore.modalities.lazy_items import LazyItems
from hubscore.modalities.registry import MODALITIES
from hubscore.probe import columns
from hubscore.probe.decoding import decode_rows
from hubscore.probe.fingerprint import fingerprint
from hubscore.probe.inputs import choose_input
from hubscore.probe.labels import probe_labels
from hubscore.probe.layout import read_layout
from hubscore.probe.readers import open_rows
from hubscore.probe.rows import Rows
from hubscore.probe.sampling import draw_rows, drop_small_classes
from hubscore.probe.source import locate_dataset
from hubscore.probe.stratified import SampledRows
from hubscore.probe.targets import Labels, read_labels
from hubscore.run.keywords import takes_options
from hubscore.run.options import DataOptions
from hubscore.types import Probe


@takes_options(DataOptions, omit=("unlabeled",))
def load_probe(
    dataset: str | os.PathLike[str],
    *,
    data: DataOptions,
    labels_required: bool = True,
    token: str | bool | None = None,
) -> Probe:
    """Draw the rows of a data set that every candidate is run over.

    Classes are drawn in rounds as PARC does, so that rows cycle through them; several labels a row likewise, label by
    label; regressions, annotations and unlabeled sets plainly at random. Of a Parquet data set only the labels and the
    row groups with drawn rows are read.

    Args:
        dataset: a Hub id (``user/repo``, ``user/repo@revision``, ``hf://datasets/user/repo``), a folder of images or of
            Parquet files, or a CSV, TSV, JSON lines or Parquet file with items or their paths. A local path that exists
            wins over a Hub id.
        data: which rows and columns, as one object in place of the keywords below. Of ``target``, ``annotation`` gives
            the annotations as vectors, of boxes and masks the area shares per class; where ``probe_bytes`` binds, rows
            come from row groups drawn at random, and a note says so.
        labels_required: False draws at random where there are no labels.
        token: for the Hub; the one of ``hf auth login`` otherwise.

    Returns:
        The probe, with its items in memory.

    Raises:
        UsageError: an unknown or ambiguous column, modality, split or configuration.
        DatasetError: no such data set, or it cannot be used: no items, no labels, one class, too many broken rows.
        HubError: the Hub refused, failed or could not be reached.

    Example:
        >>> probe = load_probe("user/birds", samples=200)  # doctest: +SKIP
        >>> probe.items[0].size, probe.classes[probe.labels[0]]  # doctest: +SKIP
    """
    modalities = tuple(MODALITIES) if data.modality is None else (MODALITIES.get(data.modality),)
    budget = data.probe_bytes
    source = locate_dataset(dataset, revision=data.revision, token=token)
    files = source.files()
    layout = read_layout(
        source, files, modalities=modalities, config=data.config, split=data.split, read_as=data.read_as
    )
    rows = open_rows(source, files, layout, modalities=modalities, samples=data.samples, budget=budget, seed=data.seed)
    modality, column = choose_input(rows.features, modalities, data.image_column)
    name, labels, draw = _draw(rows, column, modality, data, labels_required)
    decoded = decode_rows(rows, column, draw, modality=modality, budget=budget)
    decoded = drop_small_classes(decoded, labels, rows.notes, items=modality.nouns[1])
    found = probe_labels(rows, decoded, name, labels, modality=modality, as_vectors=data.target == "annotation")
    return Probe(
        dataset=source.name,
        config=layout.config,
        split=layout.split,
        revision=source.revision,
        indices=tuple(int(number) for number in rows.numbers[decoded.positions]),
        labels=found.values,
        classes=found.classes,
        target=found.target,
        fingerprint=fingerprint(decoded.encoded, found.values, found.classes, found.target),
        seed=data.seed,
        dropped=tuple(decoded.dropped),
        notes=tuple(dict.fromkeys(rows.notes)),
        population=rows.population,
        input_column=column,
        label_column=name,
        bytes_read=rows.files.meter.total,
        modality=modality.name,
        items=LazyItems(decoded.encoded, decoded.decoded, modality.decode),
        row_ids=tuple(map(modality.identity, decoded.encoded)),
    )


def _draw(
    rows: Rows, column: str, modality: Modality, data: DataOptions, labels_required: bool
) -> tuple[str | None, Labels | None, SampledRows]:
    """Read the labels and draw rows by them; without labels where there are none and none are required."""
    rng = np.random.default_rng([data.seed, 0])
    budget = data.probe_bytes

    def draw(labels: Labels | None) -> SampledRows:
        return draw_rows(rows, column, labels, items=modality.nouns[1], samples=data.samples, budget=budget, rng=rng)

    try:
        name, labels = _labels(rows, column, modality, data)
        return name, labels, draw(labels)
    except (DatasetError, UsageError):
        if labels_required or data.label_column is not None:
            raise
    return None, None, draw(None)


def _labels(rows: Rows, column: str, modality: Modality, data: DataOptions) -> tuple[str, Labels]:
    """Choose the label column and read it; of a modality's own annotations, which are read for the drawn rows only,
    just which rows have one.
    """
    target = data.target
    try:
        name = columns.label_column(rows.features, column, modality, name=data.label_column, target=target)
    except DatasetError as error:
        why = f"{rows.hint}; {error.why}" if rows.hint else error.why
        raise DatasetError(error.what, why, error.fix, code=error.code, **error.details) from None
    feature = columns.feature_of(rows.features, name)
    if target == "annotation" and modality.is_annotation(feature):
        if columns.kind_of(feature) == "file":
            return name, Labels("annotation", np.zeros(len(rows.numbers)), (), np.zeros(len(rows.numbers), dtype=bool))
        values = rows.column(name)
        return name, Labels("annotation", np.zeros(len(values)), (), values.is_null().to_numpy())
    return name, read_labels(rows.column(name), feature, name=name, target=target)
