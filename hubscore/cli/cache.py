"""`hubscore cache`: what extracted features take on this disk, and how to free it."""

from __future__ import annotations

from typing import Annotated

import typer

from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.run.options import RunOptions


@with_options(RunOptions, OutputOptions, only={RunOptions: ("cache_dir", "yes")})
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Delete everything stored.")] = False,
    *,
    run: RunOptions,
    output: Output,
) -> None:
    """List the stored features, kernels and maps, or delete them; downloaded checkpoints are `hf cache`'s business."""
    from hubscore.extract.cache import FeatureCache
    from hubscore.report.plan import size

    store = FeatureCache(run.cache_dir)
    entries = store.entries()
    taken = sum(entry.bytes for entry in entries)
    if clear and not entries:
        output.note(f"Nothing is stored in {store.root}")
    elif clear:
        output.confirm(f"Delete {len(entries)} entries ({size(taken)}) in {store.root}?", yes=run.yes)
        store.clear()
        output.note(f"Deleted {len(entries)} entries, {size(taken)} freed")
    if clear:
        return
    rows = [
        {
            "model": one.model,
            "kind": one.kind,
            "rows": one.rows,
            "bytes": one.bytes,
            "revision": one.revision[:12],
            "key": one.key[:12],
        }
        for one in entries
    ]
    output.rows(rows, id_key="key")
    output.note(f"{len(entries)} entries, {size(taken)} in {store.root}")
    if any(one.kind == "old" for one in entries):
        output.note("Entries of the kind 'old' are from an earlier version and are not read any more")
