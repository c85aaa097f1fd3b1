"""The leaderboard: one flat row for each model of each run, made from runs and merged without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from hubscore.column_table import TableColumn, columns_in, flat_kinds
from hubscore.types import SCHEMA, Json
from hubscore.types.inputs import label_note

if TYPE_CHECKING:
    import pyarrow as pa

BOARD = ("dataset", "config", "split", "revision", "fingerprint")
"""What names the rows that were looked at; ``revision`` is the data set's."""
KEY = (*BOARD, "model", "model_revision", "run")
"""What names a line: no run ever takes a line of another one away."""

_TYPES = {"text": "string", "whole": "int64", "real": "float64"}
COLUMNS: Mapping[str, str] = {name: _TYPES[kind] for name, kind in flat_kinds("leaderboard").items()}
"""Columns that every leaderboard has, with their types; those below come beside them, one per score or baseline."""

GROUPS = ("score_", "sd_", "baseline_", "tau_")
"""Beginnings of the other columns: the score, its standard error, a baseline, and the tau-b of the run's order
with that baseline.
"""


def build_leaderboard(
    rankings: Iterable[tuple[str, str, Json]], publishers: Mapping[str, str | None] | None = None
) -> pa.Table:
    """Return the lines of some runs, every run with all of its own.

    Args:
        rankings: ``(run id, date, the ranking's JSON)`` of each; JSON of an older schema is read too.
        publishers: who published them, by run id, where that is known.

    Returns:
        Columns as in :data:`COLUMNS`, then ``score_<name>``, ``sd_<name>``, ``baseline_<name>`` and ``tau_<name>``;
        missing where a score is undefined. Sorted by data set, probe, run and rank.

    Example:
        >>> build_leaderboard([]).column_names[:3]
        ['dataset', 'config', 'split']
    """
    whose = publishers or {}
    lines = [
        _line(row, data, {"run": run, "date": date, "publisher": whose.get(run)})
        for run, date, data in rankings
        for row in data.get("rows") or ()
    ]
    return tidy(_table(lines))


