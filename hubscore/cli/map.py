"""`hubscore map`: which models are alike, judged by where they look or how they arrange your images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from hubscore.cli import options as o
from hubscore.cli.output import Output
from hubscore.cli.plan import show_plan
from hubscore.cli.query import query_from
from hubscore.cli.rank import named, strictly
from hubscore.errors import UsageError

if TYPE_CHECKING:
    from hubscore.modelmap.model_map import ModelMap
    from hubscore.run.running import Running

SPACE = "The saved space"
SHOW = "What to show"

MethodName = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="NAME",
        help="attribution, depara, depara_nodes, depara_edges, cka, svcca, pwcca, rsa, dds.",
        rich_help_panel=o.EVIDENCE,
    ),
]
AttributionName = Annotated[
    str | None,
    typer.Option(
        "--attribution", metavar="NAME", help="saliency, gradient_x_input or epsilon_lrp.", rich_help_panel=o.EVIDENCE
    ),
]
Lambda = Annotated[
    float | None,
    typer.Option("--lambda", metavar="X", help="Weight of DEPARA's edges; 1 by default.", rich_help_panel=o.EVIDENCE),
]
Components = Annotated[
    int | None,
    typer.Option(
        "--components",
        metavar="N",
        min=1,
        help="For svcca, pwcca: directions kept of a model.",
        rich_help_panel=o.EVIDENCE,
    ),
]
MapSize = Annotated[
    int,
    typer.Option(
        "--map-size",
        metavar="N",
        min=0,
        help="Pixels a side of saved maps; 0: the images' own.",
        rich_help_panel=o.EVIDENCE,
    ),
]
Save = Annotated[
    Path | None, typer.Option("--save", metavar="DIR", help="Keep the space in a new folder.", rich_help_panel=SPACE)
]
Saved = Annotated[
    Path | None, typer.Option("--space", metavar="DIR", help="Use a space that was saved.", rich_help_panel=SPACE)
]
Add = Annotated[
    list[str] | None,
    typer.Option("--add", metavar="ID ...", help="Put models in; the others are not run again.", rich_help_panel=SPACE),
]
Remove = Annotated[
    list[str] | None, typer.Option("--remove", metavar="ID ...", help="Take models out.", rich_help_panel=SPACE)
]
Check = Annotated[
    str | None,
    typer.Option(
        "--check",
        metavar="taskonomy",
        help="Compare with Taskonomy's published order of sources.",
        rich_help_panel=SHOW,
    ),
]
Nearest = Annotated[
    str | None, typer.Option("--nearest", metavar="MODEL", help="List the others by similarity.", rich_help_panel=SHOW)
]
Kind = Annotated[
    str,
    typer.Option(
        "--picture", metavar="KIND", help="For .png and .svg: heat, tree, plane or maps.", rich_help_panel=SHOW
    ),
]
Images = Annotated[
    str,
    typer.Option(
        "--images",
        metavar="0,1,...",
        help="Of the probe, for maps side by side.",
        rich_help_panel=SHOW,
        show_default=False,
    ),
]
MapsOf = Annotated[
    list[str] | None, typer.Option("--maps-of", metavar="MODEL ...", help="Whose maps.", rich_help_panel=SHOW)
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Also save: .json .csv .html .png .svg", rich_help_panel=o.RESULTS),
]


def map(
    ctx: typer.Context,
    dataset: o.Dataset = None,
    config: o.Config = None,
    split: o.Split = None,
    revision: o.Revision = None,
    image_column: o.ImageColumn = None,
    label_column: o.LabelColumn = None,
    models: o.Models = None,
    search: o.Search = None,
    task: o.Task = None,
    library: o.Library = None,
    license: o.License = None,
    max_params: o.MaxParams = None,
    min_params: o.MinParams = None,
    author: o.Author = None,
    tag: o.Tag = None,
    base_model: o.BaseModel = None,
    sort: o.Sort = None,
    limit: o.Limit = None,
    diverse: o.Diverse = None,
    method: MethodName = "attribution",
    attribution: AttributionName = None,
    lambda_: Lambda = None,
    debiased: Annotated[
        bool, typer.Option("--debiased", help="For cka: without its bias.", rich_help_panel=o.EVIDENCE)
    ] = False,
    components: Components = None,
    map_size: MapSize = 64,
    samples: o.Samples = 200,
    seed: o.Seed = 0,
    input_size: o.InputSize = None,
    save: Save = None,
    space: Saved = None,
    add: Add = None,
    remove: Remove = None,
    check: Check = None,
    nearest: Nearest = None,
    picture: Kind = "heat",
    images: Images = "",
    maps_of: MapsOf = None,
    probe_bytes: o.ProbeBytes = 2e9,
    budget_gb: o.BudgetGb = 5.0,
    batch_size: o.BatchSize = None,
    device: o.Device = "auto",
    cache_dir: o.CacheDir = None,
    evict: Annotated[
        bool,
        typer.Option("--evict", help="Delete each downloaded checkpoint once it has run.", rich_help_panel=o.LIMITS),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--plan", "--dry-run", help="Show names, bytes and minutes; download nothing.", rich_help_panel=o.LIMITS
        ),
    ] = False,
    out: Out = None,
    format: o.OutputFormat = o.Format.auto,
    json: o.AsJson = False,
    quiet: o.Quiet = False,
    yes: o.Yes = False,
    strict: o.Strict = False,
) -> int:
    """Show which models are alike: by where they look in your images, or by how they arrange them. Labels are not
    needed.
    """
    output = Output.chosen(format, json=json, quiet=quiet)
    query = query_from(
        models,
        search=search,
        task=task,
        library=library,
        license=license,
        max_params=max_params,
        min_params=min_params,
        author=author,
        tag=tag,
        base_model=base_model,
        sort=sort,
        limit=limit,
        diverse=diverse,
    )
    _check(ctx, save=save, space=space, changes=[*(add or ()), *(remove or ())], check=check)
    chosen = _images(images)
    if out is not None:
        from hubscore.report.map_files import check_map_path

        check_map_path(out, picture)
    if dry_run:
        return show_plan(
            output,
            named(dataset, "map"),
            models,
            query,
            samples=samples,
            revision=revision,
            strict=strict,
            input_size=input_size,
            device=device,
            cache_dir=cache_dir,
            budget_gb=budget_gb,
        )

    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.extract.distributed import is_main_process, leave_process_group
    from hubscore.modelmap.build import build_map
    from hubscore.modelmap.method import choose_method
    from hubscore.run.running import Running

    running = Running(device, batch_size, input_size, budget_gb, yes, evict, cache_dir)
    if space is not None:
        found = _changed(output, space, add or (), remove or (), running, lambda_)
        return _shown(output, found, check, nearest, out, picture, maps_of or (), chosen, strict=strict)
    options = {"debiased": debiased or None, "components": components}
    how = choose_method(
        method,
        attribution=attribution,
        lambda_=lambda_,
        map_size=map_size,
        **{key: one for key, one in options.items() if one is not None},
    )
    main = is_main_process()
    with _folder(save if main else None) as place, ProgressReporter(output) as teller:
        found = build_map(
            named(dataset, "map"),
            place,
            models=models,
            query=query,
            method=how,
            samples=samples,
            seed=seed,
            config=config,
            split=split,
            revision=revision,
            image_column=image_column,
            label_column=label_column,
            probe_bytes=int(probe_bytes),
            running=running,
            watcher=teller,
        )
        leave_process_group()
        if not main:  # started by accelerate: the first of us saves and prints
            return 0
        return _shown(output, found, check, nearest, out, picture, maps_of or (), chosen, strict=strict, saved=save)


map.epilog = """
[bold]Examples[/bold]

