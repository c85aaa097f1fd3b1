"""`hubscore layers`: which layer of a network to transfer, and what to freeze."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli import options as o
from hubscore.cli.output import Mode, Output
from hubscore.errors import UsageError

if TYPE_CHECKING:
    from hubscore.layers.result import LayerSelection
    from hubscore.run.running import Running

Model = Annotated[str, typer.Argument(metavar="MODEL", help="Hub id, id@revision, or folder.", show_default=False)]
Layers = Annotated[
    str,
    typer.Option(
        "--layers",
        metavar="blocks|all|NAME,...",
        help="Blocks, every layer, or these modules.",
        rich_help_panel=o.EVIDENCE,
    ),
]
Scores = Annotated[
    str | None,
    typer.Option(
        "--scores",
        metavar="NAME,...",
        help="Of labels; parc,logme,h_score@32,knn by default.",
        rich_help_panel=o.EVIDENCE,
    ),
]
TargetNetwork = Annotated[
    str | None,
    typer.Option(
        "--target-network",
        metavar="ID",
        help="One trained on your task: DEPARA, without labels.",
        rich_help_panel=o.EVIDENCE,
    ),
]
Lambda = Annotated[
    float | None,
    typer.Option(
        "--lambda",
        metavar="X",
        help="Weight of DEPARA's edges; 1 by default, 10 for few images.",
        rich_help_panel=o.EVIDENCE,
    ),
]
MapSize = Annotated[
    int,
    typer.Option(
        "--map-size",
        metavar="N",
        min=0,
        help="Pixels a side of DEPARA's maps; 0: the images' own.",
        rich_help_panel=o.EVIDENCE,
    ),
]
Listed = Annotated[
    bool, typer.Option("--list", help="Print the layers and stop; needs no DATASET.", rich_help_panel=o.RESULTS)
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Also save: .json .csv .html .png .svg", rich_help_panel=o.RESULTS),
]


def layers(
    model: Model,
    dataset: o.Dataset = None,
    config: o.Config = None,
    split: o.Split = None,
    revision: o.Revision = None,
    image_column: o.ImageColumn = None,
    label_column: o.LabelColumn = None,
    target: o.TargetKind = None,
    layers: Layers = "blocks",
    scores: Scores = None,
    target_network: TargetNetwork = None,
    lambda_: Lambda = None,
    map_size: MapSize = 64,
    samples: o.Samples = 200,
    seed: o.Seed = 0,
    input_size: o.InputSize = None,
    probe_bytes: o.ProbeBytes = 2e9,
    budget_gb: o.BudgetGb = 5.0,
    batch_size: o.BatchSize = None,
    device: o.Device = "auto",
    cache_dir: o.CacheDir = None,
    evict: Annotated[
        bool, typer.Option("--evict", help="Delete what was downloaded once it has run.", rich_help_panel=o.LIMITS)
    ] = False,
    list_: Listed = False,
    out: Out = None,
    format: o.OutputFormat = o.Format.auto,
    json: o.AsJson = False,
    quiet: o.Quiet = False,
    yes: o.Yes = False,
) -> int:
    """Say which layer of a network to transfer to your data, and what to freeze: an estimate from one pass over a
    few images.
    """
    output = Output.chosen(format, json=json, quiet=quiet)
    which = layers if layers in ("blocks", "all") else tuple(name.strip() for name in layers.split(",") if name.strip())
    if out is not None:
        from hubscore.report.layers_files import check_layers_path

        check_layers_path(out)
    if dataset is None and not list_:
        raise UsageError(
            "No data set was named", "layers are compared on images", "hubscore layers MODEL DATASET, or MODEL --list"
        )

    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.extract.distributed import is_main_process, leave_process_group
    from hubscore.layers.select import rank_layers
    from hubscore.run.running import Running

    running = Running(device, batch_size, input_size, budget_gb, yes, evict, cache_dir)
    if list_:
        return _list(output, model, which, running)
    with ProgressReporter(output) as teller:
        found = rank_layers(
            model,
            str(dataset),
            layers=which,
            scores=scores,
            target_network=target_network,
            lambda_=lambda_,
            map_size=map_size,
            samples=samples,
            seed=seed,
            config=config,
            split=split,
            revision=revision,
            image_column=image_column,
            label_column=label_column,
            target=target,
            probe_bytes=int(probe_bytes),
            running=running,
            watcher=teller,
        )
    leave_process_group()
    if not is_main_process():  # started by accelerate: the first of us saves and prints
        return 0
    if out is not None:
        from hubscore.report.layers_files import save_layers

        save_layers(found, out)
        output.note(f"Saved {out}")
    return _shown(output, found)


layers.epilog = """
[bold]Examples[/bold]

hubscore layers timm/resnet18.a1_in1k user/birds --out layers.html

hubscore layers timm/resnet18.a1_in1k --list

hubscore layers ./my-vit user/birds --layers vit.layers.3,vit.layers.7 --scores logme,knn

hubscore layers timm/resnet18.a1_in1k ./photos --target-network ./trained-on-birds --lambda 10
"""  # type: ignore[attr-defined]


def _list(output: Output, model: str, which: str | Sequence[str], running: Running) -> int:
    from hubscore.layers.select import list_layers

    cuts = list_layers(model, layers=which, running=running)
    rows = [{"layer": cut.name, "kind": cut.kind, "parameters": cut.parameters, "cuts": cut.clean} for cut in cuts]
    output.rows(rows, id_key="layer")
    output.note(
        "In the order in which they run; parameters: up to and including it; cuts: whether all behind it depends on it"
        " alone"
    )
    return 0


def _shown(output: Output, found: LayerSelection) -> int:
    """Print the curve and what must be said with it; quiet mode prints the recommended layer."""
    from hubscore.report.layers_terminal import curve_table, layer_lines

    if output.mode is Mode.json or (output.mode is Mode.quiet and found.best is not None):
        output.value(found.to_json(), id_key="recommended")
    elif output.mode is not Mode.quiet:
        output.rows(found.rows(), id_key="layer", human=lambda width: curve_table(found, width))
    for line in layer_lines(found, output.width if output.mode is Mode.human else None):
        output.note(line)
    if found.best is None:
        output.error("Error: no layer can be recommended, because no score is defined for any")
    return 0 if found.best is not None else 1
