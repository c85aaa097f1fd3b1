import json
import math
from dataclasses import replace

import numpy as np
import pytest
from fakes import SIGNALS, fake_extraction, fake_pool, fake_probe

from hubscore.errors import Advice, CandidateError, UsageError
from hubscore.ranking.build import build_ranking
from hubscore.ranking.capacity import NO_LAYERS
from hubscore.ranking.request import check_scores
from hubscore.types import Ranking, RunRecord, Saturation, Skipped

BEST_FIRST = list(SIGNALS)[::-1]


def ranked(probe=None, *, pool=None, **options):
    probe = probe or fake_probe(each=15)
    candidates, extractions = pool or fake_pool(probe)
    return build_ranking(
        candidates, extractions, probe, **{"scores": ["knn", "logme", "lfc"], "subsamples": 4, **options}
    )


def test_networks_come_in_the_order_of_their_signal(quick_ranking):
    assert [row.model for row in quick_ranking] == BEST_FIRST
    assert (
        quick_ranking.rows[0].rank == 1 and quick_ranking.rows[-1].consensus < 0.2 < 0.8 < quick_ranking.best.consensus
    )


def test_every_score_together_finds_the_order_too():
    probe = fake_probe(classes=3, each=12)
    ranking = build_ranking(*fake_pool(probe, names=["lab/worst", "lab/good", "lab/best"], d=8), probe, subsamples=3)
    assert [row.model for row in ranking] == ["lab/best", "lab/good", "lab/worst"]
    assert {name for row in ranking for name in row.undefined} == {"heuristic"}
    assert set(ranking.best.scores) == set(check_scores("all"))
    assert ranking.record.uncertainty.recomputed["nleep"] == 0


def test_a_row_has_every_field_of_the_schema(quick_ranking):
    row = quick_ranking.to_json()["rows"][0]
    assert (
        row["revision"] == "5" * 40
        and row["library"] == "timm"
        and row["family"] == "convnext"
        and row["license"] is None
    )
    assert row["parameters"] == 300_000 and row["bytes"] == 10_000_005 and row["layers"] and row["seconds"] == 2.5
    assert set(row["baselines"]) == {"size", "downloads", "likes", "capacity", "heuristic", "random"}
    assert row["consensus_ci"][0] <= row["consensus"] <= row["consensus_ci"][1]
    assert row["rank_ci"][0] <= row["rank"] <= row["rank_ci"][1]
    assert (
        row["score_sd"]["logme"] > 0
        and row["score_ci"]["logme"][0] < row["scores"]["logme"] < row["score_ci"]["logme"][1]
    )


def test_seconds_are_the_total_where_the_extraction_says_it():
    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    timed = {
        name: replace(one, seconds={"load": 1.0, "forward": 2.0, "total": 3.5}) for name, one in extractions.items()
    }
    assert {row.seconds for row in ranked(probe, pool=(candidates, timed))} == {3.5}


def test_a_score_without_value_has_its_reason_and_no_number(quick_ranking):
    rows = {row.model: row for row in quick_ranking}
    assert "source-class probabilities" in rows["lab/poor"].undefined["leep"]
    assert "leep" not in rows["lab/poor"].scores and "leep" in rows["lab/best"].scores
    assert quick_ranking.scores["leep"].averaged is False and quick_ranking.scores["leep"].defined == 4
    assert quick_ranking.scores["energy"].averaged is False and quick_ranking.scores["knn"].averaged is True


def test_the_saved_form_is_plain_json_without_nan_and_comes_back(quick_ranking):
    text = json.dumps(quick_ranking.to_json(), allow_nan=False)
    again = Ranking.from_json(json.loads(text))
    assert again.rows == quick_ranking.rows and again.to_json() == json.loads(text)
    assert json.loads(text)["schema"] == 1


def test_the_probe_is_named_without_its_labels_and_images(quick_ranking):
    probe = quick_ranking.probe
    assert (probe.dataset, probe.revision, probe.split, probe.fingerprint) == (
        "user/shapes",
        "d" * 40,
        "train",
        "f" * 64,
    )
    assert probe.indices[:3] == (0, 3, 6) and probe.samples == 120 and probe.labelled is True
    assert "labels" not in probe.to_json() and "images" not in probe.to_json()


def test_agreement_is_between_scores_and_of_the_consensus_with_baselines(quick_ranking):
    agreement = quick_ranking.agreement
    assert agreement.tau("logme", "knn") == agreement.tau("knn", "logme") > 0.5
    assert set(agreement.consensus) == {"size", "downloads", "likes", "capacity", "heuristic", "random"}
    assert agreement.consensus["heuristic"] is None


