"""One worker as the run sees it: a process that is started, spoken to, watched, and ended if need be."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

from hubscore.errors import ErrorCode
from hubscore.extract.messages import read_message, write_message
from hubscore.types import Json

_GLANCE = 1.0
_TAIL = 65536
_PARTING = 5.0  # seconds that a worker has to end by itself


@dataclass(frozen=True)
class Death:
    """How a process ended.

    Attributes:
        code: ``out-of-memory`` where the system says so, else ``process-died``.
        reason: in words, of the candidate that it was at work on.
        sure: whether the candidate is the cause: not so where somebody may have killed the process from outside.
    """

    code: ErrorCode
    reason: str
    sure: bool


class WorkerProcess:
    """A worker, started at once.

    Args:
        device: on which it computes.
        environment: of the process.
    """

    def __init__(self, device: str, environment: Mapping[str, str]) -> None:
        self._log = _log()
        self._kills = system_kills()
        # A session of its own: Ctrl-C at the terminal is for the run, which then ends its workers.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "hubscore.extract.worker", device],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=dict(environment),
            start_new_session=True,
        )
        self._inbox: queue.SimpleQueue[Json | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="hubscore-worker", daemon=True).start()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def send(self, message: Json) -> None:
        """Say something; a worker that has ended is noticed by what it no longer answers."""
        with suppress(OSError, ValueError):
            write_message(cast(BinaryIO, self._process.stdin), message)

    def receive(self, timeout: float | None) -> Json | None:
        """Return what the worker says next, or none once it has ended.

        Raises:
            TimeoutError: it said nothing for so many seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            left = _GLANCE if end is None else min(_GLANCE, max(0.0, end - time.monotonic()))
            with suppress(queue.Empty):
                return self._inbox.get(timeout=left)
            if self._process.poll() is not None and self._inbox.empty():
                return None  # something that it started may keep its pipe open
            if end is not None and time.monotonic() >= end:
                raise TimeoutError

    def end(self) -> None:
        """Let the worker end, which has nothing to do, and wait until it has."""
        with suppress(OSError):
            cast(BinaryIO, self._process.stdin).close()
        try:
            self._process.wait(_PARTING)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End the worker, and what it has started, at once."""
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()

    def death(self) -> Death:
        """Return how the process ended, once :meth:`receive` has returned none."""
        status = self._process.wait()
        if status >= 0:
            last = self.last_words()
            reason = f"its process ended with exit code {status}" + (f" ({last})" if last else "")
            return Death(ErrorCode.PROCESS_DIED, reason, True)
        name = _signal_name(-status)
        if name != "SIGKILL":
            words = "crashed, a segmentation fault" if name == "SIGSEGV" else "crashed"
            return Death(ErrorCode.PROCESS_DIED, f"its process {words} ({name})", True)
        if system_kills() > self._kills:
            return Death(ErrorCode.OUT_OF_MEMORY, "the system ended its process, for want of memory", True)
        return Death(ErrorCode.PROCESS_DIED, "its process was killed (SIGKILL), perhaps for want of memory", False)

    def last_words(self) -> str:
        """Return the last line that the process wrote on stderr, on one line of at most 300 characters."""
        if not hasattr(os, "pread"):  # elsewhere reading would move the place where the process writes
            return ""
        size = os.fstat(self._log.fileno()).st_size
        text = os.pread(self._log.fileno(), _TAIL, max(0, size - _TAIL)).decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip()]
        return " ".join(lines[-1].split())[:300] if lines else ""

    def _listen(self) -> None:
        with cast(BinaryIO, self._process.stdout) as stream:
            for line in stream:
                message = read_message(line)
                if message is not None:
                    self._inbox.put(message)
        self._inbox.put(None)


def system_kills() -> int:
    """Return how many processes Linux has ended for want of memory since it started; 0 where nothing tells."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    return 0


def _log() -> IO[bytes]:
    """Return a file for what a worker prints; where no disk takes one, that is lost."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "w+b")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
