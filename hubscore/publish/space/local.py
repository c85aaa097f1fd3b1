"""The Space on this machine: the same files, run by this Python."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hubscore.errors import StorageError, UsageError
from hubscore.hub.addresses import repo_named
from hubscore.install import WITH_SPACE
from hubscore.probe.source import locate_dataset
from hubscore.publish.space.folder import PROXY, RESULTS_REPO, app_folder
from hubscore.results.contents import PARQUET

INSTALL = WITH_SPACE


def command(
    *, results: Path | None, repo: str | None, port: int, host: str, proxy: str | None = None
) -> tuple[list[str], dict[str, str]]:
    """Return what to run, and the environment to run it in.

    Args:
        results: a folder that :func:`hubscore.publish.results.write_results` wrote.
        repo: or a data set on the Hub.
        port: to listen on.
        host: address to listen on.
        proxy: network that may look at images.

    Raises:
        UsageError: both or neither are given, there is no such folder, Gradio is not installed, or the port is taken.
    """
    if (results is None) == (repo is None):
        raise UsageError(
            "Cannot show results", "one of --results and --repo must say where they are", "hubscore space --results DIR"
        )
    if results is not None and not results.is_dir():
        raise UsageError(
            f"Cannot show '{results}'",
            "it is neither a folder nor a saved ranking",
            "hubscore space --results ranking.json",
        )
    if importlib.util.find_spec("gradio") is None:
        raise UsageError("The Space needs Gradio", "it is not installed", INSTALL)
    _check_port(host, port)
    told = {"RESULTS_DIR": str(results.resolve()) if results else "", RESULTS_REPO: repo or "", PROXY: proxy or ""}
    environment = {
        **os.environ,
        **told,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_SERVER_NAME": host,
        "GRADIO_ANALYTICS_ENABLED": "False",
    }
    environment |= {name: "" for name in ("REQUESTS_REPO", "OAUTH_CLIENT_ID")}  # nobody logs in here
    return [sys.executable, str(app_folder() / "app.py")], environment


def check_results(results: Path | None, repo: str | None) -> None:
    """Refuse a folder or a data set that holds no results, before anything is started.

    Raises:
        UsageError: the folder has no leaderboard.
        DatasetError: there is no such data set.
    """
    if results is not None and results.is_dir() and not (results / PARQUET).is_file():
        raise UsageError(
            f"Folder '{results}' holds no results",
            f"there is no {PARQUET} in it, which hubscore publish writes",
            "hubscore space --results ranking.json, with what hubscore rank --out ranking.json has saved",
        )
    if results is None and repo is not None:
        locate_dataset(f"hf://datasets/{repo}")


@contextmanager
def folder_of(results: Path | None) -> Iterator[Path | None]:
    """Yield a folder with results: the one given, or a temporary one made from a saved ranking."""
    if results is None or results.suffix.lower() != ".json" or not results.is_file():
        yield results
        return
    from hubscore.publish.results import write_results

    with tempfile.TemporaryDirectory(prefix="hubscore-space-") as folder:
        write_results(folder, [results])
        yield Path(folder)


def serve_space(
    *,
    results: Path | None = None,
    repo: str | None = None,
    port: int = 7860,
    host: str = "127.0.0.1",
    proxy: str | None = None,
    starting: Callable[[], None] | None = None,
) -> None:
    """Serve the Space until Ctrl-C; ``starting`` is called once everything is there.

    Raises:
        UsageError: as :func:`command`; ``results`` may also be a ranking saved as JSON.
        StorageError: the ranking cannot be read, or the Space ended by itself.
    """
    repo = repo and repo_named(repo, "dataset")
    with folder_of(results) as folder:
        check_results(folder, repo)
        arguments, environment = command(results=folder, repo=repo, port=port, host=host, proxy=proxy)
        if starting is not None:
            starting()
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` must end the server too
        process = subprocess.Popen(arguments, env=environment)
        try:
            code = process.wait()
        finally:
            signal.signal(signal.SIGTERM, before)
            process.terminate()
            process.wait()
    if code:
        raise StorageError("The Space ended", f"exit code {code}; what it said stands above", INSTALL)


def _check_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fix = f"--port {port + 1 if port < 65000 else 7861}"
            raise UsageError(f"The Space cannot listen on {host}:{port}", error.strerror or str(error), fix) from error
