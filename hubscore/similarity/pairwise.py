"""All pairs of many networks: what belongs to one network is computed once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hubscore.errors import Undefined, UsageError
from hubscore.numerics.workspace import Floats
from hubscore.registry import load_target
from hubscore.similarity.attribution import no_cosine
from hubscore.similarity.canonical_correlation import FewSamples
from hubscore.similarity.info import SIMILARITIES, SimilarityInfo
from hubscore.similarity.map_cosines import mean_cosines
from hubscore.similarity.validation import maps_of, same_rows

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Relations:
    """A table of similarities.

    Attributes:
        name: of the comparison.
        rows: names of the networks of the rows.
        columns: names of the networks of the columns.
        values: shape (rows, columns), NaN where undefined.
        undefined: the reason, by pair of names, wherever a value is NaN.
        notes: what to know of the values, each once.
    """

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats
    undefined: Mapping[tuple[str, str], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def pairwise(
    name: str,
    items: Mapping[str, Any],
    others: Mapping[str, Any] | None = None,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> Relations:
    """Compare every two of many networks.

    Args:
        name: a comparison; see :func:`hubscore.similarity.api.similarity`.
        items: by name, what :func:`similarity` takes of a network. Maps may be anything with a shape that gives an
            array for a slice of samples, so that files need not be read whole.
        others: compare ``items`` with these instead of with one another: the new rows of a growing table.
        progress: called with how many are done, and of how many.
        **options: the comparison's own.

    Returns:
        The table. What cannot be compared is undefined in it, with the reason, and does not stop the rest.

    Raises:
        UsageError: fewer than two networks, unfit inputs, an unknown name or option.

    Example:
        >>> import numpy as np
        >>> a = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
        >>> np.round(pairwise("cka", {"a": a, "b": a[:, :1]}).values, 4).tolist()
        [[1.0, 0.7071], [0.7071, 1.0]]
    """
    info = SIMILARITIES.get(name)
    chosen = info.resolve_options(options)
    if len(items) + len(others or ()) < 2:
        raise UsageError("Cannot compare fewer than two networks", f"there is {len(items)}", "name at least two")
    if info.inputs == "features":
        same_rows([*items.values(), *(others or {}).values()])
    table = _Table(info, tuple(items), tuple(items if others is None else others))
    _fill(table, items, others, chosen, progress or _silent)
    return Relations(name, table.rows, table.columns, table.values, table.undefined, tuple(table.notes))


def _silent(done: int, total: int) -> None:
    """Report to nobody."""


class _Table:
    """The values as they come in."""

    def __init__(self, info: SimilarityInfo, rows: tuple[str, ...], columns: tuple[str, ...]) -> None:
        self.info, self.rows, self.columns = info, rows, columns
        self.values: Floats = np.full((len(rows), len(columns)), np.nan)
        self.undefined: dict[tuple[str, str], str] = {}
        self.notes: list[str] = []

    def refuse(self, row: int, column: int, reason: Undefined) -> None:
        self.values[row, column] = np.nan
        self.undefined.setdefault((self.rows[row], self.columns[column]), reason.reason)


def _fill(
    table: _Table,
    items: Mapping[str, Any],
    others: Mapping[str, Any] | None,
    options: dict[str, Any],
    progress: Progress,
) -> None:
    if table.info.inputs == "maps":
        _fill_maps(table, items, others, progress)
    elif table.info.inputs == "both":
        _fill_both(table, items, others, options, progress)
    else:
        _fill_prepared(table, items, others, options, progress)


def _fill_maps(table: _Table, items: Mapping[str, Any], others: Mapping[str, Any] | None, progress: Progress) -> None:
    left, right = (
        [maps_of(item, table.info.title) for item in some.values()] if some is not None else None
        for some in (items, others)
    )
    assert left is not None
    found = mean_cosines(left, right, progress=progress)
    table.values[:] = found.mean
    for row, column in np.argwhere(found.samples < 2):
        table.refuse(row, column, no_cosine(table.info.title, int(found.samples[row, column])))
    short = (found.samples < left[0].shape[0]) & (found.samples >= 2)
    if short.any():
        least = int(found.samples[short].min())
        table.notes.append(
            f"samples on which a map is zero are left out: some pairs are compared on {least} of {left[0].shape[0]}"
            " samples"
        )


def _fill_both(
    table: _Table,
    items: Mapping[str, Any],
    others: Mapping[str, Any] | None,
    options: dict[str, Any],
    progress: Progress,
) -> None:
    """DEPARA: nodes plus lambda times edges, each by its own way."""
    from hubscore.similarity.depara import check_lambda

    check_lambda(options["lambda_"])
    edges = _Table(SIMILARITIES.get("depara_edges"), table.rows, table.columns)
    _fill_maps(table, items, others, progress)
    if options["lambda_"]:
        _fill_prepared(edges, items, others, {}, progress)
        table.values += options["lambda_"] * edges.values
        table.undefined |= {pair: why for pair, why in edges.undefined.items() if pair not in table.undefined}


def _fill_prepared(
    table: _Table,
    items: Mapping[str, Any],
    others: Mapping[str, Any] | None,
    options: dict[str, Any],
    progress: Progress,
) -> None:
    left = _prepare(table.info, items, options)
    right = left if others is None else _prepare(table.info, others, options)
    if table.info.combine:
        _combine(table, left, right, square=others is None, progress=progress)
    else:
        _multiply(table, left, right)


def _prepare(info: SimilarityInfo, items: Mapping[str, Any], options: dict[str, Any]) -> list[Any]:
    """Return what is computed once per network, or the reason why it cannot be."""
    prepare, prepared = load_target(info.prepare), []
    for name, item in items.items():
        try:
            prepared.append(prepare(item, **options))
        except Undefined as reason:
            prepared.append(reason)
        except UsageError as error:
            raise UsageError(f"Cannot compare {name!r}: {error.what}", error.why, error.fix) from error
    return prepared


def _multiply(table: _Table, left: Sequence[Any], right: Sequence[Any]) -> None:
    """Unit vectors: one matrix product."""
    vectors = [vector for vector in (*left, *right) if not isinstance(vector, Undefined)]
    for vector in vectors:
        if len(vector) != len(vectors[0]):
            raise UsageError(
                "Cannot compare these networks",
                "they saw different numbers of samples",
                "run all over the same samples",
            )
    rows, columns = (
        [place for place, vector in enumerate(side) if not isinstance(vector, Undefined)] for side in (left, right)
    )
    if rows and columns:
        product = np.stack([left[place] for place in rows]) @ np.stack([right[place] for place in columns]).T
        table.values[np.ix_(rows, columns)] = np.clip(product, -1.0, 1.0)
    _refuse_all(table, left, right)


def _refuse_all(table: _Table, left: Sequence[Any], right: Sequence[Any]) -> None:
    for row, first in enumerate(left):
        for column, second in enumerate(right):
            reason = first if isinstance(first, Undefined) else second
            if isinstance(reason, Undefined):
                table.refuse(row, column, reason)


def _combine(table: _Table, left: Sequence[Any], right: Sequence[Any], *, square: bool, progress: Progress) -> None:
    """Compute pair by pair."""
    combine, mirrored = load_target(table.info.combine), square and table.info.symmetric
    _refuse_all(table, left, right)
    with _few_samples(table):
        for row, first in enumerate(left):
            for column, second in enumerate(right):
                if isinstance(first, Undefined) or isinstance(second, Undefined) or (mirrored and column < row):
                    continue
                try:
                    table.values[row, column] = combine(first, second)
                except Undefined as reason:
                    table.refuse(row, column, reason)
            progress(row + 1, len(left))
    if mirrored:
        _mirror(table)


@contextmanager
def _few_samples(table: _Table) -> Iterator[None]:
    """Make one note of the warnings of all pairs; other warnings go on."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FewSamples)
        yield
    few = [one.message for one in caught if isinstance(one.message, FewSamples)]
    if few:
        most = max(message.enough for message in few)
        table.notes.append(
            f"some pairs come out too high, from too few samples for their directions; {most} would be enough for all"
        )
    for one in caught:
        if not isinstance(one.message, FewSamples):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)


def _mirror(table: _Table) -> None:
    lower = np.tril_indices(len(table.values), -1)
    table.values[lower] = table.values.T[lower]
    table.undefined |= {(second, first): why for (first, second), why in table.undefined.items()}
