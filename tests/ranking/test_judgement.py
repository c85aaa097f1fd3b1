import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.ranking.compute import compute_scores
from hubscore.ranking.judgement import judge
from hubscore.ranking.pool import make_pool
from hubscore.ranking.record import complete_record, describe_columns, describe_probe
from hubscore.ranking.request import Request
from hubscore.ranking.rows import make_rows
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer
from hubscore.types import RunRecord


@pytest.fixture(scope="module")
def steps():
    """The steps of a ranking, one after the other."""
    probe = fake_probe(each=8)
    request = Request(scores="knn,logme,transrate", subsamples=3, capacity=True)
    pool, scorer, ticks = scored(probe, request)
    computed = compute_scores(pool, scorer)
    return pool, request, computed, judge(pool, computed), ticks


def scored(probe, request):
    """A pool of fake networks, each scored by itself."""
    candidates, extractions = fake_pool(probe)
    results, ticks, models = [ProbeResults(probe, {})], [], {}
    scorer = Scorer(results, request, kernels=False)
    for one in candidates:
        opened = scorer.open(one, [extractions[one.repo_id]])
        models[one.repo_id] = scorer.finished(opened, scorer.numbers(opened, lambda: ticks.append(1)))
    return make_pool(results, models, ()), scorer, ticks


def test_scores_come_with_their_subsamples_and_with_capacity(steps):
    pool, _, computed, _, ticks = steps
    names = [column.name for column in computed.table.columns]
    assert names[:3] == ["knn", "logme", "transrate"] and "knn+l" in names
    assert computed.resampled.values.shape == (3, len(names), len(pool.models))
    assert len(ticks) == len(pool.models) * 4
    assert set(computed.scored) == set(pool.models)


def test_no_subsamples_are_no_intervals():
    pool, scorer, _ = scored(fake_probe(each=8), Request(scores="knn", subsamples=0))
    alone = compute_scores(pool, scorer)
    assert alone.resampled is None and not np.isnan(alone.table.values).any()


def test_the_judgement_has_order_agreement_and_warnings(steps):
    pool, _, computed, judgement, _ = steps
    contexts = pool.contexts
    assert judgement.order.table.models == tuple(sorted(pool.models))
    assert set(judgement.agreement.with_baselines) == set(next(iter(contexts.values())).baselines)
    assert judgement.agreement.tau("knn", "knn") == 1.0 and isinstance(judgement.warnings, tuple)
    assert make_rows(judgement.order, computed.scored, contexts, pool.probe)[0].rank == 1


def test_the_record_adds_to_what_is_known_of_the_run(steps):
    pool, request, computed, judgement, _ = steps
    options = request.options(probes=1, label_texts=None)
    record = complete_record(RunRecord(date="2026-01-01"), options, computed, judgement, pool.contexts)
    assert record.date == "2026-01-01" and record.options == options and record.seeds == {"ranking": 0}
    assert set(record.milliseconds) == {"knn", "logme", "transrate"} and set(record.extractions) == set(pool.models)
    described = describe_columns(judgement, computed.options, pool.probe)
    assert described["knn+l"].averaged and not described["knn"].averaged and described["knn"].defined == 6
    assert describe_probe(pool.probe).samples == len(pool.probe)
