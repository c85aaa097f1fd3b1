"""Files fetched ahead: how far, in what order, and what becomes of those that fail or are not wanted."""

import threading
import time
from pathlib import Path

import pytest

from hubscore.errors import HubError
from hubscore.extract.ahead import MOST_AHEAD, Ahead, DiskRoom
from hubscore.types import Candidate

PLENTY = DiskRoom(lambda: 10**12)


def candidates(count=6, size=1000):
    return [Candidate(f"org/net{number}", "a" * 40, "timm", bytes=size) for number in range(count)]


class Hub:
    """Counts what is fetched; slow or broken where it is told to be."""

    def __init__(self):
        self.fetched, self.forgotten, self.broken, self.gate = [], [], set(), threading.Event()
        self.gate.set()

    def fetch(self, one):
        self.gate.wait(10)
        self.fetched.append(one.repo_id)
        if one.repo_id in self.broken:
            raise HubError("The Hub answers 429", "too many requests", "wait")
        return Path(one.repo_id)

    def ahead(self, order, room=PLENTY):
        return Ahead(
            order,
            fetch=self.fetch,
            fetch_config=lambda one: Path("config") / one.repo_id,
            forget=lambda one: self.forgotten.append(one.repo_id),
            room=room,
        )

    def settled(self, count):
        """Whether so much is fetched, and no more after a while."""
        until = time.monotonic() + 10
        while len(self.fetched) < count and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(0.03)
        return len(self.fetched) == count


def test_a_few_are_fetched_before_anybody_asks_and_each_once():
    hub, order = Hub(), candidates()
    with hub.ahead(order) as files:
        assert hub.settled(MOST_AHEAD)
        for number, one in enumerate(order):
            assert files.config(one) == Path("config") / one.repo_id
            assert files.weights(one) == Path(one.repo_id)
            assert hub.settled(min(number + 1 + MOST_AHEAD, len(order)))
            files.forget(one)
    assert hub.fetched == hub.forgotten == [one.repo_id for one in order]


def test_who_asks_for_what_is_under_way_waits_for_it():
    hub, (one, *_) = Hub(), candidates(1)
    hub.gate.clear()
    with hub.ahead([one]) as files:
        time.sleep(0.02)
        threading.Timer(0.05, hub.gate.set).start()
        assert files.weights(one) == Path(one.repo_id)
    assert hub.fetched == [one.repo_id]


def test_nothing_is_fetched_ahead_without_room_or_of_unknown_size():
    for room, size in ((None, 1000), (DiskRoom(lambda: 500), 1000), (DiskRoom(lambda: None), 1000), (PLENTY, None)):
        hub, order = Hub(), candidates(3, size)
        with hub.ahead(order, room) as files:
            assert hub.settled(0)
            assert files.weights(order[0]) == Path("org/net0") and hub.settled(1)


def test_what_lies_ready_and_what_is_used_stay_within_the_budget_of_the_disk():
    hub, order = Hub(), candidates(4)
    with hub.ahead(order, DiskRoom(lambda: 10**12, held=2500)) as files:
        assert hub.settled(2)
        files.weights(order[0])
        assert hub.settled(2), "one used and one ready are 2,000 bytes"
        files.forget(order[0])
        assert hub.settled(3)


def test_after_a_failure_nothing_is_fetched_ahead_until_it_is_asked_for():
    hub, order = Hub(), candidates()
    hub.broken.add("org/net0")
    with hub.ahead(order) as files:
        assert hub.settled(1)
        with pytest.raises(HubError, match="429"):
            files.weights(order[0])
        assert hub.settled(2 + MOST_AHEAD) and hub.fetched[:2] == ["org/net0", "org/net0"]


def test_what_was_fetched_in_vain_is_forgotten_at_the_end():
    hub, order = Hub(), candidates()
    with hub.ahead(order) as files:
        files.weights(order[0])
        assert hub.settled(1 + MOST_AHEAD)
    assert hub.forgotten == ["org/net1", "org/net2"]


def test_a_fetch_that_ends_after_the_run_is_forgotten_too():
    hub, order = Hub(), candidates(1)
    hub.gate.clear()
    with hub.ahead(order):
        time.sleep(0.02)
    hub.gate.set()
    until = time.monotonic() + 10
    while not hub.forgotten and time.monotonic() < until:
        time.sleep(0.002)
    assert hub.forgotten == ["org/net0"]


def test_a_folder_on_this_machine_is_left_to_who_asks():
    hub, one = Hub(), Candidate("./net", "local-1", "timm", bytes=10, path="./net")
    with hub.ahead([one]) as files:
        assert hub.settled(0) and files.weights(one) == Path("net")
