"""Real worker processes over candidates that crash, hang, are killed, or go well; without networks, so that a worker
starts in a moment.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from extract.lighttask import LightRecipe, light

from hubscore.errors import HubError, HubscoreError, StorageError
from hubscore.extract import worker_threads
from hubscore.extract.cache import FeatureCache
from hubscore.extract.events import CandidateFinished, CandidateSkipped, CandidateStarted
from hubscore.extract.job import Job
from hubscore.extract.parked import end_parked_workers
from hubscore.extract.supervisor import Supervision, supervised

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.fixture(scope="module", autouse=True)
def no_worker_stays():
    yield
    end_parked_workers()


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


class Place:
    """Runs light candidates in a folder, and tells what was begun."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.events, self.forgotten = folder, folder / "log", [], []

    def run_kept(self, *names: str, **known):
        """Run them in the worker of the test before, which stays for the next one."""
        return self.run(*names, keep=True, **known)

    def run(self, *names: str, hang: float = 0.1, fetch=None, processes: int = 1, **known):
        return list(self.start(*names, hang=hang, fetch=fetch, processes=processes, **known))

    def start(self, *names, hang=0.1, fetch=None, processes=1, **known):
        def seconds(candidate):
            return hang if "hang" in candidate.repo_id else 300.0

        candidates = light(*names)
        return supervised(
            Job(LightRecipe(str(self.log)), candidates, str(self.folder / "store")),
            store=FeatureCache(self.folder / "store"),
            fetch=fetch or (lambda one: Path("here") / one.repo_id),
            fetch_config=lambda one: Path("config"),
            forget=lambda one: self.forgotten.append(one.repo_id),
            progress=self.events.append,
            supervision=Supervision(processes, "cpu", seconds, **known),
        )

    @property
    def begun(self) -> list[list[str]]:
        return [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []


def reasons(ended):
    return {one.candidate.repo_id: one.skipped.reason for one in ended if one.skipped is not None}


def results(ended):
    return {one.candidate.repo_id: one.result for one in ended if one.skipped is None}


def test_what_ends_a_worker_costs_that_candidate_alone_also_in_a_rerun(place):
    names = ("a", "b-crash", "c-hang", "d-exit", "e")
    first = place.run(*names)
    assert results(first) == {"org/a": "ORG/A", "org/e": "ORG/E"}
    told = reasons(first)
    assert "segmentation fault (SIGSEGV)" in told["org/b-crash"] and "--timeout-per-model" in told["org/c-hang"]
    assert "exit code 7 (no way)" in told["org/d-exit"]
    assert len({process for _, process, *_ in place.begun}) == 4  # a and b shared one; each of the three ended its own
    assert place.forgotten == [f"org/{name}" for name in names]
    kinds = [type(event) for event in place.events]
    assert kinds == [CandidateStarted, CandidateFinished, *[CandidateStarted, CandidateSkipped] * 3, *kinds[:2]]
    assert [event.index for event in place.events] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]

    begun = len(place.begun)
    second = place.run(*names)  # everything is known: no worker is started
    assert results(second) == results(first) and len(place.begun) == begun
    assert {name: "--retry" in reason for name, reason in reasons(second).items()} == dict.fromkeys(told, True)
    assert all(one.forward_images == 0 for one in second)

    third = place.run(*names[:1], "c-hang", hang=0.2)  # of the same revision as b-crash: that is what is remembered
    assert "crash" in reasons(third)["org/c-hang"] and len(place.begun) == begun


def test_a_candidate_is_tried_again_where_somebody_says_so(place):
    for retry in (False, True):
        assert "SIGSEGV" in reasons(place.run("a-crash", retry=retry))["org/a-crash"]
    assert len(place.begun) == 2


def test_what_a_candidate_raises_is_its_own_matter_and_its_worker_goes_on(place):
    with pytest.warns(RuntimeWarning, match="it is old"):
        ended = place.run_kept("a-raise", "b-memory", "c-refuse", "d-print", "e-warn")
    assert results(ended) == {"org/d-print": "ORG/D-PRINT", "org/e-warn": "ORG/E-WARN"}
    told = reasons(ended)
    assert "RuntimeError: a bug" in told["org/a-raise"] and "memory" in told["org/b-memory"]
    assert told["org/c-refuse"] == "It cannot be used: it is odd"
    assert len({process for _, process, *_ in place.begun}) == 1
    assert [one.forward_images for one in ended] == [3] * 5


