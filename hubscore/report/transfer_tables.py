"""Measures of a transfer table as rows of text: for the terminal, Markdown and LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from hubscore.bench.tables import STYLES
from hubscore.bench.transfer_measures import MEASURES, Line, Measured, Spread
from hubscore.text import DASH, clean
from hubscore.types import Json

ALL = "all groups"
"""What the mean over groups is called."""
VARIES: Mapping[str, str] = {
    "both": "source and architecture",
    "source": "source",
    "architecture": "architecture",
    "target": "target",
}
PERCENT = ("pearson",)
"""Measures that PARC and Fennec print in percent."""


def percent(spread: Spread) -> str:
    """Write a correlation or accuracy in percent, with its deviation over probes.

    Example:
        >>> percent(Spread(0.51063, 0.0061)), percent(Spread(0.5)), percent(Spread())
        ('51.06±0.61', '50.00', '-')
    """
    return _written(spread, 100, 2)


def _points(spread: Spread) -> str:
    return _written(spread, 100, 1, deviation=False)


def _share(spread: Spread) -> str:
    return _written(spread, 1, 2, deviation=False)


def _written(spread: Spread, scale: float, digits: int, *, deviation: bool = True) -> str:
    if spread.mean is None:
        return DASH
    mean = f"{scale * spread.mean:.{digits}f}"
    if float(mean) == 0:
        mean = mean.removeprefix("-")
    if spread.deviation is None or not deviation:
        return mean
    return f"{mean}±{scale * spread.deviation:.{digits}f}"


def columns_of(made: Measured) -> dict[str, tuple[str, Callable[[Spread], str]]]:
    """Return header, measure and how it is written, of every measure that is shown."""
    k = made.k
    return {
        "MEAN_PC": ("pearson", percent),
        "TAU_B": ("kendall", _share),
        "W_TAU": ("weighted_tau", _share),
        f"P@{k}": ("precision", _share),
        f"R@{k}": ("recall", _share),
        f"REL@{k}": ("rel", _share),
        "LOST": ("regret", _points),
        f"LOST@{k}": ("regret_at_k", _points),
    }


def records(made: Measured, *, by_group: bool = False) -> list[Json]:
    """Return flat rows: one a column of scores and, ``by_group``, one more for each group."""
    rows = [_record(made, line, ALL, line.mean) for line in made.lines]
    if by_group:
        rows += [
            _record(made, line, group, line.by_group[group])
            for group in made.groups
            for line in made.lines
            if group in line.by_group
        ]
    return rows


def _record(made: Measured, line: Line, group: str, found: Mapping[str, Spread]) -> Json:
    measures: Json = {}
    for name in MEASURES:
        spread = found[name]
        measures |= {name: _rounded(spread.mean), f"{name}_sd": _rounded(spread.deviation)}
    about: Json = {"name": line.name, "kind": line.kind, "vary": made.vary, "group": group}
    sizes = sum(made.transfers.values()) if group == ALL else made.transfers[group]
    return {
        **about,
        **measures,
        "groups": found["pearson"].groups,
        "transfers": sizes,
        "probes": made.probes,
        "share": round(line.share, 4),
        "milliseconds": _rounded(line.milliseconds),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def terminal(made: Measured, *, by_group: bool = False) -> Table:
    """Return the table for eyes: the mean over groups, and below it each group."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("ORDER BY", overflow="fold")
    for header in (*columns_of(made), "MS"):
        table.add_column(header, justify="right", no_wrap=True)
    _part(table, made, None)
    for group in made.groups if by_group else ():
        table.add_row("")
        table.add_row(Text(f"{clean(group)} ({made.transfers[group]})", style="bold"))
        _part(table, made, group)
    return table


def _part(table: Table, made: Measured, group: str | None) -> None:
    before: str | None = None
    for line in made.lines:
        if group is None and before not in (None, line.kind):
            table.add_row("")
        before = line.kind
        table.add_row(*(Text(cell, style=STYLES[line.kind]) for cell in cells(made, line, group)))


def cells(made: Measured, line: Line, group: str | None = None) -> list[str]:
    """Write one line: of a group, or the mean."""
    found = line.mean if group is None else line.by_group.get(group, {})
    took = None if group is not None else line.milliseconds
    return [
        _named(line),
        *(write(found.get(name, Spread())) for name, write in columns_of(made).values()),
        _milliseconds(took),
    ]


def _milliseconds(value: float | None) -> str:
    return DASH if value is None else f"{value:.0f}" if value >= 100 else f"{value:.2g}"


def _named(line: Line) -> str:
    return clean(line.name) + ("" if line.share > 0.999 else f" ({line.share:.0%})")


def modes(made: Sequence[Measured], measure: str = "pearson") -> tuple[list[str], list[list[str]]]:
    """Return PARC's Table 2: one column for each mode.

    Args:
        made: one for each.
        measure: which.
    """
    names = {line.name: _named(line) for one in made for line in one.lines}
    found = [{line.name: line.mean[measure] for line in one.lines} for one in made]
    header = ["ORDER BY", *(VARIES[one.vary].upper().replace(" ", "_") for one in made)]
    return header, [[shown, *(percent(one.get(name, Spread())) for one in found)] for name, shown in names.items()]


def plain(made: Measured) -> tuple[list[str], list[list[str]]]:
    """Return header and cells of the means."""
    return ["ORDER BY", *columns_of(made), "MS"], [cells(made, line) for line in made.lines]


def across(made: Measured, measure: str = "pearson") -> tuple[list[str], list[list[str]]]:
    """Return header and cells of one measure, a column for each group and one for the mean."""
    lines = [
        [
            _named(line),
            *(percent(line.by_group.get(group, {}).get(measure, Spread())) for group in made.groups),
            percent(line.mean[measure]),
        ]
        for line in made.lines
    ]
    return ["ORDER BY", *map(clean, made.groups), "MEAN"], lines


def markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    r"""Write a Markdown table.

    Example:
        >>> print(markdown(["A", "B"], [["a|b", "1"]]))
        | A | B |
        | --- | ---: |
        | a\|b | 1 |
    """
    rows = [header, ["---", *["---:"] * (len(header) - 1)], *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)


def latex(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    r"""Write a LaTeX table, for a document that uses ``booktabs``.

    Example:
        >>> print(latex(["A_B", "C"], [["a&b", "1.0±0.2"]]))
        \begin{tabular}{lr}
        \toprule
        A\_B & C \\
        \midrule
        a\&b & $1.0 \pm 0.2$ \\
        \bottomrule
        \end{tabular}
    """
    body = [" & ".join(map(_tex, line)) + r" \\" for line in lines]
    columns = "l" + "r" * (len(header) - 1)
    head = " & ".join(map(_tex, header)) + r" \\"
    return "\n".join(
        [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}"]
    )


def _tex(cell: str) -> str:
    mean, sign, deviation = cell.partition("±")
    if sign:
        return rf"${mean} \pm {deviation}$"
    if cell == DASH:
        return "--"
    marks = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    marks |= {mark: f"\\{mark}" for mark in "&%$#_{}"}
    return "".join(marks.get(letter, letter) for letter in cell)
