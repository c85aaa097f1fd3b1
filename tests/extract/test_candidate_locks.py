"""Locks of candidates, between real processes."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from extract.lighttask import LightRecipe, light
from extract.probes import checkpoints, probe

from hubscore.extract.cache import FeatureCache
from hubscore.extract.candidate_locks import FOLDER, CandidateLocks, clear_locks
from hubscore.extract.engine import each
from hubscore.extract.events import CandidateFinished, CandidateWaiting
from hubscore.extract.parked import end_parked_workers
from hubscore.extract.stream import extract_each
from hubscore.extract.supervisor import Supervision

HOLDER = """
import sys
from pathlib import Path
from extract.lighttask import LightRecipe, light
from hubscore.extract.candidate_locks import CandidateLocks
from hubscore.extract.scheduler import each_here
from hubscore.extract.cache import FeatureCache

place, root = map(Path, sys.argv[1:3])
recipe = LightRecipe(str(place / "log"))

def fetch(one):
    print(one.repo_id, flush=True)
    sys.stdin.readline()  # until it is told to go on
    return Path("first")

task = recipe.make(fetch=fetch, fetch_config=lambda one: place, store=FeatureCache(root), device="cpu")
list(each_here(task, light("a", "b"), locks=CandidateLocks(root, recipe.identity)))
"""


@contextmanager
def other_process(script, place, python=sys.executable):
    path = os.pathsep.join([os.path.dirname(os.path.dirname(__file__)), *filter(None, sys.path)])
    process = subprocess.Popen(
        [python, "-c", script, str(place), str(place / "store")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                stream.close()


@pytest.fixture
def first(tmp_path):
    """Another process that has the first of two candidates in work."""
    with other_process(HOLDER, tmp_path) as process:
        assert process.stdout.readline() == "org/a\n"
        yield process


def second(place, events, supervision=None):
    """Run the same candidates here."""
    found = each(
        LightRecipe(str(place / "log")),
        light("a", "b"),
        store=FeatureCache(place / "store"),
        fetch=lambda one: place,
        fetch_config=lambda one: place,
        progress=events.append,
        device="cpu",
        supervision=supervision,
    )
    return {one.candidate.repo_id: one.result for one in found}


def begun(place):
    return [line.split()[0] for line in (place / "log").read_text().splitlines()]


def once_waiting(events, then):
    """Do something in another thread once the run has said that it waits."""

    def watch():
        while not any(isinstance(event, CandidateWaiting) for event in events):
            time.sleep(0.01)
        then()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_the_second_run_waits_for_the_first_and_says_so_once(first, tmp_path, workers):
    events = []
    at_work = begun(tmp_path)

    def go_on():
        assert begun(tmp_path).count("org/a") == len(at_work) == 1  # nobody else began it meanwhile
        first.communicate("\n\n")

    watching = once_waiting(events, go_on)
    made = second(tmp_path, events, Supervision(workers, "cpu") if workers else None)
    watching.join()
    assert made == {"org/a": "ORG/A", "org/b": "ORG/B"} and first.returncode == 0
    assert sum(isinstance(event, CandidateWaiting) for event in events) == 1
    assert sum(isinstance(event, CandidateFinished) for event in events) == 2


REAL = """
import pickle, sys
from pathlib import Path
from hubscore.extract.cache import FeatureCache
from hubscore.extract.stream import extract_each

candidates, probe = pickle.load(open(sys.argv[1] + "/given", "rb"))

def fetch(one):
    print(one.repo_id, flush=True)
    sys.stdin.readline()
    return Path(one.path)

