from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_candidate, fake_extraction, fake_probe

from hubscore.errors import Undefined, UsageError
from hubscore.ranking.columns import choose
from hubscore.ranking.score_inputs import CUT, ProbeResults, with_cut_share
from hubscore.scores.api import compute
from hubscore.scores.info import SCORES


@pytest.fixture(scope="module")
def probe():
    return fake_probe(classes=3, each=6)


def opened(probe, d=40, **changes):
    extraction = replace(fake_extraction("lab/good", 1.0, probe.labels, d=d), **changes)
    return ProbeResults(probe, {"lab/good": extraction}).inputs(fake_candidate("lab/good", 0))


def test_columns_that_may_share_a_workspace_do(probe):
    views = opened(probe)
    knn, logme, reduced_knn, reduced_lfc = choose(["knn", "logme", "knn@4", "lfc@4"])
    assert views.of(knn) is views.of(logme) is views.plain
    assert views.of(reduced_knn) is views.of(reduced_lfc)
    assert views.of(reduced_knn).features.shape == (18, 4)


def test_only_scores_that_rotation_leaves_alone_see_rotated_features(probe):
    turned = opened(probe).turned()
    knn, logistic = choose(["knn", "logistic"])
    assert turned.of(knn).features.shape == (18, 18)
    assert turned.of(logistic).features.shape == (18, 40)


def test_a_subset_of_both_views_has_the_same_rows(probe):
    rows = np.array([0, 2, 3, 7, 10, 11])
    turned = opened(probe).turned()
    part = turned.subset(rows)
    gram = part.plain.features @ part.plain.features.T
    assert part.rotated.features @ part.rotated.features.T == pytest.approx(gram)
    assert part.plain.features.shape[0] == 6


def test_narrow_features_are_not_copied_for_a_rotation(probe):
    turned = opened(probe, d=5).turned()
    assert turned.rotated is turned.plain
    assert turned.subset(np.arange(6)).rotated.features.shape == (6, 5)


def test_what_was_counted_on_the_network_goes_before_the_card(probe):
    views = opened(probe, parameters=123, layers=None)
    assert views.plain.candidate.parameters == 123
    assert views.plain.candidate.layers is None
    assert opened(probe, layers=18).plain.candidate.layers == 18


def test_features_that_are_not_finite_are_refused_by_column(probe):
    features = np.ones((18, 4), dtype=np.float32)
    features[3, 2] = np.nan
    with pytest.raises(UsageError, match="Cannot use features: column 2 is nan in row 3"):
        opened(probe, features={"penultimate": features})


def test_another_layer_is_used_where_there_is_no_penultimate_one(probe):
    assert opened(probe, features={"block3": np.eye(18, 7, dtype=np.float32)}).plain.features.shape == (18, 7)


def test_a_head_without_a_softmax_gives_no_probabilities(probe):
    said = opened(probe, notes={"no_probabilities": "its head is a regression"}).plain
    assert said.logits is None and not said.has("probs") and said.no_probabilities == "its head is a regression"
    extraction = fake_extraction("lab/good", 1.0, probe.labels, d=40)
    tagger = replace(fake_candidate("lab/good", 0), multilabel=True)
    plain = ProbeResults(probe, {"lab/good": extraction}).inputs(tagger).plain
    assert extraction.logits is not None and plain.logits is None
    with pytest.raises(Undefined, match=r"its head is multi-label \(sigmoid\)"):
        compute(SCORES.get("leep"), plain)


def test_a_head_that_ends_in_a_softmax_gives_probabilities(probe):
    outputs = np.random.default_rng(0).dirichlet(np.ones(4), size=18).astype(np.float32)
    plain = opened(probe, logits=outputs).plain
    assert plain.logits is None and np.allclose(plain.probs, outputs)


def test_the_share_of_cut_items_is_noted_where_there_is_one(probe):
    extraction = fake_extraction("lab/good", 1.0, probe.labels)
    cut = np.zeros((len(probe.indices), 1), dtype=np.float32)
    assert with_cut_share(extraction) is extraction
    assert with_cut_share(replace(extraction, features={**extraction.features, CUT: cut})).notes == extraction.notes
    cut[: len(cut) // 2] = 1
    told = with_cut_share(replace(extraction, features={**extraction.features, CUT: cut}, transform={"limit": 8}))
    assert told.notes[CUT] == {"share": 0.5, "limit": 8}
