"""What leaves this machine when something is published, field by field, with an example of each."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from hubscore.column_table import columns_in
from hubscore.modalities.registry import items_of
from hubscore.publish.sent_fields import MAP, PROBE, RECORD, ROW, SKIPPED, WHOLE
from hubscore.results.contents import DATASET_ABOUT
from hubscore.results.names import HUB_ID, last_name
from hubscore.results.runs import HINTS
from hubscore.text import amount, clean

if TYPE_CHECKING:
    from hubscore.results.read import Results

_NAME, _WORDS, _WIDTH, _LINES = 18, 30, 78, 3
_FEW = 6
_HASH = re.compile("(?:local-)?[0-9a-f]{32,}")
_UNKNOWN = "unknown to this hubscore"
_GROUPS = {
    "score_": "a score",
    "sd_": "its standard error",
    "baseline_": "a baseline",
    "tau_": "tau-b of the order with it",
}
_EMPTY: tuple[object, ...] = (None, "", [], {}, ())


def record_leaves(sent: Mapping[str, Any], own: Mapping[str, Any], *, run: str, user: str | None) -> str:
    """List what a run's record tells whoever may read it, and what of the ranking stays here.

    Args:
        sent: the ranking's JSON as it would be sent.
        own: as it is on this machine.
        run: the run's id.
        user: who sends it, where that is known.

    Returns:
        Lines that begin with ``#``: a part at a time, each field with words and an example.
    """
    rows, skipped = sent.get("rows") or (), sent.get("skipped") or ()
    by = f", in a commit by {clean(user)}" if user else ""
    lines = [f"# What leaves this machine{by}: every field, an example."]
    lines += _part(f"Of each of {amount(len(rows), 'model', 'models')} (rows):", rows, ROW)
    lines += _part(f"Of each of {len(skipped)} left out (skipped):", skipped, SKIPPED)
    lines += _of_this_machine(rows, own)
    lines += _part("Of the data set (probe):", [sent.get("probe") or {}], PROBE)
    lines += _part("Of the run (record):", [sent.get("record") or {}], RECORD)
    whole = {key: value for key, value in sent.items() if key not in ("rows", "skipped", "probe", "record")}
    lines += _part("And beside them:", [{**whole, "run": run, "publisher": user}], WHOLE)
    lines.append(
        "# leaderboard.parquet, leaderboard.json, scores.json, dataset_about.json and the data card are made of these"
        " alone, and so is history/, where there is one."
    )
    return "\n".join(_wrapped([*lines, *_held_back(sent, own)]))


def space_leaves(results: Results, *, static: bool, new: bool, proxy: str = "") -> str:
    """List what a Space is given: of a static page every column of the leaderboard, which is in the page itself.

    Args:
        results: what it shows.
        static: it is a static page.
        new: there is none yet, so that the Hub may want a static one.
        proxy: network that looks at visitors' images.
    """
    if static:
        return "\n".join(_wrapped(_rows(results, "What the page holds")))
    told = f" and of the proxy {clean(proxy)}" if proxy else ""
    lines = [
        "# What leaves this machine: hubscore's own files as they are installed, the same for everybody; the id of the"
        f" results data set{told}; no row, no ranking and no token. The Space reads the data set where it is."
    ]
    if new:
        lines += _rows(results, "Where the Hub wants a paid plan for it, a static page instead, which holds")
    return "\n".join(_wrapped(lines))


def map_leaves(content: Mapping[str, Any]) -> str:
    """List what a model map's file tells."""
    return "\n".join(["# What leaves this machine: every field, with an example.", *_fields([content], MAP)])


def _rows(results: Results, beginning: str) -> Iterator[str]:
    """Yield the columns of a leaderboard, all of whose rows go into a page."""
    table = results.table
    rows = table.to_pylist()
    words = {name: column.title for column in columns_in("leaderboard") for name in column.flat_names("leaderboard")}
    words |= {name: _grouped(name) for name in table.column_names if name.startswith(tuple(_GROUPS))}
    total = amount(len(rows), "row", "rows")
    yield f"# {beginning}, of each of {total} of {clean(results.source)}, every column, with an example:"
    yield from _fields(rows, words)
    yield f"# and what {amount(len(results.scores), 'score', 'scores')} measure, in words, as scores.json has it."


def _grouped(name: str) -> str:
    return next(told for group, told in _GROUPS.items() if name.startswith(group))