def test_the_record_says_how_to_repeat_it(quick_ranking):
    record = quick_ranking.record
    assert record.seeds == {"ranking": 0}
    assert record.options.subsamples == 20 and record.options.scores[0] == "leep"
    assert record.extractions["lab/best"]["input_size"] == [32, 32]
    assert record.milliseconds["logme"] > 0
    assert record.uncertainty.samples_kept == 96 and "delete-d jackknife" in record.uncertainty.text


def test_the_caller_adds_to_the_record():
    record = ranked(record=RunRecord(endpoint="http://hub", forward_images=60)).record
    assert (record.endpoint, record.forward_images, record.seeds) == ("http://hub", 60, {"ranking": 0})


def test_the_order_of_the_candidates_changes_nothing():
    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    first = ranked(probe, pool=(candidates, extractions), scores="knn,logme,etran,transrate")
    turned = ranked(
        probe, pool=(candidates[::-1], dict(reversed(extractions.items()))), scores="transrate,etran,logme,knn"
    )
    assert [(row.model, row.rank, row.consensus, row.consensus_ci, row.score_sd) for row in first] == [
        (row.model, row.rank, row.consensus, row.consensus_ci, row.score_sd) for row in turned
    ]


def test_a_checkpoint_with_features_that_are_not_finite_is_skipped_by_name():
    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    broken = extractions["lab/fair"].features["penultimate"].copy()
    broken[4, 1] = np.inf
    extractions["lab/fair"] = replace(extractions["lab/fair"], features={"penultimate": broken})
    ranking = ranked(probe, pool=(candidates, extractions), skipped=[Skipped("lab/zero", "no weights")])
    assert [item.model for item in ranking.skipped] == ["lab/fair", "lab/zero"]
    assert "column 1 is inf in row 4" in ranking.skipped[0].reason
    assert len(ranking) == 5 and ranking.best.model == "lab/best"


def test_no_candidate_at_all_is_an_error_that_gives_every_reason():
    with pytest.raises(CandidateError) as caught:
        ranked(pool=([], {}), skipped=[Skipped("a/b", "a corrupt file"), Skipped("c/d", "no weights")])
    assert str(caught.value).startswith("No candidate could be ranked: a/b: a corrupt file; c/d: no weights")


def test_an_unknown_score_is_refused_with_near_names():
    with pytest.raises(UsageError, match=r"Unknown score 'logmee': did you mean logme"):
        check_scores("logmee")


def test_labels_that_cannot_be_used_are_refused_before_any_score():
    probe = replace(fake_probe(each=15), labels=np.linspace(0, 1, 60), target=None)
    with pytest.raises(UsageError, match="Cannot tell what labels"):
        ranked(probe, pool=fake_pool(fake_probe(each=15)))


def test_unlabelled_data_is_ranked_by_what_needs_no_labels():
    probe = fake_probe(each=15)
    pool = fake_pool(probe)
    ranking = ranked(replace(probe, labels=None, target=None, classes=()), pool=pool, scores="knn,energy")
    assert [row.mean_rank for row in ranking] == [1, 2, 3, 4, 5, 6]
    assert ranking.best.consensus > 0.9 and ranking.record.recipe.families == {"label-free": ["energy"]}
    assert "There are no labels, so only these families enter instead: label-free" in ranking.record.recipe.text
    (warning, *_) = ranking.record.warnings
    assert (
        "this order rests on energy alone" in warning
        and Advice.REFERENCE.words in warning
        and "logme, h_score, knn" in warning
    )
    assert "no labels" in ranking.best.undefined["knn"] and ranking.probe.labelled is False


def test_scores_that_do_not_enter_the_consensus_leave_the_order_to_the_mean_rank_and_say_so():
    ranking = ranked(scores=["energy"], subsamples=0)
    assert all(row.consensus is None for row in ranking)
    assert (
        "none of these scores enters the consensus: the models stand in the order of their mean rank"
        in ranking.record.warnings[0]
    )


def test_a_pool_of_one_stands_in_the_middle_without_intervals_of_place():
    probe = fake_probe(each=15)
    (row,) = ranked(probe, pool=fake_pool(probe, names=["lab/good"]), scores="knn,ncti")
    assert (row.rank, row.consensus, row.consensus_ci, row.rank_ci) == (1, 0.5, None, None)
    assert "there is one" in row.undefined["ncti"] and row.score_sd["knn"] > 0


def test_without_subsamples_there_are_no_intervals():
    ranking = ranked(subsamples=0)
    assert (
        ranking.best.consensus_ci is None
        and ranking.best.score_sd == {}
        and [row.rank for row in ranking] == [1, 2, 3, 4, 5, 6]
    )


