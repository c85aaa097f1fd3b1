"""A process that answers, or ends in one way or another."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from hubscore.errors import ErrorCode
from hubscore.extract import worker_process
from hubscore.extract.worker_process import WorkerProcess, system_kills

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Starts Python code in the place of a worker."""

    def process(code):
        (tmp_path / "code.py").write_text(code)
        script = tmp_path / "python"
        script.write_text(f"#!/bin/sh\nexec {sys.executable} {tmp_path / 'code.py'}\n")
        script.chmod(0o755)
        monkeypatch.setattr(worker_process.sys, "executable", str(script))
        return WorkerProcess("cpu", os.environ)

    return process


def test_it_answers_and_ends_when_nothing_more_is_said(start):
    worker = start("import sys\nfor line in sys.stdin: print(line, end='', flush=True)\n")
    worker.send({"say": "one"})
    assert worker.receive(300) == {"say": "one"}
    with pytest.raises(TimeoutError):
        worker.receive(0.01)
    worker.end()
    assert worker.receive(300) is None


@pytest.mark.parametrize(
    ("code", "told", "sure"),
    [
        ("import sys; sys.exit('no such library')", "exit code 1 (no such library)", True),
        ("import os, signal; os.kill(os.getpid(), signal.SIGABRT)", "crashed (SIGABRT)", True),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed (SIGKILL), perhaps", False),
    ],
)
def test_how_it_ended(start, code, told, sure):
    worker = start(code)
    assert worker.receive(300) is None
    death = worker.death()
    assert told in death.reason and death.sure is sure and death.code is ErrorCode.PROCESS_DIED


def test_where_the_system_counts_a_kill_for_want_of_memory_that_is_what_it_was(start, monkeypatch):
    worker = start("import time; time.sleep(1000)")
    before = system_kills()
    monkeypatch.setattr(worker_process, "system_kills", lambda: before + 1)
    os.kill(worker.pid, signal.SIGKILL)
    assert worker.receive(300) is None and worker.death().code is ErrorCode.OUT_OF_MEMORY


def test_what_it_started_ends_with_it(start):
    worker = start(
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
        'print(\'{"say": "%d"}\' % child.pid, flush=True)\nchild.wait()\n'
    )
    child = int(worker.receive(300)["say"])
    worker.kill()
    assert worker.receive(300) is None
    until = time.monotonic() + 60
    while _state(child) not in ("", "Z") and time.monotonic() < until:
        time.sleep(0.01)
    assert _state(child) in ("", "Z")


def _state(process):
    """Of a process, one letter; empty once it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
