"""What a ranking says of scores that are not what their papers computed."""

from __future__ import annotations

import numpy as np

from hubscore.ranking.cautions import cautions
from hubscore.ranking.columns import Table, choose


def table(*rows: list[float]) -> Table:
    columns = tuple(column for column in choose(["nleep", "logme"]) if column.name in ("nleep", "logme"))
    return Table(("a", "b"), columns, np.array(rows))


def test_a_capped_mixture_is_said_once_and_only_where_there_is_a_value() -> None:
    assert choose(["nleep", "logme"])[0].name == "nleep"
    (told,) = cautions(table([-1.0, np.nan], [0.1, 0.2]), 500, 37)
    assert "nleep has 100 mixture components, a fifth of the 500 samples, and not the paper's 185" in told
    (whole,) = cautions(table([-1.0, np.nan], [0.1, 0.2]), 500, 37, whole=True)
    assert whole == f"{told}; the data have no more rows"
    assert cautions(table([-1.0, np.nan], [0.1, 0.2]), 500, 20) == []
    assert cautions(table([np.nan, np.nan], [0.1, 0.2]), 500, 37) == []


def test_without_classes_nothing_is_said() -> None:
    assert cautions(table([-1.0, -2.0], [0.1, 0.2]), 500, 0) == []