def test_the_capacity_ensemble_is_shown_beside_and_averaged_instead():
    ranking = ranked(capacity=True)
    row = ranking.best
    assert {"knn", "knn+l", "logme", "logme+l"} <= set(row.scores)
    assert ranking.scores["knn"].averaged is False and ranking.scores["knn+l"].averaged is True
    layers = {one.model: one.layers for one in ranking}
    values = np.array([one.scores["knn"] for one in ranking])
    expected = (row.scores["knn"] - values.mean()) / values.std() + row.layers / max(layers.values())
    assert row.scores["knn+l"] == pytest.approx(expected)
    assert row.score_sd["knn+l"] > 0 and ranking.record.options.capacity is True


def test_an_unknown_depth_leaves_the_ensemble_undefined():
    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    extractions["lab/poor"] = replace(extractions["lab/poor"], layers=None)
    rows = {row.model: row for row in ranked(probe, pool=(candidates, extractions), capacity=True)}
    assert rows["lab/poor"].undefined["knn+l"] == NO_LAYERS and "knn+l" in rows["lab/good"].scores


def test_a_reduction_is_an_exact_pca_and_is_recorded():
    from hubscore.scores.api import score

    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    ranking = ranked(probe, pool=(candidates, extractions), reduce=5)
    features = extractions["lab/best"].features["penultimate"]
    assert ranking.best.scores["logme"] == pytest.approx(
        score("logme", features=features, labels=probe.labels, reduce=5)
    )
    assert ranking.record.options.reduce == 5 and ranking.scores["logme"].reduce == 5


def test_an_order_like_that_of_eight_sizes_is_warned_of_and_that_of_six_is_not():
    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    signals = {**SIGNALS, "lab/weak": 0.6, "lab/strong": 2.1}
    for number, name in enumerate(("lab/weak", "lab/strong")):
        candidates.append(replace(candidates[number], repo_id=name))
        extractions[name] = fake_extraction(name, signals[name], probe.labels)
    upward = sorted(signals, key=signals.__getitem__)
    sized = [replace(candidate, parameters=10 ** (3 + upward.index(candidate.repo_id))) for candidate in candidates]
    (warning, *_) = ranked(probe, pool=(sized, extractions)).record.warnings
    assert warning.startswith("this order is nearly the order by size (Kendall's tau-b +") and "8 models" in warning
    few = {candidate.repo_id: extractions[candidate.repo_id] for candidate in sized[:6]}
    ranking = ranked(probe, pool=(sized[:6], few))
    assert ranking.agreement.with_baselines["size"] == 1.0 and not any(
        "order by" in told for told in ranking.record.warnings
    )


def test_progress_counts_every_step_once():
    steps = []
    ranked(progress=lambda done, total: steps.append((done, total)))
    assert steps == [(done, 30) for done in range(1, 31)]


def test_intervals_stay_within_the_range_of_the_score(quick_ranking):
    for row in quick_ranking:
        low, high = row.score_ci["knn"]
        assert 0 <= low <= row.scores["knn"] <= high <= 1
        assert not math.isinf(row.score_ci["logme"][0])


@pytest.mark.parametrize(
    ("target", "labels", "works"),
    [
        ("multilabel", lambda codes: np.eye(4)[codes], "knn"),
        ("regression", lambda codes: codes + np.linspace(0, 1, len(codes)), "logme"),
        ("annotation", lambda codes: np.eye(4)[codes] * 0.5, "parc"),
    ],
)
def test_other_targets_are_ranked_by_the_scores_that_know_them(target, labels, works):
    probe = fake_probe(each=15)
    pool = fake_pool(probe)
    ranking = ranked(replace(probe, labels=labels(probe.labels), target=target), pool=pool, scores=[works, "lfc"])
    assert ranking.best.model == "lab/best" and works in ranking.best.scores and ranking.best.consensus_ci is not None
    assert f"the target is {target}" in ranking.best.undefined["lfc"]


def test_intervals_of_a_regression_reach_below_0_where_the_score_may():
    probe = fake_probe(each=15)
    pool = fake_pool(probe)
    values = np.random.default_rng(0).normal(size=len(probe))
    ranking = ranked(replace(probe, labels=values, target="regression", classes=()), pool=pool, scores=["knn"])
    assert min(row.score_ci["knn"][0] for row in ranking) < 0
    assert all(-1 <= row.score_ci["knn"][0] <= row.score_ci["knn"][1] <= 1 for row in ranking)
    assert ranking.scores["knn"].range == "-1.0 .. 1.0"


def test_the_options_that_were_used_are_recorded():
    probe = fake_probe(each=15)
    ranking = ranked(probe, scores=["nleep", "energy", "knn"], seed=7, subsamples=0)
    assert ranking.scores["nleep"].options["seed"] == 7 and ranking.scores["knn"].options == {"k": 1}
    assert ranking.scores["energy"].options == {"energy_of": "logits"}
    mixed = ranked(probe, pool=fake_pool(probe, headless=["lab/fair"]), scores=["energy"], subsamples=0)
    assert mixed.scores["energy"].options == {"energy_of": "features"}


