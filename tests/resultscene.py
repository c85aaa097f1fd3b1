"""A ranking of fake networks as results data sets hold it, and clients of the session's Hub."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
from fakes import fake_pool, fake_probe
from huggingface_hub import HfApi

from hubscore.ranking.build import build_ranking
from hubscore.results.leaderboard import KEY
from hubscore.run.environment import environment
from hubscore.types import Ranking, RunRecord, Skipped


@pytest.fixture(scope="session")
def ranking() -> Ranking:
    """Six fake networks, one without a head, one candidate skipped."""
    probe = fake_probe()
    candidates, extractions = fake_pool(probe, headless=("lab/poor",))
    return build_ranking(
        candidates,
        extractions,
        probe,
        scores=("leep", "logme", "knn"),
        subsamples=3,
        skipped=[Skipped("lab/evil", "a pickle")],
        record=RunRecord(**environment()),
    )


def made(ranking: Ranking, date: str, **probe: object) -> Ranking:
    """The same ranking, made at another time or of another data set."""
    return replace(ranking, record=replace(ranking.record, date=date), probe=replace(ranking.probe, **probe))


def first_models(ranking: Ranking, count: int, date: str, **probe: object) -> Ranking:
    """A run of only the first models of the ranking, at another time."""
    return made(replace(ranking, rows=ranking.rows[:count]), date, **probe)


def by_the_old_rule(table: pa.Table) -> pa.Table:
    """A leaderboard as hubscore wrote it when each line belonged to the latest run that had it."""
    latest = {_key(line): line["run"] for line in sorted(table.to_pylist(), key=_date)}
    kept = [latest[_key(line)] == line["run"] for line in table.to_pylist()]
    return table.filter(pa.array(kept)).drop_columns(["publisher", "expected_sd"])


def _key(line: dict[str, object]) -> tuple[object, ...]:
    return tuple(line[name] for name in KEY if name != "run")


def _date(line: dict[str, object]) -> str:
    return str(line["date"])


@pytest.fixture
def alice(hub) -> HfApi:
    return HfApi(endpoint=hub.url, token="hf_alice")


@pytest.fixture
def bob(hub) -> HfApi:
    return HfApi(endpoint=hub.url, token="hf_bob")
