"""A Python that has imported what takes seconds: each command runs in a fork of it, as in a process of its own.

What is imported is not used before the fork, so that no thread is lost in it.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HEAVY = ("hubscore.cli.main", "hubscore.run.rank", "hubscore.models.load", "datasets", "scipy.stats", "sklearn.svm")


class WarmPython:
    """Runs commands one after the other; made by :func:`warm_python`."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder, self._count = process, folder, 0

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``python WORDS``, of which the first is ``-c`` or ``-m``."""
        self._count += 1
        out, err = (self._folder / f"{self._count}.{name}" for name in ("out", "err"))
        print(json.dumps([words, str(out), str(err)]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        assert answer, "the warm Python has ended"
        return subprocess.CompletedProcess(words, int(answer), out.read_text(), err.read_text())


@contextmanager
def warm_python(folder: Path, environment: Mapping[str, str]) -> Iterator[WarmPython]:
    """Start it; what commands write goes through files below ``folder``."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__))],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield WarmPython(process, folder)
    finally:
        process.stdin.close()
        process.wait(timeout=60)


def execute(words: Sequence[str]) -> int:
    """Run a command in this process; return its exit code."""
    kind, what, *rest = words
    sys.argv = [what if kind == "-m" else "-c", *rest]
    try:
        if kind == "-m":
            runpy.run_module(what, run_name="__main__", alter_sys=True)
        else:
            exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def forked(words: Sequence[str], out: str, err: str) -> int:
    """Run a command in a fork that writes to two files."""
    child = os.fork()
    if not child:
        for number, path in ((1, out), (2, err)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        code = execute(words)
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def serve() -> None:
    """Import what is heavy, then run what is asked for until there is no more."""
    sys.path.pop(0)  # the folder of this file, which no command would have
    for name in HEAVY:
        __import__(name)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        print(forked(*json.loads(line)), file=answers, flush=True)


if __name__ == "__main__":
    serve()
