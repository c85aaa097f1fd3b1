"""A Python that has imported what takes seconds: what is run with it is a process of its own, a fork.

``warm_python`` is an executable that takes what ``python`` takes (``-c``, ``-m`` or a script), with environment,
streams, signals and exit code. It shows everything but what a start from nothing would show: imports. What is imported
is not used before the fork, so that no thread is lost in it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

HEAVY = """
hubscore.cli.main hubscore.run.rank hubscore.attribution hubscore.models.from_timm hubscore.models.from_transformers
hubscore.scores.catalog hubscore.report.terminal accelerate.utils datasets scipy.stats sklearn.svm timm
torch.distributed transformers.models.auto.image_processing_auto transformers.models.auto.modeling_auto
transformers.models.vit.image_processing_vit transformers.models.vit.modeling_vit
""".split()


class Asked:
    """What one client asks for.

    Args:
        client: its connection; the streams of the process come through it.
    """

    def __init__(self, client: socket.socket) -> None:
        head, self._streams, *_ = socket.recv_fds(client, 8, 3)
        left, parts = int.from_bytes(head, "big"), []
        while left:
            parts.append(client.recv(left))
            if not parts[-1]:
                raise EOFError
            left -= len(parts[-1])
        self._words, self._folder, self._environment = json.loads(b"".join(parts))

    def drop(self) -> None:
        """Let the streams go, which the process has."""
        for stream in self._streams:
            os.close(stream)

    def do(self, executable: str, paths: list[str]) -> None:
        """Do it in this process, as if it had just begun."""
        for number, stream in enumerate(self._streams):
            os.dup2(stream, number)
        self.drop()
        os.environ.clear()
        os.environ.update(self._environment)
        os.chdir(self._folder)
        sys.executable = executable  # what it starts is warm as well
        sys.modules["huggingface_hub.constants"].HF_HUB_OFFLINE = self._environment.get("HF_HUB_OFFLINE") == "1"
        kind, *words = [word for word in self._words if word != "-u"]
        own = [""] if kind == "-c" else [os.getcwd()] if kind == "-m" else [os.path.dirname(os.path.abspath(kind))]
        asked = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
        sys.path[:] = [*([] if os.environ.get("PYTHONSAFEPATH") else own), *asked, *paths]
        importlib.invalidate_caches()
        if kind == "-m":
            sys.argv = words
            runpy.run_module(words[0], run_name="__main__", alter_sys=True)
        elif kind == "-c":
            sys.argv, sys.modules["__main__"] = ["-c", *words[1:]], ModuleType("__main__")
            exec(compile(words[0], "<string>", "exec"), sys.modules["__main__"].__dict__)
        else:
            sys.argv = [kind, *words]
            runpy.run_path(kind, run_name="__main__")


def next_asked(listening: socket.socket) -> Asked | None:
    """Fork for each client, and return in the fork with what it is to do; none in the server once it is over."""
    woken, wake = socket.socketpair()
    woken.setblocking(False), wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    clients: dict[socket.socket, int] = {}
    ready = selectors.DefaultSelector()
    for source in (listening, woken, 0):
        ready.register(source, selectors.EVENT_READ)
    while True:
        for key, _ in ready.select():
            if key.fileobj == 0:  # the tests are over
                return None
            if key.fileobj is listening:
                client = listening.accept()[0]
                try:
                    asked = Asked(client)
                except (EOFError, OSError, ValueError):  # it was killed before it had said what it wants
                    client.close()
                    continue
                child = os.fork()
                if not child:
                    for one in (ready, woken, listening, client, *clients):
                        one.close()
                    signal.set_wakeup_fd(-1)
                    wake.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    return asked
                asked.drop()
                clients[client] = child
                ready.register(client, selectors.EVENT_READ)
            elif key.fileobj is woken:
                woken.recv(4096)
                for client in [one for one in clients if ended(one, clients[one])]:
                    ready.unregister(client)
                    client.close()
                    del clients[client]
            elif key.fileobj in clients:
                pass_on(key.fileobj, clients[key.fileobj])


def ended(client: socket.socket, child: int) -> bool:
    """Whether a process is over; then the client is told how."""
    found, status = os.waitpid(child, os.WNOHANG)
    if found:
        try:
            client.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        except OSError:  # it was killed
            pass
    return bool(found)


def pass_on(client: socket.socket, child: int) -> None:
    """Send a process the signals that its client got; a client that was killed takes it along."""
    try:
        signals = client.recv(100)
    except OSError:
        signals = b""
    for number in signals or [signal.SIGKILL]:
        os.kill(child, number)


@contextmanager
def started() -> Iterator[str]:
    """Start it; it imports while others go on."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    place, executable = folder / "socket", folder / "python"
    client = Path(__file__).with_name("warmclient.py")
    executable.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{client}" "{place}" "$@"\n')
    executable.chmod(0o755)
    words = [sys.executable, __file__, str(place), str(executable)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen(
        words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert server.stdout.read(1), "it did not start"  # it listens; imports come after
        yield str(executable)
    finally:
        server.stdin.close()
        server.stdout.close()
        server.wait(timeout=60)
        shutil.rmtree(folder)


def main(place: str, executable: str) -> None:
    """Serve, and in each fork do what was asked for."""
    paths = sys.path[1:]  # without the folder of this file, which no command would have
    sys.path[:] = paths[:]
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen(16)
    os.write(1, b"x")
    for name in HEAVY:
        __import__(name)
    gc.freeze()
    asked = next_asked(listening)
    if asked is not None:
        asked.do(executable, paths)


if __name__ == "__main__":
    main(*sys.argv[1:])
