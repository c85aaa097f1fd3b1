"""A worker: ``python -m hubscore.extract.worker DEVICE``. It does one candidate after the other, as it is told.

It reads no token and talks to no Hub: what it needs of a candidate's files it asks of the run that started it.
"""

from __future__ import annotations

import base64
import faulthandler
import gc
import io
import os
import pickle
import queue
import shutil
import sys
import threading
import time
import traceback
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from hubscore.errors import CandidateError, ErrorCode, HubError, HubscoreError, StorageError, reason_of
from hubscore.extract.cache import FeatureCache
from hubscore.extract.distributed import resolve_device
from hubscore.extract.job import Job
from hubscore.extract.messages import pack_error, read_message, unpack_error, write_message
from hubscore.extract.scheduler import CandidateTask
from hubscore.modalities.registry import MODALITIES
from hubscore.registry import load_target
from hubscore.types import Candidate, Json

IDLE_SECONDS = 120.0
"""After which a worker ends that nobody has told anything."""
_KILL_ME_FIRST = "500"
_IMPORTING = (100_000, 10, 10)
"""How seldom garbage is looked for while libraries are imported: they make objects by the million and drop none, and
to look for it as often as usual takes an eighth of the time.
"""
_MOMENT = 0.05  # in which the system gives the children of a process that ends to another


class Worker:
    """One worker's side of the conversation.

    Args:
        device: to compute on.
        orders: what the run says.
        answers: where it listens.
    """

    def __init__(self, device: str, orders: queue.SimpleQueue[Json], answers: BinaryIO) -> None:
        self._device, self._orders, self._answers = device, orders, answers
        self._usual = gc.get_threshold()

    def serve(self) -> None:
        """Do what is ordered, until nothing has been for a while."""
        gc.set_threshold(*_IMPORTING)
        with suppress(queue.Empty):
            while True:
                order = self._orders.get(timeout=IDLE_SECONDS)
                if order["say"] == "job":
                    self._take(Path(order["folder"]))
                elif not self._run(order):
                    return

    def _take(self, folder: Path) -> None:
        """Take on a job: the orders that follow are about its candidates."""
        job: Job = pickle.loads((folder / "job.pickle").read_bytes())
        for target in job.modalities:
            MODALITIES.add(load_target(target))
        self.job, self._store = job, FeatureCache(job.store)
        self._store.trouble = self._notice
        try:
            self.task: CandidateTask[Any] = job.recipe.make(
                fetch=lambda candidate: self._ask("weights"),
                fetch_config=lambda candidate: self._ask("config"),
                store=self._store,
                device=resolve_device(self._device),
            )
        except HubscoreError as error:
            self._say("failed", error=pack_error(error))
        else:
            self._say("ready")

    def _run(self, order: Json) -> bool:
        """Do a candidate; False where nothing more can be done."""
        candidate, before = self.job.candidates[order["index"]], self.task.forward_images
        # Where even the interpreter's lock is never let go, this ends the process once the run is gone too.
        faulthandler.dump_traceback_later(order["seconds"], exit=True)
        said, more = self._do(candidate, order["part"], order["parts"])
        gc.set_threshold(*self._usual)  # what the first one needed is imported
        faulthandler.cancel_dump_traceback_later()
        self._hand_over()
        self._say(said, **more, images=self.task.forward_images - before)
        return said != "failed"

    def _do(self, candidate: Candidate, part: int, parts: int) -> tuple[str, Json]:
        try:
            if parts > 1:
                return "done", {"keys": list(self.task.part(candidate, part, parts))}
            result = self.task.result(candidate)
            return "done", {"keys": list(self.task.cache_keys(candidate.repo_id, result))}
        except (CandidateError, HubError) as error:
            return "skipped", {"reason": reason_of(error), "code": str(error.code)}
        except HubscoreError as error:
            return "failed", {"error": pack_error(error)}
        except MemoryError:
            return "skipped", {"reason": "there is not enough memory for it", "code": ErrorCode.OUT_OF_MEMORY}
        except Exception as error:  # whatever a candidate makes anything raise is that candidate's matter
            traceback.print_exc()
            reason = f"running it fails ({type(error).__name__}: {' '.join(str(error).split())[:300]})"
            return "skipped", {"reason": reason, "code": ErrorCode.CANDIDATE}

    def _notice(self, error: StorageError) -> None:
        """Remember why the disk takes no more."""
        self._trouble = error

    def _hand_over(self) -> None:
        """Give the run what the disk did not take; here it is needed no longer."""
        for path, content in self._store.unwritten.drain():
            said = {"path": path.relative_to(self._store.root).as_posix(), "error": pack_error(self._trouble)}
            self._say("kept", **said, content=base64.b64encode(content).decode("ascii"))

    def _ask(self, what: str) -> Path:
        """Ask the run for the candidate's folder.

        Raises:
            HubscoreError: the run could not get it.
        """
        faulthandler.cancel_dump_traceback_later()
        self._say(what)
        answer = self._orders.get()
        faulthandler.dump_traceback_later(answer["seconds"], exit=True)
        if answer["say"] == "refused":
            raise unpack_error(answer["error"])
        return Path(answer["path"])

    def _say(self, what: str, **more: Any) -> None:
        write_message(self._answers, {"say": what, **more})

    def warn(self, message: Warning | str, *about: Any) -> None:
        """Pass a warning on to the run, whose user would have seen it."""
        kind = about[0].__name__ if about else "UserWarning"
        self._say("warning", text=str(message), kind=kind)


class _Log(io.FileIO):
    """A file whose disk may be full: what a library prints must not be the end of a candidate."""

    def write(self, data: Any) -> int:
        with suppress(OSError):
            return super().write(data) or 0
        return len(data)


def main(device: str) -> None:
    """Serve a run."""
    # What libraries print, also from C, goes to the log: the run reads every line of its pipe.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr = io.TextIOWrapper(io.BufferedWriter(_Log(2, "w", closefd=False)), line_buffering=True)
    faulthandler.enable()
    with suppress(OSError):  # on Linux: where memory is short, this process goes rather than the run
        Path("/proc/self/oom_score_adj").write_text(_KILL_ME_FIRST)
    orders: queue.SimpleQueue[Json] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders, os.getppid()), daemon=True).start()
    worker = Worker(device, orders, answers)
    warnings.showwarning = worker.warn  # type: ignore[assignment]
    worker.serve()


def _listen(orders: queue.SimpleQueue[Json], run: int) -> None:
    """Take orders; once nobody can give any, end, whatever the process is doing. A run that was killed can no longer
    remove the job's folder.
    """
    folder = None
    for line in sys.stdin.buffer:
        order = read_message(line)
        if order is not None:
            orders.put(order)
            folder = order.get("folder", folder)
    time.sleep(_MOMENT)
    if folder is not None and os.getppid() != run:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
