import pytest
from hubfixture import add_dataset
from huggingface_hub import HfApi

from hubscore.hub.errors import explain_error
from hubscore.hub.retry import is_transient, retry

REPO = "retry/rows"


@pytest.fixture
def repo(hub):
    add_dataset(hub.root, REPO, {"data.csv": "a,b\n"})
    yield hub
    hub.faults.clear()


@pytest.fixture
def sleeps(monkeypatch):
    waited = []
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", waited.append)
    return waited


def caught(call):
    """What the real client raises, which an `except` would have to name by versions."""
    with pytest.raises(Exception) as info:
        call()
    return info.value


def info(repo_id=REPO, **options):
    return HfApi().dataset_info(repo_id, **options)


def test_a_stumble_is_forgiven(repo, sleeps):
    repo.faults.add(path=REPO, status=500, times=2)
    assert retry(info).id == REPO
    assert sleeps == [0.25, 0.5]


def test_the_hub_says_how_long_to_wait(repo, sleeps):
    repo.faults.add(path=REPO, status=429, times=1, headers={"RateLimit": '"api";r=0;t=3'})
    repo.faults.add(path=REPO, status=503, times=1, headers={"Retry-After": "7"})
    retry(info)
    assert sleeps == [3.0, 7.0]


def test_a_long_wait_is_an_error_at_once(repo, sleeps):
    repo.faults.add(path=REPO, status=429, times=1, headers={"RateLimit": '"api";r=0;t=280'})
    assert explain_error(caught(lambda: retry(info)), REPO).fix.startswith("run the same command again in 280 seconds")
    assert sleeps == []


def test_patience_ends(repo, sleeps):
    repo.faults.add(path=REPO, status=500, times=None)
    assert is_transient(caught(lambda: retry(info)))
    assert len(sleeps) == 5


def test_a_refusal_is_not_asked_again(hub, sleeps):
    caught(lambda: retry(lambda: info("errors/nobody")))
    assert sleeps == []
