"""Many saved rankings as one transfer table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from hubscore.bench.compare import Kind, columns_of
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.calibration.dataset_names import plain_name
from hubscore.errors import UsageError
from hubscore.types import Ranking


def table_of_rankings(rankings: Iterable[Ranking]) -> TransferTable:
    """Put rankings together: those of one data set over other rows are its probes, in the order in which they come.

    Two rankings over the same rows are parts of one pool. Of a model that both have the later value of each score
    counts; a later ranking with fewer scores takes none away, as long as the model's commit is the same.

    Args:
        rankings: any.

    Raises:
        UsageError: there is none, or one names no data set.
    """
    rows: dict[tuple[str, int, str], TransferRow] = {}
    commits: dict[tuple[str, int, str], str] = {}
    kinds: dict[str, Kind] = {}
    lower: set[str] = set()
    spent: dict[str, list[float]] = {}
    probes: dict[str, dict[object, int]] = {}
    names: dict[str, str] = {}
    for ranking in rankings:
        target = ranking.probe.dataset
        if not target:
            raise UsageError("A ranking names no data set", "", "rank again with --out ranking.json")
        target = names.setdefault(plain_name(target), target)
        known = probes.setdefault(target, {})
        now = {row.model: row.revision for row in ranking}
        for mark, row in _rows(ranking, target, kinds):
            place = target, known.setdefault(mark, len(known)), row.model
            before = rows[place].scores if commits.get(place) == now[row.model] else {}
            rows[place] = replace(row, probe=place[1], scores={**before, **row.scores})
            commits[place] = now[row.model]
        lower |= {name for name, about in ranking.scores.items() if about.lower_is_better}
        for name, milliseconds in _times(ranking).items():
            spent.setdefault(name, []).append(milliseconds)
    if not rows:
        raise UsageError("There is no ranking to make a table of", "", "hubscore rank DATASET --out ranking.json")
    times = {name: sum(each) / len(each) for name, each in spent.items()}
    return TransferTable(tuple(rows.values()), kinds, frozenset(lower), times)


def _rows(ranking: Ranking, target: str, kinds: dict[str, Kind]) -> Iterator[tuple[object, TransferRow]]:
    """Yield what marks a probe, and a row of it; of a ranking that keeps the values on each of its probes, those."""
    columns = list(columns_of(ranking))
    for name, kind, _ in columns:
        kinds.setdefault(name, kind)
    first = ranking.probe.fingerprint or ranking.probe.seed
    marks = [first, *(fresh.get("fingerprint") or fresh.get("seed") for fresh in ranking.probe.fresh)]
    for row in ranking:
        shared = {name: values[row.model] for name, _, values in columns if row.model in values}
        for name, about in ranking.scores.items():  # as they are, not turned
            if about.lower_is_better and name in shared:
                shared[name] = -shared[name]
        about_row = TransferRow(row.model, target, architecture=row.family, seconds=row.seconds, scores=shared)
        if row.probe_scores and len(marks) > 1:
            plain = {name: value for name, value in shared.items() if name not in row.probe_scores}
            fixed = {name: value for name, value in plain.items() if kinds[name] == "baseline"}
            for place, mark in enumerate(marks):  # an expected accuracy is one of all probes
                kept = fixed if place else plain
                yield mark, replace(about_row, scores=kept | _of_probe(row.probe_scores, place))
        else:
            yield first, about_row


def _of_probe(values: Mapping[str, tuple[float | None, ...]], place: int) -> dict[str, float]:
    return {name: value for name, each in values.items() if place < len(each) and (value := each[place]) is not None}


def _times(ranking: Ranking) -> dict[str, float]:
    """Return the milliseconds of each score for one model and one probe."""
    runs = max(len(ranking), 1) * (1 + len(ranking.probe.fresh))
    return {name: total / runs for name, total in ranking.record.milliseconds.items()}
