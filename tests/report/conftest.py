from dataclasses import replace

import pytest
from evilranking import EVIL, evil_ranking
from fakes import fake_pool, fake_probe

from hubscore.ranking.build import build_ranking
from hubscore.run.environment import environment
from hubscore.types import Ranking, RunRecord, Skipped

__all__ = ["EVIL", "evil_ranking"]


@pytest.fixture(scope="session")
def ranking() -> Ranking:
    """Six fake networks, one without a head, one candidate skipped."""
    probe = fake_probe()
    candidates, extractions = fake_pool(probe, headless=("lab/poor",))
    made = build_ranking(
        candidates,
        extractions,
        probe,
        scores=("leep", "logme", "knn", "parc", "energy", "pactran_dirichlet", "emms"),
        subsamples=20,
        skipped=[Skipped("lab/evil", "a pickle would run code")],
        record=RunRecord(**environment()),
    )
    return replace(made, record=replace(made.record, warnings=("this order is nearly the order by size",)))
