"""`hubscore plan`: candidates, bytes and minutes, before anything is downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.atomic import write_atomically
from hubscore.candidates.saved_lists import check_list_path, write_list
from hubscore.cli import options as o
from hubscore.cli.output import Mode, Output
from hubscore.cli.query import query_from
from hubscore.cli.rank import named, strictly

if TYPE_CHECKING:
    from hubscore.candidates.query import Query


def plan(
    dataset: o.Dataset = None,
    revision: o.Revision = None,
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
    samples: o.Samples = 500,
    input_size: o.InputSize = None,
    device: o.Device = "auto",
    cache_dir: o.CacheDir = None,
    budget_gb: o.BudgetGb = 5.0,
    save_models: Annotated[
        Path | None,
        typer.Option(
            "--save-models",
            metavar="FILE",
            help="Also save the list for --models: .txt .json .csv",
            rich_help_panel=o.RESULTS,
        ),
    ] = None,
    format: o.OutputFormat = o.Format.auto,
    json: o.AsJson = False,
    quiet: o.Quiet = False,
    strict: o.Strict = False,
) -> int:
    """Show which checkpoints would be ranked, and what that would cost; nothing is downloaded."""
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
    if save_models is not None:
        check_list_path(save_models)
    return show_plan(
        Output.chosen(format, json=json, quiet=quiet),
        named(dataset, "plan"),
        models,
        query,
        samples=samples,
        revision=revision,
        strict=strict,
        input_size=input_size,
        device=device,
        cache_dir=cache_dir,
        budget_gb=budget_gb,
        save_models=save_models,
    )


plan.epilog = """
[bold]Examples[/bold]

hubscore plan user/birds --max-params 25M

hubscore plan ./photos --models timm/resnet50.a1_in1k --json     [dim]# rows and totals[/dim]

hubscore plan user/birds --search convnext --save-models convnexts.txt
"""  # type: ignore[attr-defined]


def show_plan(
    output: Output,
    dataset: str,
    models: Sequence[str] | None,
    query: Query | None,
    *,
    samples: int,
    revision: str | None,
    strict: bool,
    input_size: int | None = None,
    device: str = "auto",
    cache_dir: Path | None = None,
    budget_gb: float = 5.0,
    save_models: Path | None = None,
) -> int:
    """Write a plan: its rows to stdout, its totals to stderr; as JSON one object with both, ``{"rows": [...],
    "totals": {...}}``.
    """
    from hubscore.extract.cache import FeatureCache
    from hubscore.probe.source import locate_dataset
    from hubscore.report.plan import impossible, over_budget, plan_table, totals
    from hubscore.run.rank import find_candidates, plan_run

    locate_dataset(dataset, revision=revision)
    found = find_candidates(models, query)
    made = plan_run(found, samples=samples, store=FeatureCache(cache_dir), device=device, input_size=input_size)
    rows = made.to_json()["rows"]
    if output.mode is Mode.json:
        output.value({"rows": rows, "totals": made.totals(budget_gb)}, id_key="rows")
    else:
        output.rows(rows, id_key="model", human=lambda width: plan_table(made))
    for line in (*totals(made), *over_budget(made, budget_gb)):
        output.note(line)
    for line in impossible(made):
        output.warning(line)
    if save_models is not None:
        write_atomically(save_models, write_list(found.candidates, save_models))
        output.note(f"Saved {save_models}; rank them with: hubscore rank {dataset} --models {save_models}")
    return strictly(output, made.skipped) if strict else 0
