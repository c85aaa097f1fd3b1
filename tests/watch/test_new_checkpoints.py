"""What is new, asked of a Hub of its own over HTTP."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from candidates.repos import timm_repo
from hubfixture import add_model
from huggingface_hub import HfApi

from hubscore.candidates.query import Query
from hubscore.errors import HubError
from hubscore.localhub import serve
from hubscore.watch.new_checkpoints import find_new_checkpoints
from hubscore.watch.payload import Trigger
from hubscore.watch.state import AttemptedCheckpoint, State

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("watched")) as running:
        yield running


@pytest.fixture
def api(hub):
    shutil.rmtree(hub.root / "models", ignore_errors=True)
    hub.faults.clear()
    return HfApi(endpoint=hub.url, token=False)


@pytest.fixture
def add(hub, api):
    def put(name, day, *, files=None, **options):
        sidecar = {"lastModified": (START + timedelta(days=day)).isoformat().replace("+00:00", "Z")}
        add_model(hub.root, name, {**(files or timm_repo(**options)), ".hub.json": json.dumps(sidecar)})
        return api.model_info(name).sha

    return put


def seen(api, query=None, state=None, **options):
    return find_new_checkpoints(query or Query(search=""), state or State(START), api=api, **options)


def names(fresh):
    return [candidate.repo_id for candidate in fresh.candidates]


def test_what_changed_since_is_taken_oldest_first(api, add):
    add("org/old", -1, seed=1)
    add("org/second", 2, seed=2)
    sha = add("org/first", 1, seed=3)
    fresh = seen(api)
    assert names(fresh) == ["org/first", "org/second"]
    assert fresh.candidates[0].revision == sha and fresh.since == START + timedelta(days=2)
    again = seen(api, state=State(START).with_tried(fresh.tried, fresh.since))
    assert names(again) == [] and again.left_out == {}


def test_what_the_search_refuses_is_counted_and_time_goes_on(api, add):
    add("org/big", 1, count=5000)
    add("org/adapter", 2, seed=2, files={**timm_repo(), "adapter_config.json": "{}"})
    fresh = seen(api, Query(search="", max_params=1000))
    assert names(fresh) == [] and fresh.since == START + timedelta(days=2)
    assert fresh.left_out == {"more than 1 k parameters": ["org/big"], "adapter": ["org/adapter"]}


def test_more_than_the_limit_waits_and_nothing_is_lost(api, add):
    for day in range(1, 6):
        add(f"org/n{day}", day, seed=day)
    state, taken = State(START), []
    for expected in (3, 1, 0):
        fresh = seen(api, Query(search="", limit=2), state)
        assert fresh.waiting == expected
        taken += names(fresh)
        state = state.with_tried(fresh.tried, fresh.since)
    assert taken == [f"org/n{day}" for day in range(1, 6)]


def test_a_new_card_is_no_new_checkpoint_but_new_weights_are(api, add):
    sha = add("org/net", 1, seed=1)
    first = seen(api)
    state = State(START).with_tried(first.tried, first.since)
    add("org/net", 2, seed=1, license="mit")
    card = seen(api, state=state)
    assert names(card) == [] and card.left_out == {"new commit, same weights": ["org/net"]}
    assert card.tried["org/net"].revision != sha
    add("org/net", 3, seed=9)
    assert names(seen(api, state=state.with_tried(card.tried, card.since))) == ["org/net"]


def test_a_copy_of_known_weights_is_left_out(api, add):
    add("org/net", 1, seed=1)
    add("me/copy", 2, seed=1)
    fresh = seen(api)
    assert names(fresh) == ["org/net"] and fresh.left_out == {"same weights as a known one": ["me/copy"]}
    assert names(seen(api, state=State(START + timedelta(days=3)).with_tried(fresh.tried, START))) == []


def test_diverse_takes_only_families_that_are_missing(api, add):
    add("org/r50", 1, architecture="resnet50", seed=1)
    add("org/vit", 2, architecture="vit_tiny_patch16_224", seed=2)
    fresh = seen(api, Query(search="", diverse=True), families=frozenset({"resnet"}))
    assert names(fresh) == ["org/vit"] and fresh.left_out == {"same architecture family as a ranked one": ["org/r50"]}


def test_a_webhook_is_about_one_repo_whatever_its_date(api, add):
    add("org/other", 1, seed=1)
    add("org/net", -5, seed=2)
    fresh = seen(api, trigger=Trigger("org/net"))
    assert names(fresh) == ["org/net"] and fresh.since == START  # what else changed is still to be seen
    assert names(seen(api, trigger=Trigger("org/none"))) == []
    assert names(seen(api, Query(author="timm"), trigger=Trigger("org/net"))) == []
    assert names(seen(api, Query(tags=("rare",)), trigger=Trigger("org/net"))) == []


def test_more_changes_than_a_look_takes_in_are_told(api, add):
    for day in range(1, 5):
        add(f"org/n{day}", day, seed=day)
    assert seen(api, Query(search="", scan=2)).missed and not seen(api, Query(search="", scan=4)).missed


def test_one_that_is_known_at_its_commit_costs_no_request(api, add, hub):
    sha = add("org/net", 1, seed=1)
    hub.log.clear()
    assert names(seen(api, state=State(START, {"org/net": AttemptedCheckpoint(sha)}))) == []
    assert [path for _, path, _, _ in hub.log if "/tree/" in path] == []


def test_a_hub_that_fails_is_told(api, add, hub):
    hub.faults.add(path="/api/models", status=403, times=None)
    with pytest.raises(HubError, match="could not be searched"):
        seen(api)
