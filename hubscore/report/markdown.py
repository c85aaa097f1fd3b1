"""A ranking as a Markdown document, for a README, an issue or a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from hubscore.column_table import TableColumn
from hubscore.report.cells import plain_cell, shown_columns
from hubscore.report.flat_rows import baseline_names, score_names
from hubscore.report.headline import headlines, star
from hubscore.report.notes import (
    baseline_line,
    cut_lines,
    marks,
    marks_explained,
    not_measured,
    probe_line,
    ties,
    undefined_everywhere,
)
from hubscore.text import clean, number
from hubscore.types import Ranking, Row

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#!$&@])")


def cell(text: object) -> str:
    r"""Return text that Markdown shows as it is, in a table cell too; mentions and links stay dead.

    Example:
        >>> print(cell("a|b <b>*x*</b>"))
        a\|b \<b\>\*x\*\</b\>
    """
    return _SPECIAL.sub(r"\\\1", clean(text))


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return a Markdown table of cells that are escaped already; the first ``left`` columns are text."""
    rule = ["---" if i < left else "--:" for i in range(len(headers))]
    return "\n".join(f"| {' | '.join(line)} |" for line in (headers, rule, *rows))


def document(ranking: Ranking) -> str:
    """Return the whole document: order, scores, what must be said with them, and how to repeat it."""
    parts = [
        f"# Ranking for {cell(ranking.probe.dataset or 'a data set')}",
        f"{cell(probe_line(ranking))}. {not_measured(ranking)}",
        *(f"> **Warning:** {cell(warning)}" for warning in ranking.record.warnings),
        *(cell(line) for line in headlines(ranking)),
        _order(ranking),
        *(
            cell(line)
            for line in (
                ties(ranking),
                *marks_explained(ranking, "markdown"),
                baseline_line(ranking),
                *cut_lines(ranking),
            )
        ),
        "## Scores",
        _scores(ranking),
        *_undefined(ranking),
        *_skipped(ranking),
        *_repeat(ranking),
    ]
    return "\n\n".join(parts) + "\n"


def _order(ranking: Ranking) -> str:
    columns = shown_columns("markdown", ranking)
    headers = [column.title_in("markdown") for column in columns]
    rows = [[cell(_text(column, row, ranking)) for column in columns] for row in ranking.rows]
    left = sum(1 for _ in takewhile(lambda column: column.show in ("place", "model", "text"), columns))
    return table(headers, rows, left=left)


def _text(column: TableColumn, row: Row, ranking: Ranking) -> str:
    behind = star(row) + marks(row, "markdown") if column.show == "model" else ""
    return plain_cell(column, row, ranking) + behind


def _scores(ranking: Ranking) -> str:
    empty = undefined_everywhere(ranking)
    names = [name for name in score_names(ranking) if name not in empty]
    rows = [(cell(row.model), *(_value(row, name) for name in names)) for row in ranking.rows]
    return table(("model", *(cell(name) for name in names)), rows)


def _value(row: Row, name: str) -> str:
    error = row.score_sd.get(name)
    return number(row.scores.get(name)) + (f" ± {number(error)}" if error is not None else "")


def _undefined(ranking: Ranking) -> list[str]:
    everywhere = undefined_everywhere(ranking) | _unknown_everywhere(ranking)
    told = [f"- {cell(name)}, for every model: {cell(reason)}" for name, reason in everywhere.items()]
    for row in ranking.rows:
        told += [
            f"- {cell(name)}, for {cell(row.model)}: {cell(reason)}"
            for name, reason in row.undefined.items()
            if name not in everywhere
        ]
    return ["## Undefined", "\n".join(told)] if told else []


def _unknown_everywhere(ranking: Ranking) -> dict[str, str]:
    """Baselines that no model has, where all give one reason."""
    found = {}
    for name in baseline_names(ranking):
        reasons = {row.undefined.get(name) for row in ranking.rows}
        if len(reasons) == 1 and (reason := reasons.pop()) is not None:
            found[name] = reason
    return found


def _skipped(ranking: Ranking) -> list[str]:
    told = [f"- {cell(item.model)}: {cell(item.reason)}" for item in ranking.skipped]
    return ["## Skipped", "\n".join(told)] if told else []


def _repeat(ranking: Ranking) -> list[str]:
    record = ranking.record
    recipe, command = record.recipe.text, record.command
    parts = ["## How it came about"]
    parts += [cell(record.expected.text)] if record.expected and record.expected.text else []
    parts += [cell(recipe)] if recipe else []
    parts += ["```sh\n" + clean(command).replace("`", "'") + "\n```"] if command else []
    versions = ranking.record.versions
    parts += (
        [", ".join(f"{cell(name)} {cell(version)}" for name, version in versions.items() if version)]
        if versions
        else []
    )
    return parts if len(parts) > 1 else []