def merge_leaderboards(old: pa.Table, new: pa.Table) -> pa.Table:
    """Return the lines of both: those of a run that ``new`` holds as they are there, all others as they are in ``old``.

    A run that is published again leaves nothing of its first version behind, and touches no other. Merging a table into
    itself changes nothing.

    Args:
        old: as :func:`build_leaderboard` returns it, or as another version of hubscore wrote it; columns it lacks are
            missing.
        new: the same.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    again = pc.is_in(old["run"], new["run"].combine_chunks()) if "run" in old.column_names and len(new) else None
    kept = old if again is None else old.filter(pc.invert(again))
    return tidy(pa.concat_tables([typed(kept), typed(new)], promote_options="permissive"))


def tidy(table: pa.Table) -> pa.Table:
    """Return a table with each line once, all columns in their places, sorted by data set, probe, run and rank."""
    import pyarrow as pa

    table = typed(table)
    keys = list(zip(*(table[name].to_pylist() for name in KEY), strict=True))
    ages = list(zip(table["date"].to_pylist(), table["run"].to_pylist(), strict=True))
    latest: dict[tuple[Any, ...], int] = {}
    for place, key in enumerate(keys):
        if key not in latest or _comparable(ages[place]) >= _comparable(ages[latest[key]]):
            latest[key] = place
    ranks, expected, consensus = (table[name].to_pylist() for name in ("rank", "expected", "consensus"))

    def where(place: int) -> tuple[Any, ...]:
        mine = dict(zip(KEY, keys[place], strict=True))
        rank = ranks[place]
        return (
            *_comparable(tuple(mine[name] for name in BOARD)),
            *_comparable((mine["run"],)),
            rank is None,
            rank or 0,
            -(expected[place] or consensus[place] or 0.0),  # among tied models as in their ranking
            *_comparable((mine["model"], mine["model_revision"])),
        )

    return table.take(pa.array(sorted(latest.values(), key=where), pa.int64())).combine_chunks()


def with_publishers(table: pa.Table, publishers: Mapping[str, str]) -> pa.Table:
    """Return a table whose lines say who published their run, where they did not."""
    import pyarrow as pa

    if not publishers or not len(table):
        return table
    table = typed(table)
    pairs = zip(table["run"].to_pylist(), table["publisher"].to_pylist(), strict=True)
    told = pa.array([known or publishers.get(run) for run, known in pairs], pa.string())
    return table.set_column(table.column_names.index("publisher"), "publisher", told)


def records(table: pa.Table) -> list[Json]:
    """Return the lines as plain JSON values; what is missing is none."""
    return [{name: None if value != value else value for name, value in line.items()} for line in table.to_pylist()]


def empty() -> pa.Table:
    """Return a leaderboard without lines."""
    return _table([])


def _line(row: Json, data: Json, run: Json) -> Json:
    probe, record = data.get("probe") or {}, data.get("record") or {}
    agreement = data.get("agreement") or {}
    taus = agreement.get("order") or agreement.get("consensus") or {}
    known = {
        **{name: probe.get(name) for name in (*BOARD, "target")},
        "label": (label_note(probe.get("label_column"), probe.get("label_source")) or "").removeprefix("label: ")
        or None,
        "candidates": len(data["rows"]),
        "samples": probe.get("samples") or len(probe.get("indices") or ()) or None,
        "classes": probe.get("n_classes") or len(probe.get("classes") or ()) or None,
        **run,
        "ordered_by": record.get("ordered_by"),
        "hubscore_version": (record.get("versions") or {}).get("hubscore"),
        "schema": SCHEMA,
    }
    row = {**row, **_measured(row)}
    return {
        **{
            name: value
            for column in columns_in("leaderboard")
            for name, value in zip(column.flat_names("leaderboard"), _values(column, row, known), strict=True)
        },
        **_named("score_", row.get("scores")),
        **_named("sd_", row.get("score_sd")),
        **_named("baseline_", row.get("baselines")),
        **_named("tau_", taus),
    }


def _values(column: TableColumn, row: Json, run: Json) -> tuple[Any, ...]:
    if column.kind == "reasons":
        return (_reasons(row),)
    return column.flat_values((run if column.source == "run" else row).get(column.name))


def _measured(row: Json) -> Json:
    """Return what a short fine-tuning reached, and on how many rows, where there was one."""
    measured = row.get("measured") or {}
    return {"measured_accuracy": measured.get("accuracy"), "measured_images": measured.get("images")}


def _named(beginning: str, values: Mapping[str, float | None] | None) -> dict[str, float | None]:
    return {f"{beginning}{name}": value for name, value in (values or {}).items()}


def _reasons(row: Json) -> str | None:
    """Write why scores have no value as JSON text, since every line has reasons of its own."""
    import json

    return json.dumps(row["undefined"], ensure_ascii=False, sort_keys=True) if row.get("undefined") else None


def _table(lines: list[Json]) -> pa.Table:
    import pyarrow as pa

    extra = dict.fromkeys(name for line in lines for name in line if name not in COLUMNS)
    types = {**COLUMNS, **dict.fromkeys(extra, _TYPES["real"])}
    arrays = [pa.array([line.get(name) for line in lines], pa.type_for_alias(kind)) for name, kind in types.items()]
    return pa.table(dict(zip(types, arrays, strict=True)))


def typed(table: pa.Table) -> pa.Table:
    """Return a table with every column of ours in its type and place; what it lacks is missing, what we do not know
    stays.
    """
    import pyarrow as pa

    types = {**COLUMNS, **{name: _TYPES["real"] for name in table.column_names if name.startswith(GROUPS)}}
    others = {name: table[name] for name in table.column_names if name not in types}
    grouped = [
        name for group in GROUPS for name in table.column_names if name.startswith(group) and name not in COLUMNS
    ]
    columns = {}
    for name in (*COLUMNS, *grouped):
        kind = pa.type_for_alias(types[name])
        columns[name] = table[name].cast(kind) if name in table.column_names else pa.nulls(len(table), kind)
    return pa.table({**columns, **others})


def _comparable(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Make values comparable that may be none."""
    return tuple(("", "") if value is None else ("x", value) for value in values)