def test_a_reduction_leaves_scores_of_the_head_alone():
    plain, reduced = (
        ranked(scores=["leep", "logme"], subsamples=0),
        ranked(scores=["leep", "logme"], subsamples=0, reduce=4),
    )
    assert {row.model: row.scores["leep"] for row in plain} == {row.model: row.scores["leep"] for row in reduced}
    assert reduced.scores["leep"].title == "LEEP" and reduced.scores["logme"].title == "LogME after exact PCA to 4"


def test_a_slow_score_has_intervals_when_asked_for():
    ranking = ranked(scores=["nleep", "logme"], subsamples=3, resample="nleep")
    assert ranking.best.score_sd["nleep"] > 0 and ranking.record.uncertainty.recomputed == {
        "nleep": 3,
        "logme": 3,
    }
    assert ranking.record.options.resample == ("nleep",)
    assert "nleep" not in ranked(scores=["nleep", "logme"], subsamples=3).best.score_sd


def test_a_score_that_subsamples_take_away_is_named_with_the_reason():
    probe = fake_probe(each=24)
    candidates, extractions = fake_pool(probe)
    rows = np.flatnonzero((probe.labels < 3) | (np.arange(96) < 8))  # two samples of the last class
    few = replace(probe, labels=probe.labels[rows], indices=tuple(rows.tolist()))
    cut = {
        m: replace(x, features={"penultimate": x.features["penultimate"][rows]}, logits=None)
        for m, x in extractions.items()
    }
    ranking = ranked(few, pool=(candidates, cut), scores=["logistic", "logme"], subsamples=5)
    known = ranking.record.uncertainty
    assert known.recomputed == {"logistic": 5, "logme": 5} and known.defined["logme"] == 5 > known.defined["logistic"]
    assert (
        "logistic" in ranking.best.scores
        and "logistic" not in ranking.best.score_ci
        and "logme" in ranking.best.score_ci
    )
    (warning,) = (told for told in ranking.record.warnings if told.startswith("logistic"))
    lost = 5 - known.defined["logistic"]
    assert (
        f"no interval for 6 of 6 checkpoints, and the consensus takes it as certain: it is undefined on {lost} of 5"
        in warning
    )
    assert "1 class has one sample" in warning and "use more samples" in warning
    assert "stay as they are" in known.text and "a model lacks on one of them" in known.text


def test_checkpoints_at_the_end_of_a_scale_are_marked_as_tied():
    probe = fake_probe(each=15)
    candidates, extractions = fake_pool(probe)
    wide = np.random.default_rng(0).normal(size=(3, 60, 200)) + 9 * np.eye(4, 200)[probe.labels]
    names = ("lab/best", "lab/better", "lab/good")
    extractions |= {
        name: replace(extractions[name], features={"penultimate": rows}) for name, rows in zip(names, wide, strict=True)
    }
    ranking = ranked(probe, pool=(candidates, extractions), scores=["fda", "logme"], subsamples=0)
    at_end = sum(row.scores["fda"] == 1.0 for row in ranking)
    assert at_end >= 3 and ranking.scores["fda"].saturated == Saturation(1.0, at_end)
    assert "saturated" not in ranking.scores["logme"].to_json()
    assert any(
        f"fda is 1.0, the best possible, for {at_end} of 6 checkpoints: they are tied" in told
        for told in ranking.record.warnings
    )


def test_label_texts_make_emms_a_column():
    from hubscore.scores.api import score

    probe, texts = fake_probe(each=15), [np.random.default_rng(k).normal(size=(4, 6)) for k in range(2)]
    pool = fake_pool(probe)
    ranking = ranked(probe, pool=pool, scores="emms,knn", label_texts=texts, subsamples=3)
    features = pool[1]["lab/best"].features["penultimate"]
    expected = score("emms", features=features, labels=probe.labels, label_texts=texts)
    assert ranking.best.model == "lab/best" and ranking.best.scores["emms"] == pytest.approx(expected)
    assert ranking.best.score_sd["emms"] > 0 and ranking.record.options.label_texts == ((4, 6), (4, 6))
    assert "there are no label texts" in ranked(scores="emms,knn", subsamples=0).best.undefined["emms"]


def test_label_texts_of_other_classes_are_refused():
    with pytest.raises(UsageError, match="they have 3 rows, and the probe has 4 classes"):
        ranked(label_texts=[np.ones((3, 2))])


def test_a_baseline_that_nobody_knows_has_its_reason(quick_ranking):
    row = quick_ranking.best
    assert (
        row.baselines["heuristic"] is None
        and row.undefined["heuristic"] == "the card does not say how many images the source set has"
    )
