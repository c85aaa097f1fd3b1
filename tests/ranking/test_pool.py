import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.errors import CandidateError, UsageError
from hubscore.numerics.workspace import Workspace
from hubscore.ranking.pool import candidate_of, make_pool
from hubscore.ranking.request import Request
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs
from hubscore.ranking.scorer import Scorer
from hubscore.types import Skipped


def scored(probe, **heads):
    """Fake networks, scored each by itself, by name."""
    candidates, extractions = fake_pool(probe, **heads)
    scorer = Scorer([ProbeResults(probe, {})], Request(scores="knn"), kernels=False)
    opened = {one.repo_id: scorer.open(one, [extractions[one.repo_id]]) for one in candidates}
    return {model: scorer.finished(one, scorer.numbers(one)) for model, one in opened.items()}


def test_models_come_in_the_order_of_their_names_and_skipped_ones_too():
    probe = fake_probe(each=4)
    models = scored(probe)
    left_out = [Skipped("lab/zero", "a pickle"), Skipped("lab/evil", "a pickle")]
    pool = make_pool([ProbeResults(probe, {})], dict(reversed(models.items())), left_out)
    assert list(pool.models) == sorted(models) and pool.probe is probe
    assert [item.model for item in pool.skipped] == ["lab/evil", "lab/zero"]
    assert pool.contexts["lab/best"].candidate.repo_id == "lab/best"


def test_all_have_heads_or_not_all():
    probe = fake_probe(each=4)
    results = [ProbeResults(probe, {})]
    assert make_pool(results, scored(probe), ()).heads
    assert not make_pool(results, scored(probe, headless=["lab/good"]), ()).heads


def test_an_empty_pool_names_every_reason():
    with pytest.raises(CandidateError, match="lab/evil: a pickle"):
        make_pool([ProbeResults(fake_probe(each=4), {})], {}, [Skipped("lab/evil", "a pickle")])


def test_inputs_that_came_from_nowhere_have_no_candidate():
    with pytest.raises(UsageError, match="not opened from a candidate"):
        candidate_of(ScoreInputs(Workspace(features=np.ones((3, 2)))))
