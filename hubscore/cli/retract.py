"""`hubscore retract`: takes back what was published; nothing is changed without --yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.publish import Diff, report
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.keywords import Options, option
from hubscore.run.options import WORD
from hubscore.text import clean

if TYPE_CHECKING:
    from hubscore.hub.addresses import HubAddress
    from hubscore.results.runs import Run
    from hubscore.types import Publication

PANEL = "What is taken back"


class Place(StrEnum):
    """Where something can be taken out of."""

    results = "results"
    cards = "cards"
    prs = "prs"


What = Annotated[
    str | None,
    typer.Argument(
        metavar="RUN|MODEL",
        help="A run's id, or the saved ranking; a model, of which the card or pull requests are meant.",
        show_default=False,
    ),
]


@dataclass(frozen=True, kw_only=True)
class RetractOptions(Options):
    """What is taken back, from where, and whether.

    Raises:
        UsageError: two of them do not go together.
    """

    parameter: ClassVar[str] = "retract"

    place: Place | None = option(
        None, "results, cards of your own, or prs: your open pull requests.", "--from", Place | None, PANEL
    )
    every: bool = option(False, "Everything of yours there.", "--all", bool, PANEL)
    yes: bool = option(False, "Do it. Without, only show what would change.", "--yes -y", bool, PANEL)
    results_repo: str | None = option(
        None, "Results data set; USER/hubscore-results by default.", "--results-repo", WORD, PANEL, "ID"
    )


@with_examples(
    "hubscore retract ranking.json --from results            [dim]# shows what would go[/dim]",
    "hubscore retract me/net --from cards --yes",
    "hubscore retract --all --from prs --yes",
)
@with_options(RetractOptions, OutputOptions)
def retract(what: What = None, diff: Diff = None, *, retract: RetractOptions, output: Output) -> int:
    """Take back what you published: runs, entries in your cards, your pull requests. Nothing changes without --yes."""
    place = _check(what, retract)
    done = _retracted(place, what, retract, output)
    if not done:
        output.note("Nothing of yours is there.")
    shown = not retract.yes and output.mode is Mode.human if diff is None else diff
    return report(output, done, yes=retract.yes, diff=shown, back=True)


def _check(what: str | None, options: RetractOptions) -> Place:
    """Refuse what does not go together; return where from."""
    if options.place is None:
        raise UsageError("Nothing says where to retract from", "there are results, cards and prs", "--from results")
    if (what is None) != options.every:
        why = "a RUN or MODEL stands beside --all" if what else "neither a RUN or MODEL is named, nor --all"
        fix = "leave out --all" if what else "hubscore retract --all --from results"
        raise UsageError("What to retract is not clear", why, fix)
    return options.place


def _retracted(place: Place, what: str | None, options: RetractOptions, output: Output) -> Sequence[Publication]:
    from hubscore.publish.retract import retract_cards, retract_pull_requests, retract_results

    page = _record_page(what)
    saved = _saved(what) if what is not None and page is None else None
    run, results = _run_of(what, page, saved), options.results_repo
    results = page.repo_id if results is None and page is not None else results
    model = what if run is None else None
    if place is Place.results:
        if model is not None:
            why = "a run is retracted as a whole, with all of its models"
            raise UsageError(f"'{clean(model)}' is no run", why, "hubscore retract --all --from results lists yours")
        return [retract_results(run, repo=results, yes=options.yes)]
    if place is Place.cards:
        return retract_cards(model=model, run=run, yes=options.yes)
    from hubscore.publish.retract.offered import models_in

    rows = saved.data.get("rows") or () if saved is not None else ()
    models = models_in((row.get("model"), row.get("revision")) for row in rows)
    return retract_pull_requests(model=model, run=run, repo=results, models=models, yes=options.yes, told=output.note)


def _run_of(what: str | None, page: HubAddress | None, saved: Run | None) -> str | None:
    """Return the id of a run that is named, by the page of its record too, or was saved; none where a model is named,
    or nothing.
    """
    if what is None:
        return None
    if page is not None:
        return PurePosixPath(page.path).stem
    return saved.id if saved is not None else None if "/" in what else what


def _saved(what: str) -> Run | None:
    """Return the run that lies in a file, none where no file is named."""
    if what.endswith(".json") or Path(what).is_file():
        from hubscore.results.runs import as_run

        return as_run(what)
    return None


def _record_page(what: str | None) -> HubAddress | None:
    """Return the address where it is that of a run's record in a results data set."""
    from hubscore.hub.addresses import read_address

    address = None if what is None else read_address(what)
    of_a_run = address is not None and address.kind == "dataset" and address.path.startswith("runs/")
    return address if of_a_run else None