store = FeatureCache(sys.argv[2])
found = extract_each(candidates, probe, fetch=fetch, fetch_config=lambda one: Path(one.path), store=store, device="cpu")
print(sum(one.forward_images for one in found))
"""


@pytest.mark.slow
def test_what_the_first_run_computed_is_read_and_not_computed_again(tmp_path, warm_python):
    (candidate, *_), rows = checkpoints(tmp_path), probe()
    (tmp_path / "given").write_bytes(pickle.dumps(((candidate,), rows)))
    events, store = [], FeatureCache(tmp_path / "store")
    with other_process(REAL, tmp_path, warm_python) as process:
        assert process.stdout.readline().strip() == candidate.repo_id
        said = []
        watching = once_waiting(events, lambda: said.append(process.communicate("\n")[0]))
        (one,) = extract_each(
            [candidate], rows, fetch=lambda one: Path(one.path), store=store, device="cpu", progress=events.append
        )
        watching.join()
    assert one.extraction is not None and one.forward_images == 0 and said == [f"{len(rows)}\n"]
    assert [event.kind for event in events] == ["started", "waiting", "finished"] and events[-1].cached


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_lock_of_a_killed_run_is_free(first, tmp_path):
    events = []
    watching = once_waiting(events, lambda: os.kill(first.pid, signal.SIGKILL))
    assert second(tmp_path, events) == {"org/a": "ORG/A", "org/b": "ORG/B"}
    watching.join()
    assert begun(tmp_path) == ["org/a", "org/b", "org/a"]  # meanwhile it has done what was free


def test_workers_of_one_run_share_the_lock_of_two_candidates_that_are_one(tmp_path):
    one, other = light("a", "b")
    locks = CandidateLocks(tmp_path, lambda candidate: {"revision": "the same"})
    order, inside, waiting = [], threading.Event(), threading.Event()

    def work():
        with locks.held(one):
            inside.set()
            waiting.wait(60)
            order.append("one")

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(60)
    with locks.held(other, waiting.set):
        order.append("other")
    thread.join()
    assert order == ["one", "other"]


def test_whether_somebody_holds_it(tmp_path):
    locks, (one, other) = CandidateLocks(tmp_path, lambda candidate: {"revision": candidate.revision}), light("a", "b")
    with locks.held(one):
        assert locks.busy(one) and not locks.busy(other)
    assert not locks.busy(one)
    (tmp_path / "file").touch()
    assert not CandidateLocks(tmp_path / "file", lambda candidate: {}).busy(one)


@pytest.mark.parametrize("workers", [0, 1])
def test_what_another_run_has_in_work_is_put_off_behind_all_others(tmp_path, workers):
    recipe, candidates = LightRecipe(str(tmp_path / "log")), light("a", "b", "c")
    locks, waiting = CandidateLocks(tmp_path / "store", recipe.identity), threading.Event()

    def watch(event):
        if isinstance(event, CandidateWaiting):
            waiting.set()

    def hold():
        with locks.held(candidates[0]):
            held.set()
            waiting.wait(60)

    held, holder = threading.Event(), threading.Thread(target=hold)
    holder.start()
    held.wait(60)
    ended = list(
        each(
            recipe,
            candidates,
            store=FeatureCache(tmp_path / "store"),
            fetch=lambda one: Path("here"),
            progress=watch,
            device="cpu",
            supervision=Supervision(workers, "cpu") if workers else None,
        )
    )
    holder.join()
    assert [one.candidate.repo_id for one in ended] == ["org/b", "org/c", "org/a"]
    assert [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()] == ["org/b", "org/c", "org/a"]


def test_a_run_that_is_stopped_does_not_wait_on(tmp_path):
    locks, (one,) = CandidateLocks(tmp_path, lambda candidate: {}), light("a")
    stop = threading.Event()
    with locks.held(one), locks.held(one, stop.set, stop.is_set):
        assert stop.is_set()


def test_where_nothing_can_be_written_nothing_is_locked(tmp_path):
    (tmp_path / FOLDER).write_text("no folder")
    locks, (one,) = CandidateLocks(tmp_path, lambda candidate: {}), light("a")
    with locks.held(one), locks.held(one):
        pass
    assert (tmp_path / FOLDER).read_text() == "no folder"


def test_the_files_can_be_cleared_while_one_is_held(tmp_path):
    locks, (one,) = CandidateLocks(tmp_path, lambda candidate: {}), light("a")
    with locks.held(one):
        clear_locks(tmp_path)
        with locks.held(one):
            assert len(list((tmp_path / FOLDER).iterdir())) == 1
    clear_locks(tmp_path)
    assert list((tmp_path / FOLDER).iterdir()) == []


@pytest.fixture(autouse=True)
def no_workers_stay():
    yield
    end_parked_workers()
