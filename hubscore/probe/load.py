"""``load_probe``: from the name of a data set to the rows that every candidate is run over."""

from __future__ import annotations

import os

import numpy as np

from hubscore.errors import DatasetError, UsageError
from hubscore.modalities.lazy_items import LazyItems
from hubscore.modalities.registry import DEFAULT, MODALITIES
from hubscore.probe import columns
from hubscore.probe.decoding import decode_rows
from hubscore.probe.fingerprint import fingerprint
from hubscore.probe.labels import probe_labels
from hubscore.probe.layout import read_layout
from hubscore.probe.readers import open_rows
from hubscore.probe.rows import Rows
from hubscore.probe.sampling import draw_rows, drop_small_classes
from hubscore.probe.source import locate_dataset
from hubscore.probe.targets import Labels, read_labels
from hubscore.run.keywords import takes_options
from hubscore.run.options import DataOptions
from hubscore.types import Probe, Target


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
            Parquet files, or a CSV, TSV, JSON lines or Parquet file with image paths or bytes. A local path that exists
            wins over a Hub id.
        data: which rows and columns, as one object in place of the keywords below. Of ``target``, ``annotation`` gives
            boxes or masks as area shares per class; where ``probe_bytes`` binds, rows come from row groups drawn at
            random, and a note says so.
        labels_required: False draws at random where there are no labels.
        token: for the Hub; the one of ``hf auth login`` otherwise.

    Returns:
        The probe, with its images in memory.

    Raises:
        UsageError: an unknown or ambiguous column, split or configuration.
        DatasetError: no such data set, or it cannot be used: no images, no labels, one class, too many broken images.
        HubError: the Hub refused, failed or could not be reached.

    Example:
        >>> probe = load_probe("user/birds", samples=200)  # doctest: +SKIP
        >>> probe.items[0].size, probe.classes[probe.labels[0]]  # doctest: +SKIP
    """
    place = locate_dataset(dataset, revision=data.revision, token=token)
    files = place.files()
    layout = read_layout(place, files, config=data.config, split=data.split)
    rows = open_rows(place, files, layout, samples=data.samples, budget=data.probe_bytes, seed=data.seed)
    modality = MODALITIES.get(DEFAULT)
    column = columns.image_column(rows.features, data.image_column)
    rng = np.random.default_rng([data.seed, 0])
    try:
        name, labels = _labels(rows, column, data.label_column, data.target)
        draw = draw_rows(rows, column, labels, samples=data.samples, budget=data.probe_bytes, rng=rng)
    except (DatasetError, UsageError):
        if labels_required or data.label_column is not None:
            raise
        name, labels = None, None
        draw = draw_rows(rows, column, None, samples=data.samples, budget=data.probe_bytes, rng=rng)
    decoded = decode_rows(rows, column, draw, modality=modality, budget=data.probe_bytes)
    drawn = drop_small_classes(decoded, labels, rows.notes)
    found = probe_labels(rows, drawn, name, labels, modality=modality, as_vectors=data.target == "annotation")
    return Probe(
        dataset=place.name,
        config=layout.config,
        split=layout.split,
        revision=place.revision,
        indices=tuple(int(number) for number in rows.numbers[drawn.places]),
        labels=found.values,
        classes=found.classes,
        target=found.target,
        fingerprint=fingerprint(drawn.encoded, found.values, found.classes, found.target),
        seed=data.seed,
        dropped=tuple(drawn.dropped),
        notes=tuple(dict.fromkeys(rows.notes)),
        population=rows.population,
        input_column=column,
        label_column=name,
        bytes_read=rows.files.meter.total,
        modality=modality.name,
        items=LazyItems(drawn.encoded, drawn.decoded, modality.decode),
        row_ids=tuple(map(modality.identity, drawn.encoded)),
    )


def _labels(rows: Rows, image: str, wanted: str | None, target: Target | None) -> tuple[str, Labels]:
    """Choose the label column and read it; of boxes and masks, which are read for the drawn rows only, just which
    rows have one.
    """
    try:
        name = columns.label_column(rows.features, image, wanted, target)
    except DatasetError as error:
        why = f"{rows.hint}; {error.why}" if rows.hint else error.why
        raise DatasetError(error.what, why, error.fix, code=error.code, **error.details) from None
    feature = columns.feature_of(rows.features, name)
    if target == "annotation" and columns.sort_of(feature) == "image":
        return name, Labels("annotation", np.zeros(len(rows.numbers)), (), np.zeros(len(rows.numbers), dtype=bool))
    column = rows.column(name)
    if target == "annotation" and columns.sort_of(feature) == "objects":
        return name, Labels("annotation", np.zeros(len(column)), (), column.is_null().to_numpy())
    return name, read_labels(column, feature, name=name, target=target)