def _part(title: str, records: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Iterator[str]:
    if records:
        yield f"# {title}"
        yield from _fields(records, words)


def _fields(records: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> Iterator[str]:
    """Yield one line for each field that has a value somewhere, then the names of those that have none."""
    names = [*words, *dict.fromkeys(name for one in records for name in one if name not in words)]
    empty, width = [], max(_NAME, *(len(name) for one in records for name in one), 0)
    for name in names:
        values = [one[name] for one in records if name in one]
        if not values:
            continue
        value = next((value for value in values if value not in _EMPTY), None)
        if value is None:
            empty.append(clean(name))
        else:
            yield from _field(f"{clean(name):<{width}}", words.get(name, _UNKNOWN), example(value))
    if empty:
        yield from textwrap.wrap(
            f"(empty: {', '.join(empty)})", _WIDTH - 4, initial_indent="#   ", subsequent_indent="#   "
        )


def _field(name: str, words: str, told: str) -> Iterator[str]:
    begun = f"#   {name} {words:<{_WORDS}} "
    if len(begun) + len(told) <= _WIDTH:
        yield begun + told
        return
    yield begun.rstrip()
    lines = textwrap.wrap(told, _WIDTH - 8, break_on_hyphens=False)
    more = len(lines) > _LINES
    for place, line in enumerate(lines[:_LINES]):
        yield f"#       {line}{' ...' if more and place == _LINES - 1 else ''}"


def example(value: Any) -> str:
    """Write a value as an example: of many entries how many there are, and the first or their names.

    Example:
        >>> example([7, 8, 9]), example({"logme": 0.5}), example("a/b"), example(True)
        ('3: 7, ...', 'logme 0.5', 'a/b', 'true')
    """
    if isinstance(value, str):
        return f"{value[:18]}..." if _HASH.fullmatch(value) else clean(value)
    if isinstance(value, (list, tuple)) and value and not _is_interval(value):
        return f"{len(value):,}: {example(value[0])}{', ...' if len(value) > 1 else ''}"
    if not isinstance(value, Mapping) or not value:
        return _json(value)
    name, first = next(iter(value.items()))
    if len(value) > _FEW and all(isinstance(one, (int, float, list, tuple)) for one in value.values()):
        return f"{len(value):,}: {clean(name)} {example(first)}, ..."
    if all(isinstance(one, Mapping) for one in value.values()):
        told = ", ".join(map(clean, first)) if len(first) > _FEW else example(first)
        return f"{len(value):,}: {clean(name)} {{{told}}}{', ...' if len(value) > 1 else ''}"
    return ", ".join(f"{clean(key)} {example(one)}" for key, one in value.items())


def _is_interval(value: Sequence[Any]) -> bool:
    return len(value) == 2 and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in value)


def _json(value: Any) -> str:
    return clean(json.dumps(_rounded(value), ensure_ascii=False, default=str))


def _rounded(value: Any) -> Any:
    """Return a value with four digits of each fraction in it."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, (list, tuple)) else value


def _of_this_machine(rows: Sequence[Mapping[str, Any]], own: Mapping[str, Any]) -> Iterator[str]:
    """Name what is sent of checkpoints that lie here: nobody else can know whether their names may be told."""
    named = [str(row.get("model")) for row in rows if str(row.get("revision") or "").startswith("local-")]
    gone = [str(item.get("model")) for item in own.get("skipped") or ()]
    named += [last_name(model) for model in gone if not HUB_ID.fullmatch(model.partition("@")[0])]
    if named:
        yield f"# Folders of this machine are named, without where they lie: {', '.join(map(clean, named))}."


def _held_back(sent: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[str]:
    """Say which fields of the ranking stay here, and of which something was taken out."""
    kept, changed = list[str](), list[str]()
    for part in ("probe", "record"):
        there, here = sent.get(part) or {}, own.get(part) or {}
        for name, value in here.items():
            if value in _EMPTY or value == there.get(name):
                continue
            (kept if there.get(name) in _EMPTY or there.get(name) == "private" else changed).append(f"{part}.{name}")
    rows = zip(own.get("rows") or (), sent.get("rows") or (), strict=False)
    altered = {name for mine, theirs in rows for name, value in mine.items() if theirs.get(name) != value}
    changed += [f"rows.{name}" for name in ROW if name in altered]
    if kept:
        yield f"# Stays on this machine: {', '.join(map(clean, kept))}."
    if changed:
        yield f"# Without the paths, names and tokens in them: {', '.join(map(clean, changed))}."
    yield f"# Not sent: {_never(sent, own)}."


def _never(sent: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """Return what of this run is never sent: its items, what networks made of them, and secrets."""
    items = items_of((own.get("probe") or {}).get("modality"))
    pictures = len(((sent.get("record") or {}).get(DATASET_ABOUT) or {}).get("thumbnails") or ())
    told = [
        f"the {items} but for the {amount(pictures, 'thumbnail', 'thumbnails')}" if pictures else f"any of the {items}"
    ]
    told += ["their features"]
    told += ["attribution maps"] if (own.get("record") or {}).get("map_images") else []
    hints = sorted({name for row in own.get("rows") or () for name in HINTS if row.get(name)})
    told += [f"hints about single models ({', '.join(hints)})"] if hints else []
    return f"{', '.join(told)}, access tokens"


def _wrapped(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(line) <= _WIDTH or line.startswith("#   "):
            yield line
        else:
            yield from textwrap.wrap(line, _WIDTH, subsequent_indent="# ", break_on_hyphens=False)
