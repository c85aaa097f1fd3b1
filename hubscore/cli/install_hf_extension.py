"""`hubscore install-hf-extension`: makes `hf hubscore ...` work."""

from __future__ import annotations

from typing import Annotated

import typer

from hubscore.cli import options as o
from hubscore.cli.output import Mode, Output


def install_hf_extension(
    uninstall: Annotated[
        bool, typer.Option("--uninstall", help="Take it away again.", rich_help_panel=o.RESULTS)
    ] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Also over an extension that was installed from GitHub.", rich_help_panel=o.RESULTS
        ),
    ] = False,
    format: o.OutputFormat = o.Format.auto,
    json: o.AsJson = False,
    quiet: o.Quiet = False,
) -> int:
    """Make this hubscore a command of hf: hf hubscore rank ..."""
    from hubscore.hfextension import install, script
    from hubscore.hfextension import uninstall as remove

    output = Output.chosen(format, json=json, quiet=quiet)
    if uninstall:
        removed = remove()
        output.note("hf hubscore is gone" if removed else "There was no hf hubscore")
        if removed or output.mode is Mode.json:
            output.value({"removed": str(removed) if removed else None}, id_key="removed")
        return 0
    manifest = install(force=force)
    output.value({"command": "hf hubscore", "runs": str(script()), "manifest": str(manifest)}, id_key="command")
    output.hint("hf hubscore --help; hubscore install-hf-extension --uninstall takes it away")
    return 0


install_hf_extension.epilog = """
[bold]Examples[/bold]

hubscore install-hf-extension

hf hubscore rank user/birds
"""  # type: ignore[attr-defined]
