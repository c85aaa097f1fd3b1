"""`hubscore plan`: candidates, bytes and minutes, before anything is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hubscore.cli.arguments import Dataset, Strict, require_dataset
from hubscore.cli.examples import with_examples
from hubscore.cli.output import Output
from hubscore.cli.piped_models import with_piped_models
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.run.options import RESULTS, CandidateOptions, DataOptions, RunOptions

SaveModels = Annotated[
    Path | None,
    typer.Option(
        "--save-models",
        metavar="FILE",
        help="Also save the list for --models: .txt .json .csv",
        rich_help_panel=RESULTS,
    ),
]


@with_examples(
    "hubscore plan user/birds --max-params 25M",
    "hubscore plan ./photos --models timm/resnet50.a1_in1k --json     [dim]# rows and totals[/dim]",
    "hubscore plan user/birds --search convnext --save-models convnexts.txt",
)
@with_options(
    DataOptions,
    CandidateOptions,
    RunOptions,
    OutputOptions,
    only={RunOptions: ("input_size", "device", "cache_dir", "budget_gb")},
)
def plan(
    dataset: Dataset = None,
    save_models: SaveModels = None,
    strict: Strict = False,
    *,
    data: DataOptions,
    candidates: CandidateOptions,
    run: RunOptions,
    output: Output,
) -> int:
    """Show which checkpoints would be ranked, and what that would cost; no checkpoint is downloaded."""
    from hubscore.candidates.saved_lists import check_list_path
    from hubscore.cli.plan_view import show_plan
    from hubscore.run.session import Session

    if save_models is not None:
        check_list_path(save_models)
    name = require_dataset(dataset, "plan", candidates.models)
    session, required = Session(data, with_piped_models(candidates), run), not data.unlabeled
    return show_plan(
        output,
        session,
        name,
        layers=required,
        labels_required=required,
        strict=strict,
        save_models=save_models,
        transform="own",
    )
