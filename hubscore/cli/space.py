"""`hubscore space`: the leaderboard on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.interrupts import INTERRUPTS
from hubscore.cli.output import Output
from hubscore.errors import UsageError


@with_examples(
    "hubscore space --results ranking.json",
    "hubscore space --results ./results",
    "hubscore space --repo alice/hubscore-results --port 8000",
    "hubscore space --add-map ./birds-map --repo alice/hubscore-results --yes",
    "hubscore publish --to space --results-repo alice/hubscore-results --yes   [dim]# on the Hub instead[/dim]",
)
def space(
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            metavar="DIR|FILE",
            help="Folder with results, or one saved ranking (.json).",
            show_default=False,
        ),
    ] = None,
    repo: Annotated[
        str | None, typer.Option("--repo", metavar="ID", help="Results data set on the Hub.", show_default=False)
    ] = None,
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="Port to listen on.")] = 7860,
    add_map: Annotated[
        Path | None,
        typer.Option(
            "--add-map", metavar="DIR", help="Put a map of hubscore map --save into the results.", show_default=False
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="With --add-map and --repo: send it. Without, only say what would be.")
    ] = False,
    proxy: Annotated[
        str | None,
        typer.Option(
            "--proxy",
            metavar="ID",
            help="Network that looks at images dropped on the Recommend tab: clip, dinov2 or an ID.",
            show_default=False,
        ),
    ] = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="0.0.0.0 lets other machines in.")
    ] = "127.0.0.1",
) -> None:
    """Open the leaderboard of some results on this machine; the same code as the Space on the Hub."""
    if add_map is not None:
        _add(Output("human"), add_map, results, repo, yes)
        return
    from hubscore.publish.space.local import serve_space
    from hubscore.recommend.proxies import proxy_id

    def announce() -> None:
        Output("human").note(f"The leaderboard will be at http://{host}:{port}. Ctrl-C stops it.")

    try:
        serve_space(
            results=results, repo=repo, port=port, host=host, proxy=proxy and proxy_id(proxy), starting=announce
        )
    except KeyboardInterrupt:
        INTERRUPTS.heed()
        Output("human").note("Stopped.")


def _add(output: Output, folder: Path, results: Path | None, repo: str | None, yes: bool) -> None:
    """Put a model map into results, in a folder or on the Hub."""
    from hubscore.publish.space.maps import add_map, publish_map

    if results is not None and repo is not None:
        raise UsageError(
            "--results and --repo exclude each other",
            "both say where the map goes",
            "keep one of them",
            options=("--results", "--repo"),
        )
    if results is not None:
        output.note(f"Saved {add_map(folder, results)}")
        return
    done = publish_map(folder, results_repo=repo, yes=yes)
    for line in (f"{done.repo_id}: {done.outcome}", *done.diff.splitlines()):
        output.note(line)
    if done.outcome == "planned":
        output.diff(done.leaves)
        output.hint("nothing was sent; --yes sends it")
