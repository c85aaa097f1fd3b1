import numpy as np
import pytest
from layers.test_select import drawn

from hubscore.errors import CandidateError
from hubscore.layers.target_network import explain_target, find_target
from hubscore.run.options import RunOptions
from hubscore.run.session import Session


@pytest.fixture
def session(tmp_path):
    return Session(run=RunOptions(device="cpu", input_size=48, cache_dir=tmp_path))


def test_without_a_target_network_there_is_nothing_to_explain(session):
    assert find_target(session, None) is None and explain_target(session, None, drawn(6), 64) is None


def test_nodes_and_features_of_the_target_network_at_its_own_size(session, tiny_repos, tmp_path):
    session.open()
    target, probe = find_target(session, tiny_repos.timm), drawn(6)
    graph = explain_target(session, target, probe, 8)
    assert graph.features.shape[0] == 6 and np.isfinite(graph.features).all()
    own = Session(run=RunOptions(device="cpu", cache_dir=tmp_path / "own"))
    own.open()
    np.testing.assert_array_equal(graph.features, explain_target(own, target, probe, 8).features)


def test_a_network_that_is_not_there_is_named_with_what_it_was_for(session):
    with pytest.raises(CandidateError) as caught:
        find_target(session, "tiny/nowhere")
    assert caught.value.what == "The target network 'tiny/nowhere' cannot be used"
    assert caught.value.fix == "--target-network ID of another network"
