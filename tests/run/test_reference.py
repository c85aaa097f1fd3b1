from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_candidate, fake_extraction, fake_probe

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.errors import CandidateError
from hubscore.extract.extract_all import ExtractionOutcome
from hubscore.run.rank_options import RankOptions
from hubscore.run.reference import ReferenceMaps, apply_reference, find_reference, make_maps, with_reference
from hubscore.run.session import Session
from hubscore.types import Skipped

NET, REFERENCE = fake_candidate("lab/good", 1), fake_candidate("lab/best", 2)


@pytest.fixture
def probe():
    return fake_probe(classes=3, each=8)


@pytest.fixture
def outcome(probe):
    extractions = {one.repo_id: fake_extraction(one.repo_id, 1.0, probe.labels) for one in (NET, REFERENCE)}
    return ExtractionOutcome(extractions, (), 0)


def test_the_reference_runs_with_the_candidates_once():
    found = CandidateSet((NET,))
    assert with_reference(found, None) is found
    assert with_reference(found, REFERENCE).candidates == (NET, REFERENCE)
    assert with_reference(found, replace(NET, downloads=5)).candidates == (NET,)


def test_each_probe_gets_its_own_rows(probe, outcome):
    maps = {"maps": {NET.repo_id: np.arange(24.0)}}
    (one,) = apply_reference(outcome, [probe], REFERENCE, maps=maps, head=False, seed=0)
    assert one.reference is one.extractions[REFERENCE.repo_id]
    np.testing.assert_array_equal(one.maps["maps"][NET.repo_id], np.arange(24.0))
    (bare,) = apply_reference(outcome, [probe], None, maps={}, head=False, seed=0)
    assert bare.reference is None


def test_a_head_takes_the_place_of_the_features(probe, outcome):
    (one,) = apply_reference(outcome, [probe], REFERENCE, maps={}, head=True, seed=0)
    assert one.reference.features["penultimate"].shape == (24, 3)
    assert one.extractions[REFERENCE.repo_id].features["penultimate"].shape[1] > 3


def test_a_reference_that_did_not_run_stops_the_ranking(probe, outcome):
    failed = ExtractionOutcome({}, (Skipped(REFERENCE.repo_id, "its weights are damaged"),), 0)
    with pytest.raises(CandidateError) as caught:
        list(apply_reference(failed, [probe], REFERENCE, maps={}, head=False, seed=0))
    assert caught.value.why == "its weights are damaged" and caught.value.details["subject"] == REFERENCE.repo_id


def test_a_reference_is_looked_for_only_where_it_is_named(hub):
    assert find_reference(Session(), None) is None
    with pytest.raises(CandidateError, match="The reference network 'tiny/nowhere' cannot be used"):
        find_reference(Session(), "tiny/nowhere")


def test_no_maps_are_made_where_no_score_compares_them(probe):
    for ranking in (RankOptions(scores="knn"), RankOptions(scores="knn", reference="lab/best")):
        assert make_maps(Session(), [NET], probe, None, ranking) == ReferenceMaps()
