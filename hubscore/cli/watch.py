"""`hubscore watch`: rank again when a new checkpoint appears on the Hub."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.arguments import Dataset, require_dataset
from hubscore.cli.examples import with_examples
from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import BudgetError, CandidateError, HubError, UsageError
from hubscore.run.options import RESULTS, CandidateOptions, DataOptions, RunOptions
from hubscore.run.rank_options import RankOptions

if TYPE_CHECKING:
    from hubscore.candidates.query import Query
    from hubscore.types import Ranking
    from hubscore.watch.payload import Trigger
    from hubscore.watch.rounds import WatchRound

WHEN = "When to look"
SHORTEST = 60.0
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])", re.IGNORECASE)

Once = Annotated[
    bool, typer.Option("--once", help="Look once and stop, for cron and scheduled jobs.", rich_help_panel=WHEN)
]
Interval = Annotated[
    str, typer.Option("--interval", metavar="1h", help="Between two looks: 10m, 1h, 1d.", rich_help_panel=WHEN)
]
Payload = Annotated[
    str | None,
    typer.Option(
        "--payload",
        metavar="FILE|-|env",
        help="A webhook's body: look at its repo only, once. env: WEBHOOK_PAYLOAD.",
        rich_help_panel=WHEN,
    ),
]
Kept = Annotated[
    Path,
    typer.Option("--out", metavar="FILE.json", help="The ranking that is kept up to date.", rich_help_panel=RESULTS),
]


@with_examples(
    "hubscore watch user/birds --author timm --interval 1h",
    "hubscore watch user/birds --once --out /data/birds.json",
    "hubscore watch user/birds --payload env",
)
@with_options(
    DataOptions,
    CandidateOptions,
    RankOptions,
    RunOptions,
    OutputOptions,
    omit=("unlabeled", "models", "sort"),
    only={RankOptions: ("scores",)},
)
def watch(
    dataset: Dataset = None,
    once: Once = False,
    interval: Interval = "1h",
    payload: Payload = None,
    out: Kept = Path("ranking.json"),
    *,
    data: DataOptions,
    candidates: CandidateOptions,
    ranking: RankOptions,
    run: RunOptions,
    output: Output,
) -> int:
    """Rank again when a new checkpoint appears on the Hub; only the new ones run."""
    name, pause, trigger = require_dataset(dataset, "watch"), _read_seconds(interval), _read_trigger(payload, once)
    _check_out(out)

    from hubscore.candidates.query import Query
    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.hub.client import hub_api
    from hubscore.run.rank import rank
    from hubscore.run.validation import check_request
    from hubscore.watch.rounds import Watch
    from hubscore.watch.settings import Settings

    check_request(ranking)

    def rank_again(models: Sequence[str] | None, query: Query | None, revision: str | None) -> Ranking:
        left_out, rows = candidates.exclude_contaminated, replace(data, revision=revision)
        chosen = CandidateOptions(models=models, query=query, exclude_contaminated=left_out)
        with ProgressReporter(output) as reporter:
            return rank(name, data=rows, candidates=chosen, ranking=ranking, run=run, watcher=reporter)

    settings = Settings(data.samples, data.seed, str(ranking.scores), run.input_size, data.config, data.split)
    query = candidates.to_query() or Query()
    watching = Watch(name, out, query, rank_again, hub_api(run.token), data.revision, settings)
    _report(output, watching.round(trigger), out)
    if once or trigger is not None:
        return 0
    _watch_forever(output, lambda: _report(output, watching.round(), out), pause)
    return 0


def _watch_forever(output: Output, again: Callable[[], None], pause: float) -> None:
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


def _read_seconds(text: str) -> float:
    match = _SPAN.fullmatch(text.strip())
    seconds = float(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2].lower()] if match else 0.0
    if seconds < SHORTEST:
        why = "it is not a length of time" if match is None else "the Hub is asked at most once a minute"
        raise UsageError(f"Cannot use the interval '{text}'", why, "--interval 1h (or 10m, 1d)")
    return seconds


def _read_trigger(payload: str | None, once: bool) -> Trigger | None:
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
