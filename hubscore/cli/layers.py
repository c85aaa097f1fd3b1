"""`hubscore layers`: which layer of a network to transfer, and what to freeze."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.arguments import Dataset, Picture
from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.layers.options import LayerOptions
from hubscore.run.options import RESULTS, DataOptions, RunOptions
from hubscore.run.run_options import WORKER_FIELDS

if TYPE_CHECKING:
    from hubscore.layers.result import LayerSelection

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="Hub id, id@revision, address, or folder.", show_default=False)
]
Listed = Annotated[
    bool, typer.Option("--list", help="Print the layers and stop; needs no DATASET.", rich_help_panel=RESULTS)
]


@with_examples(
    "hubscore layers timm/resnet18.a1_in1k user/birds --out layers.html",
    "hubscore layers timm/resnet18.a1_in1k --list",
    "hubscore layers ./my-vit user/birds --layers vit.layers.3,vit.layers.7 --scores logme,knn",
    "hubscore layers timm/resnet18.a1_in1k ./photos --target-network ./trained-on-birds --lambda 10",
)
@with_options(
    LayerOptions,
    DataOptions,
    RunOptions,
    OutputOptions,
    defaults={"samples": 200},
    omit=("unlabeled", *WORKER_FIELDS),
)
def layers(
    model: Model,
    dataset: Dataset = None,
    list_: Listed = False,
    out: Picture = None,
    *,
    layer: LayerOptions,
    data: DataOptions,
    run: RunOptions,
    output: Output,
) -> int:
    """Say which layer of a network to transfer to your data, and what to freeze; an estimate from one pass."""
    from hubscore.cli.out_files import out_files
    from hubscore.report.layers_files import ENDINGS, check_layers_path, save_layers

    files = out_files(out, check_layers_path, name="layers", endings=ENDINGS)
    if list_:
        return _list(output, model, layer, run)
    if dataset is None:
        raise UsageError(
            "No data set was named",
            "layers are compared on one",
            "hubscore layers MODEL DATASET, or MODEL --list",
        )

    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.extract.distributed import is_main_process, leave_process_group
    from hubscore.layers.select import rank_layers

    with ProgressReporter(output) as reporter:
        selection = rank_layers(model, dataset, layer=layer, data=data, run=run, watcher=reporter)
    leave_process_group()
    if not is_main_process():  # started by accelerate: the first of us saves and prints
        return 0
    files.save(lambda path: save_layers(selection, path), output)
    return _show(output, selection)


def _list(output: Output, model: str, layer: LayerOptions, run: RunOptions) -> int:
    from hubscore.cli.run_progress import silence_libraries
    from hubscore.layers.select import list_layers

    silence_libraries()
    points = list_layers(model, layers=layer.names, run=run)
    output.rows(
        [
            {"layer": point.name, "kind": point.kind, "parameters": point.parameters, "cuts": point.clean}
            for point in points
        ],
        id_key="layer",
    )
    output.note(
        "In the order in which they run; parameters: up to and including it; cuts: whether all behind it depends on it"
        " alone"
    )
    return 0


def _show(output: Output, selection: LayerSelection) -> int:
    """Print the curve and what must be said with it; quiet mode prints the recommended layer."""
    from hubscore.report.layers_terminal import curve_table, layer_lines

    if output.mode is Mode.json or (output.mode is Mode.quiet and selection.best is not None):
        output.value(selection.to_json(), id_key="recommended")
    elif output.mode is not Mode.quiet:
        output.rows(selection.rows(), id_key="layer", human=lambda width: curve_table(selection, width))
    for line in layer_lines(selection, output.width if output.mode is Mode.human else None):
        output.note(line)
    if selection.best is None:
        output.error("Error: no layer can be recommended, because no score is defined for any")
    return 0 if selection.best is not None else 1
