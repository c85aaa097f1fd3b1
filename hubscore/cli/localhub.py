"""`hubscore localhub DIR`: serve a folder of repos as an offline Hub."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.interrupts import INTERRUPTS
from hubscore.cli.output import Output
from hubscore.errors import UsageError

if TYPE_CHECKING:
    from hubscore.localhub import RunningHub

LOOPBACK = ("127.0.0.1", "localhost", "::1")
WORDS = {"model": "model", "dataset": "data set", "space": "Space"}

Directory = Annotated[
    Path,
    typer.Argument(
        metavar="DIR",
        help="Folder with models/ORG/NAME, datasets/NAME, spaces/ORG/NAME. Never changed.",
        show_default=False,
    ),
]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 for any free one.")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on; 0.0.0.0 lets other machines in.")]
State = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        help="Where commits, pull requests and settings are kept; a temporary folder otherwise.",
    ),
]
UsersFile = Annotated[
    Path | None,
    typer.Option(
        "--users",
        metavar="FILE",
        help="YAML or JSON with tokens, organisations, roles; otherwise user local, token hf_local.",
    ),
]
RunJobs = Annotated[
    bool,
    typer.Option(
        "--run-jobs", help="Run jobs on this machine: whoever has a token that writes runs what they like here."
    ),
]
AllowHosts = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="Another name that this Hub is reached by; repeatable."),
]
ChaosRate = Annotated[
    float,
    typer.Option(
        "--chaos",
        metavar="RATE",
        min=0.0,
        max=1.0,
        help="Share of answers that fail: 429, 500, 503, cut, slow, wrong length, stale ETag.",
    ),
]
ChaosSeed = Annotated[int, typer.Option("--chaos-seed", metavar="N", help="Draw other failures.")]


@with_examples(
    "hubscore localhub ./hub",
    "hubscore localhub ./hub --port 9000 --state ./hub-state --users users.yaml",
    'HF_ENDPOINT=http://127.0.0.1:8090 hubscore rank my/data --search "" --limit 10',
    "hubscore localhub ./hub --chaos 0.1     [dim]# one answer in ten fails, to see what a program makes of it[/dim]",
)
def localhub(
    directory: Directory,
    port: Port = 8090,
    host: Host = "127.0.0.1",
    state: State = None,
    users: UsersFile = None,
    run_jobs: RunJobs = False,
    allow_host: AllowHosts = None,
    chaos: ChaosRate = 0.0,
    chaos_seed: ChaosSeed = 0,
) -> None:
    """Serve a folder of repos as a Hub that the Hugging Face libraries talk to, offline."""
    output = Output("human")
    _check(directory)

    from hubscore.localhub import serve

    with serve(
        directory,
        state=state,
        users=users,
        host=host,
        port=port,
        run_jobs=run_jobs,
        chaos=chaos,
        chaos_seed=chaos_seed,
        allow_hosts=allow_host or (),
    ) as hub:
        _introduce(hub, output, temporary=state is None)
        if chaos:
            output.warning(f"{chaos:.0%} of the answers fail on purpose (--chaos-seed {chaos_seed} draws which)")
        if host not in LOOPBACK:
            more = ", and run any command here" if run_jobs else ""
            output.warning(
                f"{host} is reachable from other machines; whoever gets there can read this Hub, and write{more} with a"
                " token"
            )
        _wait(hub, output)


def _introduce(hub: RunningHub, output: Output, *, temporary: bool) -> None:
    counts = ", ".join(_count(len(hub.hub.folder.repos(kind)), word) for kind, word in WORDS.items())
    output.note(f"Serving {hub.root}: {counts}")
    output.note(f"Address {hub.url}, state in {hub.state}{' (temporary, removed at the end)' if temporary else ''}")
    output.note("In the other terminal:\n")
    output.note(f"    export HF_ENDPOINT={hub.url}")
    output.note("    export HF_HUB_DISABLE_XET=1    # only needed to upload large files\n")
    output.note("Ctrl-C stops it.")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _wait(hub: RunningHub, output: Output) -> None:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` must remove the temporary state too
    try:
        hub.wait()
    except KeyboardInterrupt:
        INTERRUPTS.heed()
        output.note("Stopped.")
    finally:
        signal.signal(signal.SIGTERM, before)


def _check(directory: Path) -> None:
    layout = "put models into DIR/models/ORG/NAME and data sets into DIR/datasets/NAME"
    if not directory.is_dir():
        raise UsageError(f"The folder {directory} cannot be served", "it does not exist or is not a folder", layout)
    if not any((directory / f"{kind}s").is_dir() for kind in WORDS):
        raise UsageError(
            f"The folder {directory} cannot be served", "it has no models/, datasets/ or spaces/ in it", layout
        )
