import threading
import time

import pytest

from hubscore.ranking.parallel import map_threads, usable


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
