"""`hubscore publish`: a ranking into model cards, a results data set, or a Space; nothing is sent without --yes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.options import RESULTS

if TYPE_CHECKING:
    from hubscore.publish.cards.targets import Target
    from hubscore.types import Publication

CARDS = "Model cards"
PANEL = "What is sent"
FAILED = ("failed",)
OFFERED = ("would open", "would update")
SENT = ("planned", "published", "published as a static page", "written", "opened", "updated", "would write", *OFFERED)
"""Outcomes of what was sent, or would be: what ``--quiet`` lists."""


class Sink(StrEnum):
    """Where a ranking can go."""

    cards = "cards"
    results = "results"
    space = "space"
    eval_results = "eval-results"


@with_examples(
    "hubscore publish ranking.json --to results --yes",
    "hubscore publish ranking.json --to cards                 [dim]# shows every change, sends nothing[/dim]",
    "hubscore publish ranking.json --to cards --yes --open-prs --top 3",
)
@with_options(OutputOptions)
def publish(
    ranking: Annotated[
        Path | None,
        typer.Argument(metavar="RANKING", help="Saved by hubscore rank --out ranking.json.", show_default=False),
    ] = None,
    to: Annotated[
        Sink | None,
        typer.Option("--to", help="cards, results, space, or eval-results (benchmarks only).", rich_help_panel=PANEL),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Send. Without, only show what would be sent.", rich_help_panel=PANEL)
    ] = False,
    results_repo: Annotated[
        str | None,
        typer.Option(
            "--results-repo",
            metavar="ID",
            help="Results data set; USER/hubscore-results by default.",
            rich_help_panel=PANEL,
        ),
    ] = None,
    namespace: Annotated[
        str | None,
        typer.Option("--namespace", metavar="NAME", help="The same, as NAME/hubscore-results.", rich_help_panel=PANEL),
    ] = None,
    space: Annotated[
        str | None,
        typer.Option(
            "--space", metavar="ID", help="The Space; hubscore-leaderboard beside the results.", rich_help_panel=PANEL
        ),
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="Make a new results data set private.", rich_help_panel=PANEL)
    ] = False,
    allow_private_dataset_name: Annotated[
        bool,
        typer.Option(
            "--allow-private-dataset-name",
            help="Send names and rows of private data, and names of private models.",
            rich_help_panel=PANEL,
        ),
    ] = False,
    open_prs: Annotated[
        bool, typer.Option("--open-prs", help="With --yes: pull requests on repos of others.", rich_help_panel=CARDS)
    ] = False,
    top: Annotated[
        int,
        typer.Option(
            "--top", metavar="K", min=1, help="Others' repos only for the first K models.", rich_help_panel=CARDS
        ),
    ] = 5,
    section: Annotated[
        bool | None,
        typer.Option(
            "--section/--no-section", help="Add, or take out, a short table in the text.", rich_help_panel=CARDS
        ),
    ] = None,
    diff: Annotated[
        bool | None,
        typer.Option(
            "--diff/--no-diff", help="Print the changes; on for people, unless they are sent.", rich_help_panel=RESULTS
        ),
    ] = None,
    *,
    output: Output,
) -> int:
    """Publish a ranking: model cards, a results data set, a Space. Nothing is sent without --yes."""
    sink = _check(to, results_repo, namespace, space, open_prs=open_prs, private=private)
    repo = results_repo or (f"{namespace}/hubscore-results" if namespace else None)
    refused = False
    if sink is Sink.space:
        if ranking is not None:
            output.note("A Space shows a results data set; the ranking itself goes there with --to results.")
        done = _space(repo, space, yes)
    else:
        path = _named(ranking)
        if sink is Sink.cards:
            done, refused = _cards(output, path, repo, yes, open_prs, top, section, allow_private_dataset_name)
        else:
            done = _results(sink, path, repo, yes, private, allow_private_dataset_name)
    shown = not yes and output.mode is Mode.human if diff is None else diff
    return _tell(output, done, yes=yes, diff=shown, refused=refused)


def _check(
    to: Sink | None,
    results_repo: str | None,
    namespace: str | None,
    space: str | None,
    *,
    open_prs: bool,
    private: bool,
) -> Sink:
    if to is None:
        raise UsageError(
            "Nothing says where to publish", "there are cards, results, space and eval-results", "--to cards"
        )
    if results_repo and namespace:
        raise UsageError(
            "--results-repo and --namespace exclude each other", "both name the results data set", "keep one of them"
        )
    if open_prs and to is not Sink.cards:
        raise UsageError(
            "--open-prs goes with --to cards",
            f"nothing else is offered as a pull request, {to} least of all",
            "leave it out",
        )
    if space and to is not Sink.space:
        raise UsageError("--space goes with --to space", "it names the Space", "leave it out")
    if private and to is not Sink.results:
        raise UsageError(
            "--private goes with --to results", "it is for a results data set that is made", "leave it out"
        )
    return to


def _named(ranking: Path | None) -> Path:
    if ranking is None:
        raise UsageError(
            "No ranking was named",
            "",
            "hubscore rank DATASET --out ranking.json, then hubscore publish ranking.json --to cards",
        )
    return ranking


def _cards(
    output: Output, path: Path, repo: str | None, yes: bool, open_prs: bool, top: int, section: bool | None, named: bool
) -> tuple[Sequence[Publication], bool]:
    """Return what came of every card, and whether pull requests are refused with this ranking."""
    from hubscore.publish.cards.publish import publish_cards
    from hubscore.report.files import load

    def listed(targets: Sequence[Target]) -> None:
        output.note(f"{len(targets)} {'repo' if len(targets) == 1 else 'repos'}:")
        for target in targets:
            output.note(f"  {target.place}. {target.repo}: {target.reason or target.way}")

    done = publish_cards(
        load(path),
        yes=yes,
        open_prs=open_prs,
        top=top,
        section=section,
        results_repo=repo,
        allow_private_dataset_name=named,
        listed=listed,
    )
    if not yes or not open_prs:
        for refusal in done.refused:
            output.warning(f"No pull request would be opened. {refusal}")
    if done.outlook:
        output.note(done.outlook)
    return done.publications, bool(done.refused)


def _results(to: Sink, path: Path, repo: str | None, yes: bool, private: bool, named: bool) -> Sequence[Publication]:
    if to is Sink.results:
        from hubscore.publish.results import publish_results

        return [publish_results(path, repo=repo, private=private, yes=yes, allow_private_dataset_name=named)]
    from hubscore.publish.results.eval_results import export

    return export(path, results=repo, yes=yes)


def _space(results_repo: str | None, repo: str | None, yes: bool) -> Sequence[Publication]:
    from hubscore.publish.space import publish_space

    return [publish_space(results_repo, repo=repo, yes=yes)]


def _tell(output: Output, done: Sequence[Publication], *, yes: bool, diff: bool, refused: bool = False) -> int:
    """Write what was or would be changed to stdout, what was left out to stderr; return the exit code."""
    if diff:
        for publication in done:
            if publication.diff:
                output.diff(publication.diff)
    listed = done if output.mode is not Mode.quiet else [one for one in done if _sendable(one, refused)]
    rows = [{"repo": one.repo_id, "outcome": one.outcome, "pull_request": one.pull_request or ""} for one in listed]
    if output.mode is not Mode.agent or not diff:
        output.rows(rows, id_key="repo", full=[one.to_json() for one in done])
    for one in done:
        if one.reason or one.outcome.startswith("skipped"):
            output.warning(": ".join(part for part in (one.repo_id, one.outcome, one.reason) if part))
    if not yes and (due := [one for one in done if one.diff and _sendable(one, refused)]):
        others = any(one.outcome in OFFERED for one in due)
        output.hint(f"nothing was sent; --yes{' --open-prs' if others else ''} sends it")
    return 1 if any(one.outcome in FAILED for one in done) else 0


def _sendable(publication: Publication, refused: bool) -> bool:
    """Whether a repo was changed, or would be; pull requests that are refused with this ranking would not."""
    return publication.outcome in SENT and not (refused and publication.outcome in OFFERED)
