"""Pinned models: on top of every page of the ranking whatever the filters say, and named in the pictures."""

from __future__ import annotations

import pandas as pd
from boards import order
from page import Page


def pinned(page: Page) -> pd.DataFrame:
    """Return the lines of the pinned models of this run, in the order that was asked for."""
    rows = page.chosen.rows
    return order(rows[rows["model"].isin(page.state.pins)], page.state, page.chosen.lower)


def unpinned(page: Page) -> pd.DataFrame:
    """Return the lines that the filters leave, without those that stand on top of them."""
    shown = page.chosen.shown
    return shown[~shown["model"].isin(page.state.pins)]


def listed(page: Page) -> pd.DataFrame:
    """Return every line of the ranking, pinned ones first."""
    return pd.concat([pinned(page), unpinned(page)]) if page.state.pins else page.chosen.shown


def absent(page: Page) -> tuple[str, ...]:
    """Return pinned models that this run does not have."""
    return tuple(name for name in page.state.pins if name not in set(page.chosen.rows["model"]))
