"""`hubscore localhub DIR`: serve a folder of repos as an offline Hub."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.errors import UsageError

if TYPE_CHECKING:
    from hubscore.localhub import RunningHub

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EPILOG = """
[bold]Examples[/bold]

hubscore localhub ./hub

hubscore localhub ./hub --port 9000 --state ./hub-state --users users.yaml

HF_ENDPOINT=http://127.0.0.1:8090 hubscore rank my-data --search "" --limit 10
"""


def localhub(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Folder with models/ORG/NAME, datasets/NAME, spaces/ORG/NAME. It is never changed.", show_default=False
        ),
    ],
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 for any free one.")] = 8090,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; others than this machine's own are reachable from outside.")
    ] = "127.0.0.1",
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="DIR", help="Where commits, pull requests and settings are kept; a temporary folder otherwise."),
    ] = None,
    users: Annotated[
        Path | None,
        typer.Option("--users", metavar="FILE", help="YAML or JSON: tokens, organisations, roles; otherwise user local, token hf_local."),
    ] = None,
) -> None:
    """Serve a folder of repos as a Hub that the Hugging Face libraries can talk to, offline."""
    from hubscore.localhub import serve

    _check(directory)
    with serve(directory, state=state, users=users, host=host, port=port) as hub:
        found = hub.hub.folder.repos()
        counts = {kind: sum(key.kind == kind for key in found) for kind in ("model", "dataset", "space")}
        _say(f"Serving {directory}: {counts['model']} models, {counts['dataset']} data sets, {counts['space']} Spaces")
        _say(f"State:   {hub.state}{'' if state else ' (temporary, removed at the end)'}")
        if host not in LOOPBACK:
            _say(f"Warning: {host} can be reached from other machines; anybody there can read this Hub, and write to it with a token")
        _say(f"Address: {hub.url}")
        _say("")
        _say(f"  export HF_ENDPOINT={hub.url}")
        _say("  export HF_HUB_DISABLE_XET=1     # needed to upload large files")
        _say("")
        _say("Ctrl-C stops it.")
        _wait(hub)


localhub.epilog = EPILOG  # type: ignore[attr-defined]  # cli/main.py reads it


def _wait(hub: RunningHub) -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` removes the temporary state too
    try:
        hub.wait()
    except KeyboardInterrupt:
        _say("Stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)


def _check(directory: Path) -> None:
    layout = "put models into DIR/models/ORG/NAME and data sets into DIR/datasets/NAME"
    if not directory.is_dir():
        raise UsageError(f"The folder {directory} cannot be served", "it does not exist or is no folder", layout)
    if not any((directory / f"{kind}s").is_dir() for kind in ("model", "dataset", "space")):
        raise UsageError(f"The folder {directory} cannot be served", "it has no models/, datasets/ or spaces/ in it", layout)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
