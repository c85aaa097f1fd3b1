"""A ranking of fake networks as results data sets hold it, and clients of the session's Hub."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import fake_pool, fake_probe
from huggingface_hub import HfApi

from hubscore.ranking.build import build_ranking
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


@pytest.fixture
def alice(hub) -> HfApi:
    return HfApi(endpoint=hub.url, token="hf_alice")


@pytest.fixture
def bob(hub) -> HfApi:
    return HfApi(endpoint=hub.url, token="hf_bob")
