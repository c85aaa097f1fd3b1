"""`hubscore watch`: rank again when a new checkpoint appears on the Hub."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli import options as o
from hubscore.cli.output import Output
from hubscore.cli.query import query_from
from hubscore.cli.rank import named
from hubscore.errors import BudgetError, CandidateError, HubError, UsageError

if TYPE_CHECKING:
    from hubscore.watch.payload import Trigger
    from hubscore.watch.rounds import Ranker, WatchRound

WHEN = "When to look"
SHORTEST = 60.0
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])", re.IGNORECASE)


def watch(
    dataset: o.Dataset = None,
    config: o.Config = None,
    split: o.Split = None,
    revision: o.Revision = None,
    image_column: o.ImageColumn = None,
    label_column: o.LabelColumn = None,
    target: o.TargetKind = None,
    search: o.Search = None,
    task: o.Task = None,
    library: o.Library = None,
    license: o.License = None,
    max_params: o.MaxParams = None,
    min_params: o.MinParams = None,
    author: o.Author = None,
    tag: o.Tag = None,
    base_model: o.BaseModel = None,
    limit: o.Limit = None,
    diverse: o.Diverse = None,
    scores: o.Scores = "all",
    samples: o.Samples = 500,
    seed: o.Seed = 0,
    input_size: o.InputSize = None,
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
    once: Annotated[
        bool, typer.Option("--once", help="Look once and stop, for cron and scheduled jobs.", rich_help_panel=WHEN)
    ] = False,
    interval: Annotated[
        str, typer.Option("--interval", metavar="1h", help="Between two looks: 10m, 1h, 1d.", rich_help_panel=WHEN)
    ] = "1h",
    payload: Annotated[
        str | None,
        typer.Option(
            "--payload",
            metavar="FILE|-|env",
            help="A webhook's body: look at its repo only, once. env: WEBHOOK_PAYLOAD.",
            rich_help_panel=WHEN,
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE.json", help="The ranking that is kept up to date.", rich_help_panel=o.RESULTS
        ),
    ] = Path("ranking.json"),
    format: o.OutputFormat = o.Format.auto,
    json: o.AsJson = False,
    quiet: o.Quiet = False,
    yes: o.Yes = False,
) -> int:
    """Rank again when a new checkpoint appears on the Hub; only the new ones run."""
    output = Output.chosen(format, json=json, quiet=quiet)
    name, pause, trigger = named(dataset, "watch"), _seconds(interval), _trigger(payload, once)
    query = query_from(
        None,
        search=search,
        task=task,
        library=library,
        license=license,
        max_params=max_params,
        min_params=min_params,
        author=author,
        tag=tag,
        base_model=base_model,
        sort=None,
        limit=limit,
        diverse=diverse,
    )
    _check_out(out)

    from hubscore.candidates.query import Query
    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.hub.client import hub_api
    from hubscore.run.rank import rank as run
    from hubscore.run.validation import check_scores
    from hubscore.watch.rounds import Watch
    from hubscore.watch.settings import Settings

    check_scores(scores)

    def ranked(models, query, revision):  # type: ignore[no-untyped-def]
        with ProgressReporter(output) as teller:
            return run(
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

    ranker: Ranker = ranked
    settings = Settings(samples, seed, scores, input_size, config, split)
    watching = Watch(name, out, query or Query(), ranker, hub_api(), revision, settings)
    _report(output, watching.round(trigger), out)
    if once or trigger is not None:
        return 0
    _go_on(output, lambda: _report(output, watching.round(), out), pause)
    return 0


watch.epilog = """
[bold]Examples[/bold]

hubscore watch user/birds --author timm --interval 1h

hubscore watch user/birds --once --out /data/birds.json

hubscore watch user/birds --payload env
"""  # type: ignore[attr-defined]


def _go_on(output: Output, again: Callable[[], None], pause: float) -> None:
    """Look again and again until somebody stops it; a Hub that fails for a while is waited for, and so is room in
    the budget.
    """
    while True:
        output.note(f"Next look in {pause / 60:g} minutes; Ctrl-C stops")
        time.sleep(pause)
        try:
            again()
        except (HubError, CandidateError, BudgetError) as error:
            output.warning(str(error))


def _report(output: Output, done: WatchRound, out: Path) -> None:
    """Write what changed: rows to stdout, words to stderr."""
    for line in done.lines:
        output.note(line)
    if done.ranking is not None:
        output.note(f"Saved {out}")
    output.rows(done.rows, id_key="model")


def _seconds(text: str) -> float:
    match = _SPAN.fullmatch(text.strip())
    seconds = float(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2].lower()] if match else 0.0
    if seconds < SHORTEST:
        why = "it is no span of time" if match is None else "the Hub is asked at most once a minute"
        raise UsageError(f"Cannot look every '{text}'", why, "--interval 1h (or 10m, 1d)")
    return seconds


def _trigger(payload: str | None, once: bool) -> Trigger | None:
    """Read a webhook's body from a file, stdin or the environment of a Job."""
    if payload is None:
        return None
    import os
    import sys

    from hubscore.watch.payload import read_payload

    if payload == "-":
        return read_payload(sys.stdin.read())
    if payload == "env":
        if "WEBHOOK_PAYLOAD" not in os.environ:
            if once:  # the first run of the Job that the webhook copies: nothing started it, so it looks at everything
                return None
            raise UsageError(
                "There is no webhook", "WEBHOOK_PAYLOAD is not set", "--payload FILE, or start it as a webhook's Job"
            )
        return read_payload(os.environ["WEBHOOK_PAYLOAD"])
    try:
        return read_payload(Path(payload).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"Cannot read '{payload}'", str(error), "--payload FILE with the body that the Hub posted"
        ) from error


def _check_out(out: Path) -> None:
    from hubscore.report.files import check_path

    check_path(out)
    if out.suffix.lower() != ".json":
        raise UsageError(f"Cannot keep a ranking in '{out}'", "only .json holds a whole ranking", "--out ranking.json")
