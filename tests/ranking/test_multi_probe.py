import json
from dataclasses import replace

import numpy as np
import pytest
from fakes import SIGNALS, fake_pool, fake_probe

from hubscore.numerics.workspace import Workspace
from hubscore.ranking.build import build_ranking
from hubscore.ranking.columns import choose
from hubscore.ranking.multi_probe import average_probes
from hubscore.ranking.score_inputs import ProbeResults, ScoreInputs
from hubscore.ranking.scoring import score_all, score_one
from hubscore.ranking.uncertainty import half_width, of_a_mean, standard_error
from hubscore.report.notes import ties
from hubscore.types import Ranking

NAMES = ["knn", "logme", "lfc"]


def ranked(count: int = 4, **options):
    probe = fake_probe(each=15)
    draws = [
        (replace(probe, seed=seed, fingerprint=f"{seed}" * 64), fake_pool(probe, seed=1 + seed))
        for seed in range(count)
    ]
    (first, (candidates, extractions)), *others = draws
    fresh = [ProbeResults(other, found) for other, (_, found) in others]
    return draws, build_ranking(candidates, extractions, first, fresh=fresh, **{"scores": NAMES, **options})


def test_every_score_is_the_mean_over_the_probes_and_its_error_that_of_a_mean():
    draws, ranking = ranked()
    alone = [
        build_ranking(candidates, found, probe, scores=NAMES, subsamples=0) for probe, (candidates, found) in draws
    ]
    for row in ranking:
        for name in NAMES:
            values = [next(one for one in single if one.model == row.model).scores[name] for single in alone]
            assert row.scores[name] == pytest.approx(np.mean(values))
            assert row.score_sd[name] == pytest.approx(np.std(values, ddof=1) / 2, abs=1e-12)
    assert [row.model for row in ranking][:2] == list(SIGNALS)[:-3:-1]


def test_a_row_keeps_what_each_probe_says():
    draws, ranking = ranked(3)
    alone = [build_ranking(candidates, found, probe, scores=NAMES) for probe, (candidates, found) in draws]
    for row in ranking:
        single = [next(one for one in made if one.model == row.model) for made in alone]
        assert row.probe_scores["knn"] == pytest.approx([one.scores["knn"] for one in single])
        assert row.probe_scores["consensus"] == pytest.approx([one.consensus for one in single])
    again = Ranking.from_json(json.loads(json.dumps(ranking.to_json())))
    assert again.rows[0].probe_scores == ranking.rows[0].probe_scores
    assert "probe_scores" not in alone[0].to_json()["rows"][0]


def test_the_record_and_the_words_say_how_many_probes():
    _, ranking = ranked(3)
    assert ranking.record.uncertainty.probes == 3 and ranking.record.options.probes == 3
    assert ranking.record.options.subsamples == 0
    assert "3 fresh probes drawn with different seeds, 3 extractions of every model" in ranking.record.uncertainty.text
    assert [other["seed"] for other in ranking.probe.fresh] == [1, 2]
    assert "Scores are means over 3 fresh probes; intervals are 95 %, from their spread." in ties(ranking)


def test_a_model_that_lacks_one_of_the_probes_is_not_compared():
    probe = fake_probe(each=15)
    candidates, found = fake_pool(probe)
    fewer = {model: extraction for model, extraction in found.items() if model != "lab/best"}
    ranking = build_ranking(candidates, found, probe, fresh=[ProbeResults(probe, fewer)], scores=["knn"])
    assert "lab/best" not in [row.model for row in ranking] and len(ranking) == 5


def test_undefined_on_one_probe_is_undefined_and_says_on_how_many():
    labels = np.tile(np.arange(2), 6)
    features = np.random.default_rng(0).normal(size=(12, 3))
    views = [
        {"a": ScoreInputs(Workspace(features=features, labels=labels, logits=logits))} for logits in (None, features)
    ]
    columns = choose(["leep", "knn"])
    means, resampled = average_probes([score_all(one, columns, {}) for one in views], columns, 12)
    assert means["a"]["leep"].reason.startswith("on 1 of 2 probes: it has no source head")
    assert means["a"]["knn"].value is not None
    assert resampled.values.shape == (2, 2, 1) and resampled.scale == pytest.approx(np.sqrt(1 / 2))


def test_intervals_of_a_mean_over_five_probes_cover_90_to_99_percent():
    (column,), rng, labels = choose(["lfc"]), np.random.default_rng(3), np.tile(np.arange(2), 15)
    means, values, widths = 1.5 * np.eye(2, 8), [], []
    for _ in range(150):
        drawn = [Workspace(features=means[labels] + rng.normal(size=(30, 8)), labels=labels) for _ in range(5)]
        draws = np.array([score_one(column, ScoreInputs(one), {}).value for one in drawn])
        values.append(draws.mean())
        widths.append(half_width(standard_error(draws, of_a_mean(5)), 5))
    assert 0.90 <= np.mean(np.abs(values - np.mean(values)) <= widths) <= 0.99


def test_capacity_and_pool_scores_work_over_probes():
    _, ranking = ranked(2, scores=["knn", "etran"], capacity=True)
    assert {"knn", "knn+l", "etran", "etran+l"} <= set(ranking.best.scores)
