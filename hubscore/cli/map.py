"""`hubscore map`: which models are alike, judged by where they look or how they arrange your images."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.arguments import Dataset, DryRun, Picture, Strict, require_dataset
from hubscore.cli.examples import with_examples
from hubscore.cli.map_options import SAVED, MethodOptions, SavedMapOptions, ShowOptions
from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.keywords import Options, declared
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions

if TYPE_CHECKING:
    from hubscore.modelmap.method import Method
    from hubscore.modelmap.model_map import ModelMap
    from hubscore.run.session import Session

OldName = Annotated[
    Path | None,
    typer.Option("--space", metavar="DIR", hidden=True, help="Former name of --map.", rich_help_panel=SAVED),
]


@with_examples(
    "hubscore map user/birds --models timm/resnet18.a1_in1k timm/vit_tiny_patch16_224.augreg_in21k"
    " ./my-net --save birds-map --out birds.html",
    "hubscore map --map birds-map --add timm/convnext_atto.d2_in1k --nearest ./my-net",
    "hubscore map --map birds-map --picture maps --images 0,4,9 --out maps.png",
    "hubscore map ./photos --search resnet --method depara --lambda 10 --out tree.svg --picture tree",
)
@with_options(
    MethodOptions,
    DataOptions,
    CandidateOptions,
    RunOptions,
    SavedMapOptions,
    ShowOptions,
    OutputOptions,
    defaults={"samples": 200},
    omit=("target", "unlabeled", "processes", "exclude_contaminated"),
)
def map(
    ctx: typer.Context,
    dataset: Dataset = None,
    space: OldName = None,
    dry_run: DryRun = False,
    out: Picture = None,
    strict: Strict = False,
    *,
    data: DataOptions,
    candidates: CandidateOptions,
    method: MethodOptions,
    saved: SavedMapOptions,
    show: ShowOptions,
    run: RunOptions,
    output: Output,
) -> int:
    """Show which models are alike, by where they look in your images or how they arrange them; needs no labels."""
    from hubscore.cli.map_view import show_map
    from hubscore.cli.out_files import out_files
    from hubscore.cli.plan_view import show_plan
    from hubscore.modelmap.model_map import ModelMap
    from hubscore.report.map_files import ENDINGS, check_map_path
    from hubscore.run.session import Session

    saved = _with_old_name(output, saved, space)
    _check(ctx, saved)
    files = out_files(out, lambda path: check_map_path(path, show.picture), name="map", endings=ENDINGS, data=dataset)
    show.check_files(files.paths, maps=saved.map is not None or method.choose().needs_maps)
    if dry_run:
        name = require_dataset(dataset, "map", candidates.models)
        transform = None if method.choose().needs_maps else "own"
        return show_plan(output, Session(data, candidates, run), name, strict=strict, transform=transform)
    if saved.map is not None:
        opened = ModelMap.open(str(saved.map))
        show.check_files(files.paths, maps=opened.method.needs_maps)
        return show_map(output, _change(output, opened, saved, run, method.lambda_), show, files, strict=strict)
    name, chosen = require_dataset(dataset, "map", candidates.models), method.choose()
    with _folder(saved.save) as folder:
        made = _build(output, name, folder, chosen, Session(data, candidates, run))
        return 0 if made is None else show_map(output, made, show, files, strict=strict, saved=saved.save)


def _with_old_name(output: Output, saved: SavedMapOptions, space: Path | None) -> SavedMapOptions:
    """Take ``--space`` for ``--map``, and say so."""
    if space is None:
        return saved
    if saved.map is not None:
        raise UsageError("--map and --space exclude each other", "--space is the former name of --map", "drop --space")
    output.warning("--space is now called --map; the old name will go")
    return replace(saved, map=space)


def _check(ctx: typer.Context, saved: SavedMapOptions) -> None:
    """Refuse what does not go together, before anything is opened."""
    if saved.map is None:
        if saved.add or saved.remove:
            raise UsageError(
                "--add and --remove change a saved map", "none was named", "hubscore map --map DIR --add ID"
            )
        if saved.save is not None:
            from hubscore.modelmap.files import check_free

            check_free(saved.save.expanduser())
        return
    given = [name for name in _made_with() if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"]
    if given:
        other = "DATASET" if given[0] == "dataset" else f"--{given[0].replace('_', '-')}"
        fix = "hubscore map --map DIR --add ID" if other == "--models" else "drop one"
        raise UsageError(
            f"--map and {other} exclude each other", "a saved map has its images, models and method already", fix
        )


def _made_with() -> list[str]:
    """Return the parameters that a saved map has answered already; how it weighs DEPARA's edges may change."""
    classes: tuple[type[Options], ...] = (CandidateOptions, DataOptions, MethodOptions)
    answered = [one.name for cls in classes for one, _ in declared(cls) if one.name != "lambda_"]
    return ["dataset", "models", "save", *answered, "input_size"]


def _build(output: Output, dataset: str, folder: Path, method: Method, session: Session) -> ModelMap | None:
    """Make a new map; where accelerate started several of us, the first one returns it and the others none."""
    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.extract.distributed import is_main_process, leave_process_group
    from hubscore.modelmap.build import build_map

    data, candidates, run = session.data, session.candidates, session.run
    with ProgressReporter(output) as reporter:
        made = build_map(dataset, folder, method=method, data=data, candidates=candidates, run=run, watcher=reporter)
    leave_process_group()
    return made if is_main_process() else None


@contextmanager
def _folder(save: Path | None) -> Iterator[Path]:
    """Give the place of a new map; without --save, and in every process but the first, it goes away at the end."""
    from hubscore.extract.distributed import is_main_process

    if save is not None and is_main_process():
        yield save.expanduser()
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="hubscore-map-") as place:
        yield Path(place)


def _change(
    output: Output, opened: ModelMap, saved: SavedMapOptions, run: RunOptions, lambda_: float | None
) -> ModelMap:
    """Take models out of a map and put others in."""
    from hubscore.extract.distributed import require_single_process

    if saved.add or saved.remove:
        require_single_process("change a map", "hubscore map --map DIR --add ID, without a launcher")
    for name in saved.remove:
        opened.remove(name)
        output.note(f"Removed {name}; {len(opened)} model{' is' if len(opened) == 1 else 's are'} left")
    if saved.add:
        from hubscore.cli.run_progress import ProgressReporter
        from hubscore.modalities.registry import items_of
        from hubscore.modelmap.build import add_models

        with ProgressReporter(output) as reporter:
            add_models(opened, saved.add, run=run, watcher=reporter)
        items = items_of(opened.probe.get("modality"))
        output.note(f"{opened.forward_images} {items} went through networks; the map has {len(opened)} models")
    return opened if lambda_ is None else opened.with_lambda(lambda_)
