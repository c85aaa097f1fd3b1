"""Which columns the ranking shows: groups, and single ones that a visitor chose."""

from __future__ import annotations

from column_table import TableColumn, columns_in
from page import Page

USUAL = 6
BEST = ("layer_kernel_probe", "kernel_probe", "logistic", "leep", "knn", "logme")
"""Scores that ordered real fine-tunings best, one of a kind: docs/truth.md of hubscore."""
GROUPS = ("usual", "all", "baselines", "facts")
NONE = "none"


def usual(page: Page) -> tuple[str, ...]:
    """Return six scores of a run: the best of a kind that it has, then others in the order of their explanations."""
    known = page.chosen.scores
    return tuple(dict.fromkeys([*(name for name in BEST if name in known), *known]))[:USUAL]


def scores(page: Page) -> tuple[str, ...]:
    """Return the scores that the table shows, the one that it is sorted by first."""
    asked, known, sort = page.state.columns, page.chosen.scores, page.state.sort
    chosen = known if "all" in asked else usual(page) if "usual" in asked else ()
    single = [name for name in asked if name in known]
    return tuple(dict.fromkeys([*([sort] if sort in known else []), *chosen, *single]))


def baselines(page: Page) -> tuple[str, ...]:
    """Return the baselines that the table shows."""
    asked = page.state.columns
    return tuple(
        name for name in page.chosen.baselines if "baselines" in asked or name in asked or name == page.state.sort
    )


def facts(page: Page) -> tuple[TableColumn, ...]:
    """Return what the table shows of each model besides estimates, scores and baselines."""
    return tuple(column for column in columns_in("space") if _wanted(page, column.flat_names("leaderboard")[0]))


def dated(page: Page) -> bool:
    """Whether the table shows the date of the run."""
    return _wanted(page, "date")


def _wanted(page: Page, name: str) -> bool:
    return "facts" in page.state.columns or name in page.state.columns or name == page.state.sort


def _single(page: Page) -> dict[str, str]:
    """Return every single column that can be chosen, with its title."""
    told = {name: name for name in page.chosen.scores}
    told |= {name: f"baseline: {name}" for name in page.chosen.baselines if name not in told}
    return (
        told
        | {one.flat_names("leaderboard")[0]: one.title_in("space") for one in columns_in("space")}
        | {"date": "date of the run"}
    )


def offered(page: Page) -> list[tuple[str, str]]:
    """Return what can be chosen, as title and name; what the address asks for and this run lacks stays visible."""
    many = len(page.chosen.scores)
    groups = zip((f"{min(USUAL, many)} usual scores", f"all {many} scores", *GROUPS[2:]), GROUPS, strict=True)
    single = _single(page)
    kept = [(name, name) for name in page.state.columns if name not in (*GROUPS, *single, NONE)]
    return [*groups, *((title, name) for name, title in single.items()), *kept]


def lacking(page: Page) -> tuple[str, ...]:
    """Return the columns that were asked for and that this run does not have."""
    known = {*GROUPS, NONE, *_single(page)}
    return tuple(name for name in page.state.columns if name not in known)
