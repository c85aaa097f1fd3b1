"""Shows a model map: its rows, its pictures, and what must be said with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hubscore.cli.arguments import exit_code
from hubscore.cli.map_options import ShowOptions
from hubscore.cli.output import Output
from hubscore.modalities.registry import items_of
from hubscore.text import DASH

if TYPE_CHECKING:
    from rich.table import Table

    from hubscore.cli.out_files import OutFiles
    from hubscore.modelmap.model_map import ModelMap
    from hubscore.report.map_pictures import Picture


def show_map(
    output: Output,
    model_map: ModelMap,
    show: ShowOptions,
    files: OutFiles,
    *,
    strict: bool = False,
    saved: Path | None = None,
) -> int:
    """Print what was asked for, save it, and say what must be said with it.

    Args:
        output: the writer.
        model_map: what to show.
        show: which part of it.
        files: for all of it.
        strict: fail where a candidate was skipped.
        saved: where the map was just saved.

    Returns:
        The exit code.
    """
    from hubscore.modelmap.structure import missing_values

    files.save(lambda path: _save(model_map, path, show), output)
    if saved is not None:
        output.note(f"Saved the map to {saved}; add to it with: hubscore map --map {saved} --add ID")
    _print(output, model_map, show)
    for note in [*model_map.notes, *missing_values(model_map)]:
        output.warning(note)
    if model_map.skipped:
        count = len(model_map.skipped)
        lines = [
            f"{count} candidate{'s' if count > 1 else ''} skipped",
            *(f"  {item.model}: {item.reason}" for item in model_map.skipped),
        ]
        output.warning("\n".join(lines))
    return exit_code(output, model_map.skipped, strict=strict)


def _save(model_map: ModelMap, path: Path, show: ShowOptions) -> None:
    from hubscore.report.map_files import save_map

    picture = cast("Picture", show.picture)
    save_map(model_map, path, picture=picture, models=show.maps_of, images=show.image_numbers)


def _print(output: Output, model_map: ModelMap, show: ShowOptions) -> None:
    from hubscore.modelmap.structure import neighbours, rows

    if show.check is not None:
        from hubscore.bench.taskonomy import check

        checked = check(model_map.names, model_map.similarities)
        if show.by_target:
            output.rows(checked.by_target, id_key="target")
        else:
            output.rows(checked.rows(), id_key="precision")
        output.note(
            f"{checked.targets} targets x {checked.sources} sources, self removed; the first 5 sources of each target"
            " are relevant"
        )
    elif show.nearest is not None:
        output.rows(neighbours(model_map, show.nearest), id_key="model")
    else:
        full = [
            {**row, **model_map.models[row["model"]], "neighbours": neighbours(model_map, row["model"])}
            for row in rows(model_map)
        ]
        lines = rows(model_map)
        output.rows(lines, id_key="model", full=full, human=lambda width: _table(lines, width))
    items = items_of(model_map.probe.get("modality"))
    output.note(f"{model_map.method.words}; {model_map.probe['images']} {items} of {model_map.probe['dataset']}")


def _table(lines: Sequence[Mapping[str, object]], width: int) -> Table:
    """Return the networks with the nearest of each; their family gives way first."""
    from hubscore.cli.fitting_table import fitting_table
    from hubscore.cli.plain_table import cell

    columns = {key.upper(): [cell(line[key]) or DASH for line in lines] for key in lines[0]}
    worth = ("MODEL", "NEAREST", "SIMILARITY", "FAMILY")
    return fitting_table(columns, width, worth=worth, always=worth[:1], left=("MODEL", "NEAREST", "FAMILY"))
