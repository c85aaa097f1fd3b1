"""Starting and stopping the local Hub."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from hubscore.errors import HubError, StorageError, UsageError
from hubscore.localhub.app import HubApp, Log, LoggedApp
from hubscore.localhub.chaos import Chaos, ChaosApp
from hubscore.localhub.faults import Faults, FaultyApp
from hubscore.localhub.hosts import KnownHosts
from hubscore.localhub.hub import Hub
from hubscore.localhub.users import Users, load_users

START_SECONDS = 30
STOP_SECONDS = 5


class RunningHub:
    """A local Hub that answers; a context manager that stops it.

    Args:
        hub: what it serves.
        listener: the socket it listens on.
        scratch: the temporary state folder to remove at the end, None when the state is kept.
        chaos: which answers fail at random.
        hosts: further names it answers to.
    """

    def __init__(
        self,
        hub: Hub,
        listener: socket.socket,
        scratch: tempfile.TemporaryDirectory[str] | None = None,
        *,
        chaos: Chaos | None = None,
        hosts: Sequence[str] = (),
    ) -> None:
        host, port = listener.getsockname()[:2]
        self.hub, self.port = hub, port
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # an address to listen on is none to connect to
        self.url = f"http://[{here}]:{port}" if ":" in here else f"http://{here}:{port}"
        self.faults, self.log, self.chaos = Faults(), Log(), chaos or Chaos()
        self._scratch, self._listener = scratch, listener
        app = FaultyApp(ChaosApp(HubApp(hub, KnownHosts(hosts)), self.chaos), self.faults)
        config = uvicorn.Config(
            LoggedApp(app, self.log),
            log_config=None,
            log_level="critical",
            access_log=False,
            date_header=False,  # it lags by up to a second; the application has its own, by which clients read logs
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="localhub", daemon=True)
        # Neither Thread.join nor an Event: Ctrl-C inside the one makes Python 3.11 believe that the thread has ended,
        # and can leave the lock of the other taken for ever.
        self._ended = False

    @property
    def root(self) -> Path:
        """The served folder."""
        return self.hub.folder.root

    @property
    def state(self) -> Path:
        """The folder that holds what was written."""
        return self.hub.store.state

    def start(self) -> None:
        """Start answering; returns once the first request would be answered.

        Raises:
            HubError: the server ended at once.
        """
        self._thread.start()
        until = time.monotonic() + START_SECONDS
        while not self._server.started:
            if self._ended or time.monotonic() > until:
                raise HubError(
                    "The local Hub did not start",
                    f"nothing answered at {self.url}",
                    "start it again, or with another --port",
                )
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop answering, end what jobs run, and remove the state if it was temporary."""
        self.hub.jobs.close()
        self._server.should_exit = True
        until = time.monotonic() + STOP_SECONDS
        while self._thread.ident is not None and not self._ended and time.monotonic() < until:
            time.sleep(0.005)
        self._listener.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def wait(self) -> None:
        """Block until the Hub stops."""
        while not self._ended:
            time.sleep(0.05)

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        finally:
            self._ended = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def serve(
    root: Path | str,
    *,
    state: Path | str | None = None,
    users: Path | str | Mapping[str, Any] | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    run_jobs: bool = False,
    chaos: float = 0.0,
    chaos_seed: int = 0,
    allow_hosts: Sequence[str] = (),
) -> RunningHub:
    """Serve a folder of repos as a Hub, in a thread of this process.

    Args:
        root: the folder with ``models/``, ``datasets/`` and ``spaces/``; it is never written to.
        state: where commits, discussions and settings go; a temporary folder when None.
        users: a users file or its content; None for the one user ``local`` with the token ``hf_local``.
        host: the address to listen on.
        port: the port, 0 for any free one.
        run_jobs: run jobs as processes of this machine; whoever has a token that writes then runs what they like here.
        chaos: the share of requests, 0 to 1, that fail in one of the ways of
            :data:`hubscore.localhub.chaos.KINDS`.
        chaos_seed: of the draws.
        allow_hosts: names that the ``Host`` header may have, beside addresses, ``localhost`` and this machine's name.

    Returns:
        The running Hub; ``.url`` is what ``HF_ENDPOINT`` must say.

    Raises:
        UsageError: the folder is missing, the users file is wrong, or the port is taken.
        StorageError: the state cannot be kept or read.

    Example:
        >>> from hubscore.localhub import serve
        >>> with serve("my-hub") as hub:  # doctest: +SKIP
        ...     print(hub.url)
    """
    root = Path(root)
    if not root.is_dir():
        fix = "hubscore localhub DIR, with DIR/models/ORG/NAME in it"
        raise UsageError(f"The folder {root} cannot be served", "it does not exist or is not a folder", fix)
    people = load_users(users)
    listener = _listen(host, port)
    scratch = None if state is not None else tempfile.TemporaryDirectory(prefix="hubscore-localhub-")
    try:
        hub = _open(root.resolve(), Path(scratch.name if scratch else state or "").resolve(), people, run_jobs)
    except BaseException:
        listener.close()
        raise
    names = (host, *allow_hosts)
    running = RunningHub(hub, listener, scratch, chaos=Chaos(chaos, seed=chaos_seed), hosts=names)
    running.start()
    return running


def _open(root: Path, state: Path, people: Users, run_jobs: bool) -> Hub:
    if root.is_relative_to(state) or state.is_relative_to(root):
        why = f"it and the served folder {root} must not contain each other"
        raise UsageError(f"The state cannot be kept in {state}", why, "--state ANOTHER_DIR")
    try:
        return Hub(root, state, people, run_jobs=run_jobs)
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = getattr(error, "strerror", None) or f"a file in it was not written by the local Hub ({error})"
        raise StorageError(f"The state cannot be kept in {state}", why, "--state ANOTHER_DIR") from error


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it every small answer takes 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"The local Hub cannot listen on {host}:{port}",
            getattr(error, "strerror", None) or str(error),
            f"--port {port + 1 if 0 < port < 65000 else 8091}",
        ) from error
    return listener
