import json
from dataclasses import replace

import pytest
from fakes import SIGNALS, fake_pool, fake_probe

from hubscore.calibration.calibration import Calibration
from hubscore.ranking.build import build_ranking
from hubscore.types import Ranking

PROBES = ["kernel_probe", "kernel_probe_loss"]


def probed(probe=None, *, pool=None, **options):
    probe = probe or fake_probe(classes=5, each=20)
    candidates, extractions = pool or fake_pool(probe)
    return build_ranking(candidates, extractions, probe, **{"scores": [*PROBES, "knn"], **options})


@pytest.fixture(scope="module")
def ranking():
    return probed()


def test_the_rows_are_in_the_order_of_their_expected_accuracies(ranking):
    expected = [row.expected for row in ranking]
    assert expected == sorted(expected, reverse=True) and len(set(expected)) == 6
    assert [row.model for row in ranking][:4] == list(SIGNALS)[:1:-1]
    assert all(low < value < high for value, (low, high) in ((row.expected, row.expected_ci) for row in ranking))
    assert ranking.record.ordered_by == "expected accuracy" and "an estimate" in ranking.record.order_text


def test_ranks_chances_and_shortlist_belong_together(ranking):
    assert sum(row.p_best for row in ranking) == pytest.approx(1)
    assert sum(row.p_best for row in ranking.shortlist) >= 0.9 and ranking.best in ranking.shortlist
    assert all(row.rank_ci[0] <= row.rank <= row.rank_ci[1] for row in ranking)
    assert ranking.best.consensus is not None and ranking.best.consensus_ci is None


def test_the_estimates_come_back_from_json(ranking):
    again = Ranking.from_json(json.loads(json.dumps(ranking.to_json(), allow_nan=False)))
    assert again.rows == ranking.rows and again.record == ranking.record and again.shortlist == ranking.shortlist
    assert again.agreement.order == ranking.agreement.order == again.agreement.with_baselines


def test_the_order_of_the_candidates_changes_nothing(ranking):
    probe = fake_probe(classes=5, each=20)
    candidates, extractions = fake_pool(probe)
    turned = probed(probe, pool=(candidates[::-1], dict(reversed(extractions.items()))), scores=["knn", *PROBES[::-1]])
    told = [(row.model, row.rank, row.expected, row.p_best, row.rank_ci, row.shortlist) for row in turned]
    assert told == [(row.model, row.rank, row.expected, row.p_best, row.rank_ci, row.shortlist) for row in ranking]


def test_subsamples_add_intervals_of_scores_and_change_no_rank(ranking):
    sampled = probed(subsamples=3)
    assert sampled.best.consensus_ci is not None and sampled.best.score_ci
    assert [(row.rank, row.rank_ci, row.p_best) for row in sampled] == [
        (row.rank, row.rank_ci, row.p_best) for row in ranking
    ]
    assert "not from the consensus" in sampled.record.uncertainty.text


def test_a_model_that_declares_the_data_has_a_rank_and_nothing_else():
    probe = fake_probe(classes=5, each=20)
    candidates, extractions = fake_pool(probe)
    trained = [replace(one, datasets=(probe.dataset,)) if one.repo_id == "lab/best" else one for one in candidates]
    found = probed(probe, pool=(trained, extractions))
    row = found["lab/best"]
    assert found.best.model == "lab/better" and row.p_best is None and not row.shortlist and row.rank_ci is not None
    assert row.expected > found.best.expected and "left out of P(best)" in row.notes[0]
    assert sum(one.p_best or 0 for one in found) == pytest.approx(1)


def test_a_model_without_evidence_comes_last_with_its_reason():
    probe = fake_probe(classes=5, each=20)
    candidates, extractions = fake_pool(probe)
    one = extractions["lab/best"]
    flat = {name: values * 0 for name, values in one.features.items()}
    found = probed(probe, pool=(candidates, {**extractions, "lab/best": replace(one, features=flat)}))
    row = found.rows[-1]
    assert row.model == "lab/best" and row.expected is None and row.p_best is None and row.rank_ci is None
    assert not row.shortlist and row.notes[0].startswith("no expected accuracy, so it comes last")
    assert any(line.startswith("lab/best: no expected accuracy") for line in found.record.warnings)


def test_without_kernel_probes_the_consensus_orders_and_says_so():
    found = probed(scores=["knn", "logme"])
    assert found.record.ordered_by == "consensus" and "not among the scores" in found.record.order_text
    assert found.record.expected is None and all(row.expected is None for row in found) and found.shortlist == ()


def test_another_calibration_gives_other_estimates_and_is_recorded():
    made = Calibration.default()
    lower = replace(made, features=replace(made.features, a=made.features.a - 0.2))
    plain, other = probed(), probed(calibration=lower)
    assert all(b.expected < a.expected for a, b in zip(plain, other, strict=True))
    assert other.record.expected.calibration["features"]["a"] == pytest.approx(made.features.a - 0.2)


def test_a_pool_of_one_is_its_own_shortlist():
    probe = fake_probe(classes=5, each=20)
    (row,) = probed(probe, pool=fake_pool(probe, names=["lab/good"]))
    assert (row.rank, row.p_best, row.shortlist, row.rank_ci) == (1, 1.0, True, (1, 1))
