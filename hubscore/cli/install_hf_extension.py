"""`hubscore install-hf-extension`: makes `hf hubscore ...` work."""

from __future__ import annotations

from typing import Annotated

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.run.options import RESULTS


@with_examples(
    "hubscore install-hf-extension",
    "hf hubscore rank user/birds",
)
@with_options(OutputOptions)
def install_hf_extension(
    uninstall: Annotated[
        bool, typer.Option("--uninstall", help="Take it away again.", rich_help_panel=RESULTS)
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Also over an extension that was installed from GitHub.", rich_help_panel=RESULTS),
    ] = False,
    *,
    output: Output,
) -> int:
    """Make this hubscore a command of hf: hf hubscore rank ..."""
    from hubscore.hfextension import install, script
    from hubscore.hfextension import uninstall as remove

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