hubscore map user/birds --models timm/resnet18.a1_in1k timm/vit_tiny_patch16_224.augreg_in21k ./my-net --save space --out space.html

hubscore map --space space --add timm/convnext_atto.d2_in1k --nearest ./my-net

hubscore map --space space --picture maps --images 0,4,9 --out maps.png

hubscore map ./photos --search resnet --method depara --lambda 10 --out tree.svg --picture tree
"""  # type: ignore[attr-defined]


_MADE_WITH = (
    "dataset",
    "models",
    "save",
    "config",
    "split",
    "revision",
    "image_column",
    "label_column",
    "search",
    "task",
    "library",
    "license",
    "max_params",
    "min_params",
    "author",
    "tag",
    "base_model",
    "sort",
    "limit",
    "diverse",
    "method",
    "attribution",
    "debiased",
    "components",
    "map_size",
    "samples",
    "seed",
    "input_size",
    "probe_bytes",
)
"""What a saved space has already."""


def _check(
    ctx: typer.Context, *, save: Path | None, space: Path | None, changes: Sequence[str], check: str | None
) -> None:
    """Refuse what does not go together, before anything is opened."""
    if check not in (None, "taskonomy"):
        raise UsageError(f"Cannot check against '{check}'", "there is taskonomy", "--check taskonomy")
    if space is None:
        if changes:
            raise UsageError(
                "--add and --remove change a saved space", "none was named", "hubscore map --space DIR --add ID"
            )
        if save is not None:
            from hubscore.modelmap.files import check_free

            check_free(save.expanduser())
        return
    given = [name for name in _MADE_WITH if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"]
    if given:
        other = "DATASET" if given[0] == "dataset" else f"--{given[0].replace('_', '-')}"
        fix = "hubscore map --space DIR --add ID" if other == "--models" else "drop one"
        raise UsageError(
            f"--space and {other} exclude each other", "a saved space has its images, models and method already", fix
        )


def _images(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise UsageError(
            f"Cannot read --images '{text}'", "image numbers are counted from 0", "--images 0,1,2"
        ) from None


@contextmanager
def _folder(save: Path | None) -> Iterator[Path]:
    """Give the place of a new space; without --save it goes away at the end."""
    if save is not None:
        yield save.expanduser()
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="hubscore-space-") as place:
        yield Path(place)


def _changed(
    output: Output, folder: Path, add: Sequence[str], remove: Sequence[str], running: Running, lambda_: float | None
) -> ModelMap:
    """Open a space, take models out and put others in."""
    from hubscore.extract.distributed import require_single_process
    from hubscore.modelmap.model_map import ModelMap

    if add or remove:
        require_single_process("change a space", "hubscore map --space DIR --add ID, without a launcher")
    found = ModelMap.open(folder)
    for name in remove:
        found.remove(name)
        output.note(f"Removed {name}; {len(found)} model{' is' if len(found) == 1 else 's are'} left")
    if add:
        from hubscore.cli.run_progress import ProgressReporter
        from hubscore.modelmap.build import add_models

        with ProgressReporter(output) as teller:
            add_models(found, add, running=running, watcher=teller)
        output.note(f"{found.forward_images} images went through networks; the space has {len(found)} models")
    return found if lambda_ is None else found.with_lambda(lambda_)


def _shown(
    output: Output,
    space: ModelMap,
    check: str | None,
    nearest: str | None,
    out: Path | None,
    picture: str,
    maps_of: Sequence[str],
    images: Sequence[int],
    *,
    strict: bool,
    saved: Path | None = None,
) -> int:
    """Print what was asked for, save it, and say what must be said with it."""
    if out is not None:
        from hubscore.report.map_files import save_map
        from hubscore.report.map_pictures import Picture

        save_map(space, out, picture=cast(Picture, picture), models=maps_of, images=images)
        output.note(f"Saved {out}")
    if saved is not None:
        output.note(f"Saved the space to {saved}; add to it with: hubscore map --space {saved} --add ID")
    _print(output, space, check, nearest)
    from hubscore.modelmap.structure import missing_values

    for note in [*space.notes, *missing_values(space)]:
        output.warning(note)
    if space.skipped:
        count = len(space.skipped)
        lines = [
            f"{count} candidate{'s' if count > 1 else ''} skipped",
            *(f"  {item.model}: {item.reason}" for item in space.skipped),
        ]
        output.warning("\n".join(lines))
    return strictly(output, space.skipped) if strict else 0


def _print(output: Output, space: ModelMap, check: str | None, nearest: str | None) -> None:
    from hubscore.modelmap.structure import neighbours, rows

    if check is not None:
        from hubscore.bench.taskonomy import check as compare

        checked = compare(space.names, space.similarities)
        output.rows(checked.rows(), id_key="precision")
        output.note(
            f"{checked.targets} targets x {checked.sources} sources, self removed; the first 5 sources of each target"
            " are relevant"
        )
    elif nearest is not None:
        output.rows(neighbours(space, nearest), id_key="model")
    else:
        full = [
            {**row, **space.models[row["model"]], "neighbours": neighbours(space, row["model"])} for row in rows(space)
        ]
        output.rows(rows(space), id_key="model", full=full)
    output.note(f"{space.method.words}; {space.probe['images']} images of {space.probe['dataset']}")