def test_files_are_fetched_by_the_run_and_its_errors_reach_the_candidate(place, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")

    def fetch(one):
        assert threading.current_thread() is not threading.main_thread()
        if one.repo_id == "org/b":
            raise HubError("The Hub failed", "error 503", code="server-error")
        return Path("somewhere") / one.repo_id

    ended = place.run_kept("a", "b", fetch=fetch)
    assert reasons(ended) == {"org/b": "The Hub failed: error 503"}
    assert (place.folder / "store" / "light" / "org--a").read_text() == '["ORG/A", "somewhere/org/a"]'


def test_what_is_no_candidates_fault_stops_the_run(place):
    with pytest.raises(StorageError) as caught:
        place.run("a-full", "b")
    assert caught.value.code == "disk-full" and [name for name, *_ in place.begun] == ["org/a-full"]

    def broken(one):
        raise KeyError("a bug of the run")

    with pytest.raises(KeyError):
        place.run("c", fetch=broken)


def test_what_a_worker_cannot_write_reaches_the_run_which_says_so_once(place):
    with pytest.warns(RuntimeWarning, match="the disk is full") as told:
        ended = place.run_kept("a", "b-nospace", "c-nospace")
    assert results(ended) == {"org/a": "ORG/A", "org/b-nospace": "ORG/B-NOSPACE", "org/c-nospace": "ORG/B-NOSPACE"}
    said = [str(one.message) for one in told if one.category is RuntimeWarning]
    assert len(said) == 1 and "kept in memory for this run alone" in said[0]
    assert not list((place.folder / "store" / "features").rglob("*.safetensors"))


def test_results_that_vanish_are_computed_once_more_and_count_once(place):
    ended = place.run_kept("a-vanish", "b")
    assert results(ended) == {"org/a-vanish": "ORG/A-VANISH", "org/b": "ORG/B"}
    assert [name for name, *_ in place.begun] == ["org/a-vanish", "org/b", "org/a-vanish"]
    assert [event.index for event in place.events if isinstance(event, CandidateStarted)] == [1, 2]


def test_one_that_is_killed_beside_another_counts_once(place):
    ended = place.run("a-kill", "b", "c", processes=2)
    assert "org/a-kill" in reasons(ended) and [name for name, *_ in place.begun].count("org/a-kill") == 2
    assert sorted(event.index for event in place.events if isinstance(event, CandidateStarted)) == [1, 2, 3]


@pytest.mark.parametrize("times", [2, 3])
def test_a_worker_that_is_killed_before_it_is_ready_is_started_again(place, monkeypatch, times):
    started = []

    class Killed(worker_threads.WorkerProcess):
        def __init__(self, *about):
            super().__init__(*about)
            started.append(self.pid)
            if len(started) <= times:
                os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr(worker_threads, "WorkerProcess", Killed)
    if times == 2:
        assert results(place.run("a", "b")) == {"org/a": "ORG/A", "org/b": "ORG/B"}
    else:
        with pytest.raises(HubscoreError, match="A worker process cannot start: its process was killed"):
            place.run("a", "b")
    assert len(started) == 3


def test_two_workers_share_the_work_the_longest_first_and_leave_nothing_running(place):
    ended = place.run("a", "b", "c", "d-kill", processes=2)
    assert results(ended) == {f"org/{name}": f"ORG/{name.upper()}" for name in "abc"}
    names = [name for name, *_ in place.begun]
    assert names[0] in ("org/d-kill", "org/c")  # the largest
    assert names.count("org/d-kill") == 2  # once more, alone: another could have taken the memory
    assert "SIGKILL" in reasons(ended)["org/d-kill"]
    assert all(threads == "1" for *_, threads in place.begun)
    again = len(place.begun)
    place.run("d-kill")
    assert len(place.begun) == again + 1  # somebody may have killed it: it is not held against the candidate
    assert not any(_alive(int(process)) for _, process, *_ in place.begun)


def test_a_worker_that_is_kept_serves_the_next_pass_and_one_that_has_ended_is_replaced(place):
    try:
        place.run("a", keep=True)
        place.run("a", "b", keep=True)
        first, second = (int(process) for _, process, *_ in place.begun)
        assert first == second and _alive(first)
        os.kill(first, signal.SIGKILL)
        assert results(place.run("a", "b", "c", keep=True))["org/c"] == "ORG/C"
        third = int(place.begun[-1][1])
        assert third != first and _alive(third)
    finally:
        end_parked_workers()
    assert not _alive(third)


def test_leaving_the_run_ends_its_workers_at_once(place):
    running = place.start("a", "b-hang", hang=900)
    assert next(running).result == "ORG/A"
    while len(place.begun) < 2:
        time.sleep(0.01)
    process = int(place.begun[1][1])
    assert _alive(process)
    running.close()
    assert not _alive(process)


def test_a_run_that_is_killed_takes_its_workers_along(place, tmp_path):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # the run
        with suppress(BaseException):
            os.close(read)
            for _ in place.start("a", "b-hang", hang=900):
                os.write(write, b"x")
        os._exit(1)
    os.close(write)
    assert os.read(read, 1) == b"x"
    while len(place.begun) < 2:
        time.sleep(0.01)
    process = int(place.begun[1][1])
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    until = time.monotonic() + 60
    while _alive(process) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _alive(process)


def test_what_exists_in_the_callers_process_alone_is_done_there_and_said(place):
    here = type("Here", (LightRecipe,), {"__module__": "__main__"})(str(place.log))
    said = []
    ended = list(
        supervised(
            Job(here, light("a"), str(place.folder / "store")),
            store=FeatureCache(place.folder / "store"),
            fetch=lambda one: Path("here"),
            fetch_config=lambda one: Path("config"),
            supervision=Supervision(device="cpu", unportable=said.append),
        )
    )
    assert results(ended) == {"org/a": "ORG/A"}
    assert [int(process) for _, process, *_ in place.begun] == [os.getpid()]
    assert len(said) == 1 and "Here" in said[0]


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with suppress(OSError):  # a zombie of somebody else's
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True
