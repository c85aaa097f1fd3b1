import random

import pytest
from hubfixture import add_model
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.utils import httpx

from hubscore.localhub import serve
from hubscore.localhub.chaos import BODIES, KINDS, STALE, STATUSES, Chaos

BYTES = random.Random(0).randbytes(50_000)


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory):
    root = tmp_path_factory.mktemp("chaos") / "root"
    add_model(root, "a/b", {"README.md": "# B\n", "model.bin": BYTES})
    with serve(root) as hub:
        yield hub


def strike(hub, kind):
    hub.chaos.rate, hub.chaos.kinds, hub.chaos.slow = 1.0, (kind,), 0.05
    hub.chaos.counts.clear()


@pytest.fixture(autouse=True)
def calm(bad_day):
    yield
    bad_day.chaos.rate = 0.0


FILE = "a/b/resolve/main/model.bin"


@pytest.mark.parametrize("kind", STATUSES)
def test_refusals_come_with_their_headers(bad_day, kind):
    strike(bad_day, kind)
    answer = httpx.get(f"{bad_day.url}/{FILE}")
    status, headers = STATUSES[kind]
    assert answer.status_code == status and bad_day.chaos.counts == {kind: 1}
    assert all(answer.headers[name] == value for name, value in headers.items())


@pytest.mark.parametrize("kind", ["cut body", "too long a length"])
def test_a_broken_body_is_an_error_of_the_line(bad_day, kind):
    strike(bad_day, kind)
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{bad_day.url}/{FILE}")


def test_a_slow_body_arrives_whole(bad_day):
    strike(bad_day, "slow body")
    assert httpx.get(f"{bad_day.url}/{FILE}").content == BYTES


def test_too_short_a_length_looks_like_a_whole_answer(bad_day):
    strike(bad_day, "too short a length")
    answer = httpx.get(f"{bad_day.url}/{FILE}")
    assert answer.status_code == 200 and answer.content == BYTES[: len(BYTES) // 2]


def test_a_stale_etag_is_another_one_of_the_same_form(bad_day):
    true = httpx.head(f"{bad_day.url}/{FILE}").headers["X-Linked-ETag"]
    strike(bad_day, STALE)
    told = httpx.head(f"{bad_day.url}/{FILE}").headers["X-Linked-ETag"]
    assert told != true and len(told) == len(true)


def test_what_is_written_meets_refusals_only_and_before_anything_is_done(bad_day):
    for kind in (*BODIES, STALE):
        strike(bad_day, kind)
        assert HfApi(endpoint=bad_day.url, token="hf_local").create_repo(f"local/{kind.replace(' ', '-')}")
        assert not bad_day.chaos.counts


def test_the_same_requests_meet_the_same_failures():
    drawn = [[chaos.draw("GET", "/x") for _ in range(200)] for chaos in (Chaos(0.3, seed=5), Chaos(0.3, seed=5))]
    assert drawn[0] == drawn[1] and 30 < sum(kind is not None for kind in drawn[0]) < 90
    assert {kind for kind in drawn[0] if kind} == set(KINDS) - {STALE}
    assert Chaos(0.0).draw("GET", "/x") is None


def test_a_patient_client_gets_everything_through(bad_day, tmp_path):
    bad_day.chaos.kinds, bad_day.chaos.rate, bad_day.chaos.slow = KINDS, 0.3, 0.01
    for _ in range(100):
        try:
            folder = snapshot_download("a/b", endpoint=bad_day.url, cache_dir=tmp_path)
            break
        except (OSError, ValueError, httpx.HTTPError):
            continue
    assert (tmp_path / folder / "model.bin").read_bytes() == BYTES
