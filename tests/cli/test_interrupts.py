import os
import signal
import subprocess
import sys
import textwrap

import pytest

from hubscore.cli.errors import STOPPED, run_guarded
from hubscore.cli.interrupts import INTERRUPTS, Interrupts
from hubscore.cli.output import Output
from hubscore.cli.run_progress import ProgressReporter
from hubscore.extract.events import CandidateStarted


class Swallowing:
    """Its finaliser is where the signal strikes: Python prints the exception and goes on."""

    def __init__(self, number):
        self.number = number

    def __del__(self):
        os.kill(os.getpid(), self.number)
        for _ in range(1000):
            pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_a_finaliser_swallows_stops_the_run_at_its_next_step(number, capsys):
    steps = []

    def run():
        reporter = ProgressReporter(Output("human"))
        one = Swallowing(number)
        del one
        steps.append("went on")
        reporter.event(CandidateStarted("a", 1, 2))
        steps.append("was not stopped")

    with INTERRUPTS:
        assert run_guarded(run) == STOPPED
    assert steps == ["went on"] and "Stopped" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_one_that_comes_after_the_last_step_still_decides_on_the_exit_code():
    def run():
        one = Swallowing(signal.SIGINT)
        del one
        return 0

    with INTERRUPTS:
        assert run_guarded(run) == STOPPED


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_stop_at_once_where_nothing_is_in_the_way(number):
    with INTERRUPTS:
        assert run_guarded(lambda: os.kill(os.getpid(), number)) == STOPPED


def test_a_program_that_is_stopped_does_not_wait_for_a_file_under_way_and_tidies_up(tmp_path):
    program = """
        import atexit, concurrent.futures, sys, time
        from pathlib import Path
        from hubscore.cli import main

        def run(arguments, name):
            concurrent.futures.ThreadPoolExecutor().submit(time.sleep, 100)  # as the Hub's client downloads
            atexit.register(Path(sys.argv[1]).touch)
            raise KeyboardInterrupt

        main._run = run
        main.main()
    """
    words = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "tidy")]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=90, check=False)
    assert ended.returncode == STOPPED and "Stopped." in ended.stderr and (tmp_path / "tidy").exists()


def test_what_was_heeded_is_over_and_handlers_are_put_back():
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        interrupts.heed()
        interrupts.check()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interrupts():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
