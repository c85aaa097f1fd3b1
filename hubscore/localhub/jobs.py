"""Jobs of the local Hub: commands that are noted, and run in processes of this machine where the Hub may."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hubscore.localhub.refusals import Refusal

TERMINAL = frozenset(("COMPLETED", "CANCELED", "ERROR", "DELETED"))
DEFAULT_SECONDS = 30 * 60
AT_ONCE = 4
LINES_KEPT = 100_000
NOT_RUN = "This local Hub runs no jobs; start it with --run-jobs"
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "OMP_NUM_THREADS", "PYTHONPATH", "SYSTEMROOT")
FLAVORS: Mapping[str, Mapping[str, Any]] = {
    name: {"name": name, "prettyName": pretty, "cpu": cpu, "ram": ram, "unitCostMicroUSD": cost}
    for name, pretty, cpu, ram, cost in (
        ("cpu-basic", "CPU Basic", "2 vCPU", "16 GB", 167),
        ("cpu-upgrade", "CPU Upgrade", "8 vCPU", "32 GB", 500),
    )
}
"""What this Hub lists; the first is the example in the client's own documentation, no price is the real Hub's."""


def now() -> str:
    """Return the time as the Hub writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Job:
    """One command, with all that became of it.

    Attributes:
        id: 24 hexadecimal digits.
        namespace: whose it is.
        owner: name and kind of the namespace, as clients read it.
        spec: as it was sent, without the values of secrets.
        secrets: what only the process gets.
        stage: one of the client's stages.
    """

    id: str
    namespace: str
    owner: Mapping[str, str]
    spec: Mapping[str, Any]
    secrets: Mapping[str, str]
    endpoint: str
    created: str = field(default_factory=now)
    started: str | None = None
    finished: str | None = None
    stage: str = "SCHEDULING"
    message: str | None = None
    lines: list[tuple[str, str]] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    cancelled: bool = False
    process: subprocess.Popen[str] | None = None

    def say(self, line: str) -> None:
        """Add a line to the log."""
        with self.changed:
            if len(self.lines) < LINES_KEPT:
                self.lines.append((now(), line))
            self.changed.notify_all()

    def end(self, stage: str, message: str | None = None) -> None:
        """Reach a stage after which nothing happens."""
        with self.changed:
            self.stage, self.message, self.finished = stage, message, now()
            self.changed.notify_all()

    def follow(self, tail: int | None) -> Iterator[tuple[str, str] | None]:
        """Yield what the log holds and what comes, until the job ends; None when nothing came for a while."""
        place = 0 if tail is None else max(0, len(self.lines) - tail)
        while True:
            with self.changed:
                quiet = place == len(self.lines) and self.stage not in TERMINAL
                if quiet:
                    self.changed.wait(10)
                fresh, ended = self.lines[place:], self.stage in TERMINAL
            yield from fresh
            place += len(fresh)
            if ended and not fresh:
                return
            if quiet and not fresh:
                yield None

    def stop(self) -> None:
        """End the process with all that it started."""
        process = self.process
        if process is not None and process.poll() is None:
            try:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(2)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
            except OSError:
                pass


class Jobs:
    """All jobs of a Hub.

    Args:
        run: whether commands are run; whoever may write to the Hub then runs what they like on this machine.
    """

    def __init__(self, *, run: bool = False) -> None:
        self.run, self.known = run, dict[str, Job]()
        self._places = threading.Semaphore(AT_ONCE)

    def start(self, namespace: str, owner: Mapping[str, str], spec: Mapping[str, Any], endpoint: str) -> Job:
        """Note a job, and begin it in a thread."""
        plain = {key: value for key, value in spec.items() if key != "secrets"}
        hidden = {str(key): str(value) for key, value in (spec.get("secrets") or {}).items()}
        job = Job(secrets.token_hex(12), namespace, owner, plain, hidden, endpoint)
        self.known[job.id] = job
        if self.run:
            threading.Thread(target=self._run, args=(job,), name=f"job-{job.id}", daemon=True).start()
        else:
            job.end("ERROR", NOT_RUN)
        return job

    def find(self, namespace: str, job_id: str) -> Job:
        """Return a job.

        Raises:
            Refusal: 404 where there is none of that name in the namespace.
        """
        job = self.known.get(job_id)
        if job is None or job.namespace != namespace:
            raise Refusal(404, f"There is no job {job_id} of {namespace}")
        return job

    def cancel(self, job: Job) -> None:
        """End a job, whether it runs or waits."""
        job.cancelled = True
        job.stop()
        if job.stage not in TERMINAL and job.process is None:
            job.end("CANCELED")

    def close(self) -> None:
        """End all."""
        for job in list(self.known.values()):
            self.cancel(job)

    def _run(self, job: Job) -> None:
        with self._places, tempfile.TemporaryDirectory(prefix="hubscore-job-") as place:
            if job.cancelled:
                job.end("CANCELED")
                return
            job.started, job.stage = now(), "RUNNING"
            job.say(f"===== Job started at {job.started} =====")
            until = time.monotonic() + int(job.spec.get("timeoutSeconds") or DEFAULT_SECONDS)
            for _ in range(max(1, int(job.spec.get("attempts") or 1))):
                code = self._attempt(job, Path(place), until)
                if code == 0 or job.cancelled or time.monotonic() >= until:
                    break
            if job.cancelled:
                job.end("CANCELED")
            elif code == 0:
                job.end("COMPLETED")
            elif time.monotonic() >= until:
                job.end("ERROR", "Job timeout")
            else:
                job.end("ERROR", f"Job failed with exit code: {code}")

    def _attempt(self, job: Job, place: Path, until: float) -> int:
        """Run the command once, its image being this machine; return how it ended."""
        try:
            process = subprocess.Popen(
                [*job.spec["command"], *(job.spec.get("arguments") or [])],
                cwd=place,
                env=_environment(job, place),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            job.say(f"The command cannot be run: {error}")
            return 127
        job.process = process
        timer = threading.Timer(max(0.0, until - time.monotonic()), job.stop)
        timer.start()
        try:
            for line in process.stdout or ():
                job.say(line.rstrip("\n"))
            return process.wait()
        finally:
            timer.cancel()


def _environment(job: Job, place: Path) -> dict[str, str]:
    """Return what the process sees: little of this one's, this Hub as its Hub, and a cache of its own."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    kept["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), kept.get("PATH", os.defpath)))
    own = {"HOME": str(place), "HF_HOME": str(place / "huggingface"), "HUBSCORE_CACHE": str(place / "hubscore")}
    here = {"HF_ENDPOINT": job.endpoint, "HF_HUB_DISABLE_XET": "1", "JOB_ID": job.id}
    given = {str(key): str(value) for key, value in (job.spec.get("environment") or {}).items()}
    return {**kept, **own, **here, **given, **job.secrets}
