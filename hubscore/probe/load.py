"""``load_probe``: from the name of a data set to the rows that every candidate is run over."""

from __future__ import annotations

import os
from dataclasses import replace

from hubscore.modalities.item_seconds import measure_items
from hubscore.modalities.lazy_items import LazyItems
from hubscore.probe.damage import damage_named
from hubscore.probe.decoding import DecodedRows, broken_rows, decode_rows
from hubscore.probe.draw import DrawnRows, draw_probe
from hubscore.probe.fingerprint import fingerprint
from hubscore.probe.labels import ProbeLabels, probe_labels
from hubscore.probe.repeats import repeat_notes
from hubscore.probe.rows import portions
from hubscore.probe.sampling import drop_small_classes
from hubscore.probe.stratified import SampledRows
from hubscore.run.keywords import takes_options
from hubscore.run.options import DataOptions
from hubscore.types import Probe

PREVIEWED = 100
"""Rows of a stream that a preview looks at."""

TRIED = 20
"""Items on this machine that a preview decodes, to say where they are broken."""

MOST_HASHED = 256_000_000
"""Bytes of items on this machine that a preview reads, so that what is kept of them can be found."""


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
    with damage_named(dataset):
        return _loaded(dataset, data, labels_required, token)


def _loaded(
    dataset: str | os.PathLike[str], data: DataOptions, labels_required: bool, token: str | bool | None
) -> Probe:
    drawn = draw_probe(dataset, data, labels_required=labels_required, token=token)
    rows, column, modality, labels = drawn.rows, drawn.column, drawn.modality, drawn.labels
    decoded = decode_rows(rows, column, drawn.sampled, modality=modality, budget=data.probe_bytes)
    decoded = drop_small_classes(decoded, labels, rows.notes, items=modality.nouns[1])
    as_vectors = data.target == "annotation"
    found = probe_labels(rows, decoded, drawn.label_column, labels, modality=modality, as_vectors=as_vectors)
    row_ids = tuple(map(modality.identity, decoded.encoded))
    said = [*modality.notes_on(decoded.encoded), *repeat_notes(row_ids, modality.nouns[1])]
    return replace(
        drawn.describe(decoded.positions, found),
        fingerprint=fingerprint(decoded.encoded, found.values, found.classes, found.target),
        dropped=tuple(decoded.dropped),
        notes=drawn.notes([*said, *broken_rows(decoded, modality)]),
        bytes_read=rows.files.meter.total,
        items=LazyItems(decoded.items),
        item_seconds=measure_items(decoded.items),
        row_ids=row_ids,
    )


def preview_probe(
    dataset: str | os.PathLike[str],
    data: DataOptions,
    *,
    labels_required: bool = True,
    token: str | bool | None = None,
) -> Probe:
    """Return what :func:`load_probe` would draw, without its items: of local files a few are decoded, of others none.

    Of formats that can only be read as a stream, the first :data:`PREVIEWED` rows are looked at.

    Args:
        dataset: as there.
        data: which rows and columns.
        labels_required: as there.
        token: for the Hub.

    Raises:
        UsageError: as there.
        DatasetError: as there, but for what only shows in items that were not looked at.
        HubError: the Hub refused, failed or could not be reached.
    """
    with damage_named(dataset):
        return _previewed(dataset, data, labels_required, token)


def _previewed(
    dataset: str | os.PathLike[str], data: DataOptions, labels_required: bool, token: str | bool | None
) -> Probe:
    drawn = draw_probe(dataset, data, labels_required=labels_required, token=token, streamed=PREVIEWED)
    kept = DecodedRows(drawn.sampled.rows, drawn.sampled.groups)
    found = ProbeLabels(None, (), data.target)
    if drawn.labels is None or drawn.labels.target != "annotation":
        found = probe_labels(drawn.rows, kept, drawn.label_column, drawn.labels, modality=drawn.modality)
    read = drawn.rows.files.meter.total  # of labels; the items that are tried are not counted
    tried = DecodedRows() if drawn.source.kind == "hub" else _tried(drawn)
    notes, seconds = drawn.notes(broken_rows(tried, drawn.modality)), measure_items(tried.items)
    rows = () if drawn.source.kind == "hub" else _row_ids(drawn)
    described = drawn.describe(kept.positions, found)
    return replace(described, notes=notes, bytes_read=read, item_seconds=seconds, row_ids=rows)


def _row_ids(drawn: DrawnRows) -> tuple[str, ...]:
    """Return a hash of the content of each drawn row; nothing where that is much to read, or one is broken."""
    meter, found = drawn.rows.files.meter, dict[int, str]()
    before = meter.total
    for places in portions(drawn.rows, drawn.column, dict(enumerate(drawn.sampled.rows))):
        items = drawn.rows.items(drawn.column, [drawn.sampled.rows[at] for at in places], drawn.modality)
        if any(one.fault is not None for one in items) or meter.total - before > MOST_HASHED:
            return ()
        found |= {at: drawn.modality.identity(one.data) for at, one in zip(places, items, strict=True)}
    return tuple(found[at] for at in range(len(found)))


def _tried(drawn: DrawnRows) -> DecodedRows:
    """Decode a few of the drawn items; where all of them are broken, they are refused as in a ranking."""
    positions = drawn.sampled.rows
    few = positions[:: max(1, len(positions) // TRIED)][:TRIED]
    some = SampledRows(few, [0] * len(few), {})
    return decode_rows(drawn.rows, drawn.column, some, modality=drawn.modality, budget=0)
