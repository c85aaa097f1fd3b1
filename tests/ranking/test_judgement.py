import numpy as np
import pytest
from fakes import fake_pool, fake_probe

from hubscore.ranking.compute import compute_scores
from hubscore.ranking.judgement import judge
from hubscore.ranking.pool import open_pool
from hubscore.ranking.record import complete_record, describe_columns, describe_probe
from hubscore.ranking.request import Request
from hubscore.ranking.rows import make_contexts, make_rows
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.types import RunRecord


@pytest.fixture(scope="module")
def steps():
    """The steps of a ranking, one after the other."""
    probe = fake_probe(each=8)
    candidates, extractions = fake_pool(probe)
    pool = open_pool(candidates, [ProbeResults(probe, extractions)], ())
    request = Request(scores="knn,logme,transrate", subsamples=3, capacity=True)
    ticks = []
    computed = compute_scores(pool, request, lambda done, total: ticks.append((done, total)))
    contexts = make_contexts(pool.models, extractions, seed=0, target_size=500)
    return pool, request, computed, contexts, judge(pool, computed, contexts), ticks


def test_scores_come_with_their_subsamples_and_with_capacity(steps):
    pool, _, computed, _, _, ticks = steps
    names = [column.name for column in computed.table.columns]
    assert names[:3] == ["knn", "logme", "transrate"] and "knn+l" in names
    assert computed.resampled.values.shape == (3, len(names), len(pool.models))
    assert ticks[-1] == (len(pool.models) * 4, len(pool.models) * 4)
    assert set(computed.scored) == set(pool.models)


def test_no_subsamples_are_no_intervals(steps):
    pool, *_ = steps
    alone = compute_scores(pool, Request(scores="knn", subsamples=0))
    assert alone.resampled is None and not np.isnan(alone.table.values).any()


def test_the_judgement_has_order_agreement_and_warnings(steps):
    pool, _, computed, contexts, judgement, _ = steps
    assert judgement.order.table.models == tuple(sorted(pool.models))
    assert set(judgement.agreement.with_baselines) == set(next(iter(contexts.values())).baselines)
    assert judgement.agreement.tau("knn", "knn") == 1.0 and isinstance(judgement.warnings, tuple)
    assert make_rows(judgement.order, computed.scored, contexts, pool.probe)[0].rank == 1


def test_the_record_adds_to_what_is_known_of_the_run(steps):
    pool, request, computed, contexts, judgement, _ = steps
    options = request.options(probes=1, label_texts=None)
    record = complete_record(RunRecord(date="2026-01-01"), options, computed, judgement, contexts)
    assert record.date == "2026-01-01" and record.options == options and record.seeds == {"ranking": 0}
    assert set(record.milliseconds) == {"knn", "logme", "transrate"} and set(record.extractions) == set(pool.models)
    described = describe_columns(judgement, computed.options, pool.probe)
    assert described["knn+l"].averaged and not described["knn"].averaged and described["knn"].defined == 6
    assert describe_probe(pool.probe).samples == len(pool.probe)
