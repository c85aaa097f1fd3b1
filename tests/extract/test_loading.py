import pytest
from models.checkpoints import candidate, save_timm

from hubscore.errors import CandidateError
from hubscore.extract.loading import LazyNetwork


def test_a_network_is_fetched_and_loaded_once(tmp_path):
    fetched = []

    def fetch(one):
        fetched.append(one)
        return tmp_path

    save_timm(tmp_path)
    lazy = LazyNetwork(candidate(tmp_path, "timm"), fetch, None)
    lazy.release()
    assert not fetched and lazy.seconds == 0
    assert lazy.network is lazy.network and len(fetched) == 1 and lazy.seconds > 0


def test_what_failed_fails_again_without_another_attempt(tmp_path):
    fetched = []
    lazy = LazyNetwork(candidate(tmp_path, "timm"), lambda one: fetched.append(one) or tmp_path, None)
    for _ in range(2):
        with pytest.raises(CandidateError, match=r"no config\.json"):
            _ = lazy.network
    assert len(fetched) == 1
