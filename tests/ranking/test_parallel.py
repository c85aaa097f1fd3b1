import threading
import time

import pytest

from hubscore.ranking.parallel import Lanes, in_strands, map_threads, usable


def test_results_come_in_the_order_of_the_names_for_any_number_of_workers():
    def work(name, tick):
        time.sleep(0.01 * (name == "a"))
        tick()
        return name.upper()

    for workers in (1, 2, 5, None):
        told = []
        assert list(map_threads(work, "abcd", lambda told=told: told.append(1), workers=workers).items()) == list(
            zip("abcd", "ABCD", strict=True)
        )
        assert len(told) == 4


def test_work_really_runs_at_the_same_time():
    both = threading.Barrier(2, timeout=10)
    assert map_threads(lambda name, tick: both.wait() >= 0, "ab", lambda: None, workers=2) == {"a": True, "b": True}


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_stop_ends_the_other_workers_at_their_next_step(error):
    steps, other = [], threading.Event()

    def work(name, tick):
        if name == "a":
            other.wait(10)
            raise error("stop")
        while len(steps) < 100_000:
            steps.append(name)
            other.set()
            time.sleep(0.001)
            tick()
        return None

    with pytest.raises(error):
        map_threads(work, "abcd", lambda: None, workers=2)
    assert len(steps) < 100_000
    assert not any(thread.name.startswith("score") for thread in threading.enumerate())


def test_what_a_watcher_raises_comes_through():
    def tell():
        raise ValueError("the watcher broke")

    with pytest.raises(ValueError, match="the watcher broke"):
        map_threads(lambda name, tick: tick(), "ab", tell, workers=2)


def test_there_is_a_core():
    assert 1 <= usable() <= 8


def test_lanes_hold_no_more_pieces_than_there_are_lanes():
    going, most, lock = [], [], threading.Lock()

    def piece(tick):
        with lock:
            going.append(1)
            most.append(len(going))
        time.sleep(0.005)
        with lock:
            going.pop()
        tick()
        return len(most)

    told = []
    with Lanes(2, lambda: told.append(1)) as lanes:
        for _ in range(6):
            lanes.add(piece)
        assert len(list(lanes.rest())) == 6 and list(lanes.rest()) == []
    assert max(most) <= 2 and len(told) == 6


def test_work_goes_on_beside_who_brings_it():
    reached = threading.Event()
    with Lanes(1) as lanes:
        lanes.add(lambda tick: 0)
        lanes.add(lambda tick: reached.wait(10))
        assert list(lanes.finished()) == [0]
        reached.set()
        assert list(lanes.rest()) == [True]


def test_an_error_of_a_piece_comes_out_at_the_next():
    def broken(tick):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), Lanes(1) as lanes:
        lanes.add(broken)
        lanes.add(lambda tick: 0)


def test_leaving_lanes_stops_a_piece_at_its_next_step():
    begun, steps = threading.Event(), []

    def endless(tick):
        while True:
            begun.set()
            steps.append(1)
            time.sleep(0.001)
            tick()

    with pytest.raises(KeyboardInterrupt), Lanes(1) as lanes:
        lanes.add(lambda tick: None)
        lanes.add(endless)
        begun.wait(10)
        raise KeyboardInterrupt
    count = len(steps)
    time.sleep(0.02)
    assert len(steps) == count


def test_strands_answer_in_order():
    assert in_strands(lambda number: number * 2, range(5), 3) == in_strands(lambda number: number * 2, range(5), 1)
