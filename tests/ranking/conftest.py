from collections.abc import Callable

import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.ranking.build import build_ranking
from hubscore.ranking.columns import Column, Table
from hubscore.scores.info import ScoreInfo
from hubscore.types import Ranking


def made_up(name: str, family: str = "neighbour", direction: str = "higher", **facts) -> ScoreInfo:
    """A score that exists for one test only."""
    known = dict(
        title=name,
        function="builtins:len",
        needs=frozenset({"features", "labels"}),
        targets=frozenset({"classification"}),
        low="-inf",
        high="inf",
        paper="none",
        checked_against="own-reading",
        cost="none",
        measures="",
        misleads="",
        reading="",
    )
    return ScoreInfo(name=name, family=family, direction=direction, **{**known, **facts})


@pytest.fixture
def info() -> Callable[..., ScoreInfo]:
    return made_up


@pytest.fixture
def table() -> Callable[..., Table]:
    """Build a table from (name, family, values) or (name, family, values, direction)."""

    def build(*rows, models=None) -> Table:
        columns = tuple(Column(name, made_up(name, family, *direction)) for name, family, _, *direction in rows)
        values = np.array([values for _, _, values, *_ in rows], dtype=float)
        return Table(tuple(models or (f"m{i}" for i in range(values.shape[1]))), columns, values)

    return build


QUICK = ("leep", "logme", "knn", "lfc", "energy", "transrate", "etran")
"""A few scores of each kind, pool and label-free ones among them, that take milliseconds."""


@pytest.fixture(scope="session")
def quick_ranking() -> Ranking:
    """The six fake networks, two of them without a head, ranked with a few scores."""
    probe = fake_probe()
    candidates, extractions = fake_pool(probe, headless=("lab/poor", "lab/fair"))
    return build_ranking(candidates, extractions, probe, scores=QUICK, subsamples=20)
