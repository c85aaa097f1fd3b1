"""`hubscore rank`: which checkpoints should transfer best to your data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from hubscore.cli import options as o
from hubscore.cli.output import Output
from hubscore.cli.query import query_from
from hubscore.errors import UsageError
from hubscore.types import Skipped


def rank(
    dataset: o.Dataset = None,
    config: o.Config = None,
    split: o.Split = None,
    revision: o.Revision = None,
    image_column: o.ImageColumn = None,
    label_column: o.LabelColumn = None,
    target: o.TargetKind = None,
    unlabeled: Annotated[
        bool,
        typer.Option(
            "--unlabeled",
            help="Use only what needs no labels: energy and baselines, or --reference.",
            rich_help_panel=o.DATA,
        ),
    ] = False,
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference",
            metavar="ID",
            help="Compare with this network, trained on your task or one like it.",
            rich_help_panel=o.EVIDENCE,
        ),
    ] = None,
    reference_head: Annotated[
        bool,
        typer.Option(
            "--reference-head", help="Train a linear head on your labels over it first.", rich_help_panel=o.EVIDENCE
        ),
    ] = False,
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
    scores: o.Scores = "all",
    samples: o.Samples = 500,
    seed: o.Seed = 0,
    input_size: o.InputSize = None,
    reduce: Annotated[
        int | None,
        typer.Option(
            "--reduce",
            metavar="N",
            min=1,
            help="Exact PCA to so many dimensions before every score that reads features.",
            rich_help_panel=o.EVIDENCE,
        ),
    ] = None,
    capacity: Annotated[
        bool,
        typer.Option(
            "--capacity", help="Add each network's depth to every score (PARC, Eq. 6).", rich_help_panel=o.EVIDENCE
        ),
    ] = False,
    subsamples: Annotated[
        int,
        typer.Option(
            "--subsamples", metavar="N", min=0, help="For the intervals; 0 for none.", rich_help_panel=o.EVIDENCE
        ),
    ] = 20,
    resample: Annotated[
        list[str] | None,
        typer.Option(
            "--resample",
            metavar="NAME,...",
            help="Slow scores to recompute on every subsample too: nleep has no interval otherwise; repeatable.",
            rich_help_panel=o.EVIDENCE,
        ),
    ] = None,
    label_texts: Annotated[
        Path | None,
        typer.Option(
            "--label-texts",
            metavar="FILE",
            help="Class names embedded by text models, for emms: .npz or .npy, one row a class.",
            rich_help_panel=o.EVIDENCE,
        ),
    ] = None,
    probes: Annotated[
        int,
        typer.Option(
            "--probes",
            metavar="K",
            min=1,
            help="Fresh probes to average over, instead of subsamples; K times the work.",
            rich_help_panel=o.EVIDENCE,
        ),
    ] = 1,
    probe_bytes: o.ProbeBytes = 2e9,
    budget_gb: o.BudgetGb = 5.0,
    batch_size: o.BatchSize = None,
    device: o.Device = "auto",
    processes: o.Processes = None,
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
    out: o.Out = None,
    format: o.OutputFormat = o.Format.auto,
    json: o.AsJson = False,
    quiet: o.Quiet = False,
    yes: o.Yes = False,
    strict: o.Strict = False,
) -> int:
    """Rank checkpoints by how well they should transfer to your data."""
    from hubscore.cli.plan import show_plan
    from hubscore.report.files import check_path
    from hubscore.run.validation import check_request

    output = Output.chosen(format, json=json, quiet=quiet)
    name = named(dataset, "rank")
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
    check_request(
        scores,
        reduce=reduce,
        subsamples=subsamples,
        resample=resample or (),
        probes=probes,
        unlabeled=unlabeled,
        reference=reference is not None,
        head=reference_head,
        label_texts=label_texts is not None,
    )
    if out is not None:
        check_path(out)
    if dry_run:
        return show_plan(
            output,
            name,
            models,
            query,
            samples=samples * probes,
            revision=revision,
            strict=strict,
            input_size=input_size,
            device=device,
            cache_dir=cache_dir,
            budget_gb=budget_gb,
        )

    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.extract.distributed import is_main_process, leave_process_group
    from hubscore.run.rank import rank as run

    with ProgressReporter(output) as teller:
        ranking = run(
            name,
            models=models,
            query=query,
            scores=scores,
            samples=samples,
            seed=seed,
            config=config,
            split=split,
            revision=revision,
            image_column=image_column,
            label_column=label_column,
            target=target,
            unlabeled=unlabeled,
            reference=reference,
            reference_head=reference_head,
            reduce=reduce,
            capacity=capacity,
            subsamples=subsamples,
            resample=resample or (),
            label_texts=label_texts,
            probes=probes,
            input_size=input_size,
            batch_size=batch_size,
            device=device,
            processes=processes,
            probe_bytes=int(probe_bytes),
            budget_gb=budget_gb,
            yes=yes,
            evict=evict,
            cache_dir=cache_dir,
            watcher=teller,
        )
    leave_process_group()
    if not is_main_process():  # started by accelerate: the first of us saves and prints
        return 0
    if out is not None:
        ranking.save(str(out))
        output.note(f"Saved {out}")
    output.ranking(ranking)
    return strictly(output, ranking.skipped) if strict else 0


rank.epilog = """
[bold]Examples[/bold]

hubscore rank user/birds --max-params 25M --plan

hubscore rank ./photos --models timm/resnet50.a1_in1k ./my-vit --out ranking.html

hubscore rank user/birds --search resnet --license apache-2.0 --scores logme,h_score,knn
"""  # type: ignore[attr-defined]


def strictly(output: Output, skipped: Sequence[Skipped]) -> int:
    """Return the exit code of a run that may skip nothing, and say why it failed."""
    if skipped:
        output.error(f"Error: {len(skipped)} of the candidates cannot be ranked, and --strict allows none")
    return 1 if skipped else 0


def named(dataset: str | None, verb: str) -> str:
    """Return the data set's name, or say how to give one."""
    if dataset is None:
        why = "--models takes every word up to the next option, so the data set comes before it"
        raise UsageError("No data set was named", why, f"hubscore {verb} DATASET --models a b")
    return dataset
