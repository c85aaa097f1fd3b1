"""`hubscore publish`: a ranking into model cards, a results data set, or a Space; nothing is sent without --yes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscore.cli.examples import with_examples
from hubscore.cli.output import Mode, Output
from hubscore.cli.publish_options import CardOptions, SendOptions, Sink, check_publish
from hubscore.cli.seen_again import seen_by, thumbnails
from hubscore.cli.shared_options import OutputOptions, with_options
from hubscore.errors import UsageError
from hubscore.run.options import RESULTS
from hubscore.text import amount, clean

if TYPE_CHECKING:
    from hubscore.publish.cards.targets import Target
    from hubscore.types import Publication

NAMED = 5
"""Cards that are left out, by name."""
OFFERED = ("would open", "would update")
SENT = ("planned", "published", "published as a static page", "written", "opened", "updated", "would write", *OFFERED)
RETRACTED = ("retracted", "would take out", "taken out", "would close", "closed")
"""With :data:`SENT`, outcomes of what was changed, or would be: what ``--quiet`` lists."""


RankingFile = Annotated[
    Path | None,
    typer.Argument(metavar="RANKING", help="Saved by hubscore rank --out ranking.json.", show_default=False),
]
Diff = Annotated[
    bool | None,
    typer.Option(
        "--diff/--no-diff", help="Print the changes; on for people, unless they are sent.", rich_help_panel=RESULTS
    ),
]


@with_examples(
    "hubscore publish ranking.json --to results --yes",
    "hubscore publish ranking.json --to cards                 [dim]# shows every change, sends nothing[/dim]",
    "hubscore publish ranking.json --to cards --yes --open-prs --top 3",
)
@with_options(SendOptions, CardOptions, OutputOptions)
def publish(
    ranking: RankingFile = None,
    diff: Diff = None,
    *,
    send: SendOptions,
    cards: CardOptions,
    output: Output,
) -> int:
    """Publish a ranking: model cards, a results data set, a Space. Nothing is sent without --yes."""
    sink = check_publish(send, cards)
    refused = False
    if sink is Sink.space:
        if ranking is not None:
            output.note("A Space shows a results data set; the ranking itself goes there with --to results.")
        done = _space(send)
    else:
        path = _require_ranking(ranking)
        if sink is Sink.cards:
            done, refused = _cards(output, path, send, cards)
        else:
            done = _results(sink, path, send)
    shown = not send.yes and output.mode is Mode.human if diff is None else diff
    return report(output, done, yes=send.yes, diff=shown, refused=refused)


def _require_ranking(ranking: Path | None) -> Path:
    if ranking is None:
        raise UsageError(
            "No ranking was named",
            "",
            "hubscore rank DATASET --out ranking.json, then hubscore publish ranking.json --to cards",
        )
    return ranking


def _cards(output: Output, path: Path, send: SendOptions, cards: CardOptions) -> tuple[Sequence[Publication], bool]:
    """Return the outcome for every card, and whether pull requests are refused with this ranking."""
    from hubscore.publish.cards.publish import publish_cards
    from hubscore.results.saved_ranking import load_ranking

    def listed(targets: Sequence[Target]) -> None:
        output.note(f"{len(targets)} {'repo' if len(targets) == 1 else 'repos'}:")
        for target in targets:
            output.note(f"  {target.place}. {target.repo}: {target.reason or target.way}")

    done = publish_cards(
        load_ranking(path),
        yes=send.yes,
        open_prs=cards.open_prs,
        top=cards.top,
        every=cards.every,
        replace_prs=cards.replace_prs,
        section=cards.section,
        results_repo=send.results,
        allow_private_dataset_name=send.allow_private_dataset_name,
        listed=listed,
    )
    if not send.yes or not cards.open_prs:
        for refusal in done.refused:
            output.warning(f"No pull request would be opened. {refusal}")
    if done.outlook:
        output.note(done.outlook)
    if done.left_out:
        output.note(_left_out(done.left_out, cards.top))
    return done.publications, bool(done.refused)


def _left_out(repos: Sequence[str], top: int) -> str:
    """Say which cards of the user's own the cut leaves out, and how to get them."""
    named = ", ".join(repos[:NAMED]) + (f" and {len(repos) - NAMED} more" if len(repos) > NAMED else "")
    what = amount(len(repos), "card of yours is", "cards of yours are")
    return f"{what} left out, behind the first {top}: {clean(named)}; --all writes to every card of yours"


def _results(to: Sink, path: Path, send: SendOptions) -> Sequence[Publication]:
    if to is Sink.results:
        from hubscore.publish.results import publish_results

        return [
            publish_results(
                path,
                repo=send.results,
                private=send.private,
                yes=send.yes,
                allow_private_dataset_name=send.allow_private_dataset_name,
                look=None if send.proxy is None else partial(seen_by, path, send.proxy),
                share_task_vector=send.share_task_vector,
                thumbnails=partial(thumbnails, path) if send.thumbnails else None,
            )
        ]
    from hubscore.publish.results.eval_results import export

    return export(path, results=send.results, yes=send.yes)


def _space(send: SendOptions) -> Sequence[Publication]:
    from hubscore.publish.space import publish_space

    return [publish_space(send.results, repo=send.space, proxy=send.proxy, yes=send.yes)]


def report(
    output: Output, done: Sequence[Publication], *, yes: bool, diff: bool, refused: bool = False, back: bool = False
) -> int:
    """Write what was or would be changed to stdout, what was left out to stderr; return the exit code."""
    if diff:
        for publication in done:
            for told in (publication.diff, publication.leaves):
                if told:
                    output.diff(told)
    listed = done if output.mode is not Mode.quiet else [one for one in done if _sendable(one, refused)]
    rows = [{"repo": one.repo_id, "outcome": one.outcome, "pull_request": one.pull_request or ""} for one in listed]
    if output.mode is Mode.human and not any(row["pull_request"] for row in rows):
        rows = [{"repo": row["repo"], "outcome": row["outcome"]} for row in rows]
    if output.mode is not Mode.agent or not diff:
        output.rows(rows, id_key="repo", full=[one.to_json() for one in done], whole=True)
    for one in done:
        if one.reason or one.outcome.startswith("skipped"):
            output.warning(": ".join(part for part in (one.repo_id, one.outcome, one.reason) if part))
    if not yes and (due := [one for one in done if (one.diff or one.outcome in RETRACTED) and _sendable(one, refused)]):
        others = any(one.outcome in OFFERED for one in due)
        sends = f"nothing was sent; --yes{' --open-prs' if others else ''} sends it"
        output.hint("nothing was changed; --yes takes it back" if back else sends)
    return 1 if any(one.outcome == "failed" for one in done) else 0


def _sendable(publication: Publication, refused: bool) -> bool:
    """Whether a repo was changed, or would be; pull requests that are refused with this ranking would not."""
    return publication.outcome in (*SENT, *RETRACTED) and not (refused and publication.outcome in OFFERED)
