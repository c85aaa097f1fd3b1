"""What `hubscore publish` has beside the shared options: what is sent, where to, and how model cards are changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from hubscore.errors import UsageError
from hubscore.run.keywords import Options, declared, option, typed
from hubscore.run.options import WORD

CARDS = "Model cards"
PANEL = "What is sent"


class Sink(StrEnum):
    """Where a ranking can go."""

    cards = "cards"
    results = "results"
    space = "space"
    eval_results = "eval-results"


@dataclass(frozen=True, kw_only=True)
class SendOptions(Options):
    """What is sent, where to, and whether.

    Raises:
        UsageError: two of them do not go together.
    """

    parameter: ClassVar[str] = "send"

    to: Sink | None = option(
        None, "cards, results, space, or eval-results (benchmarks only).", "--to", Sink | None, PANEL, "WHERE"
    )
    yes: bool = option(False, "Send. Without, only show what would be sent.", "--yes -y", bool, PANEL)
    results_repo: str | None = option(
        None, "Results data set; USER/hubscore-results by default.", "--results-repo", WORD, PANEL, "ID"
    )
    namespace: str | None = option(None, "The same, as NAME/hubscore-results.", "--namespace", WORD, PANEL, "NAME")
    space: str | None = option(
        None, "The Space; hubscore-leaderboard beside the results.", "--space", WORD, PANEL, "ID"
    )
    private: bool = option(False, "Make a new results data set private.", "--private", bool, PANEL)
    allow_private_dataset_name: bool = option(
        False,
        "Send names and rows of private data, and names of private models.",
        "--allow-private-dataset-name",
        bool,
        PANEL,
    )

    proxy: str | None = option(
        None,
        "clip, dinov2, minilm or an ID. --to results: keep what it sees in 50 rows of public data. --to space: it"
        " looks at visitors' images.",
        "--proxy",
        WORD,
        PANEL,
        "ID",
    )
    share_task_vector: bool = option(
        False, "With --proxy: that of private data too; it is data about the data.", "--share-task-vector", bool, PANEL
    )

    thumbnails: bool = option(False, "--to results: six small images of public data.", "--thumbnails", bool, PANEL)

    @property
    def results(self) -> str | None:
        """The results data set, none for the user's own."""
        return self.results_repo or (f"{self.namespace}/hubscore-results" if self.namespace else None)


@dataclass(frozen=True, kw_only=True)
class CardOptions(Options):
    """How model cards are changed."""

    parameter: ClassVar[str] = "cards"

    open_prs: bool = option(False, "With --yes: pull requests on repos of others.", "--open-prs", bool, CARDS)
    top: int = option(5, "Only the first K models.", "--top", int, CARDS, "K", min=1)
    every: bool = option(False, "All cards of your own, not only those of the first K.", "--all", bool, CARDS)
    replace_prs: bool = option(
        False, "Turn your open pull requests for other data into ones for this.", "--replace-prs", bool, CARDS
    )
    section: bool | None = option(
        None, "Add, or take out, a paragraph in the text.", "--section/--no-section", bool | None, CARDS
    )


def check_publish(send: SendOptions, cards: CardOptions) -> Sink:
    """Refuse what does not go together; return where to."""
    to = send.to
    if to is None:
        raise UsageError(
            "Nothing says where to publish", "there are cards, results, space and eval-results", "--to cards"
        )
    _check_cards(to, send, cards)
    if send.results_repo and send.namespace:
        raise UsageError(
            "--results-repo and --namespace exclude each other", "both name the results data set", "keep one of them"
        )
    if send.space and to is not Sink.space:
        raise UsageError("--space goes with --to space", "it names the Space", "leave it out")
    if (send.proxy and to not in (Sink.results, Sink.space)) or (send.share_task_vector and to is not Sink.results):
        why = "what it sees is kept in the run's record, or finds data sets like a visitor's"
        raise UsageError("--proxy goes with --to results and --to space", why, "leave it out")
    if send.share_task_vector and not send.proxy:
        raise UsageError("--share-task-vector goes with --proxy", "no proxy looks at the data", "add --proxy clip")
    if send.thumbnails and to is not Sink.results:
        why = "they are kept beside the run, where the Space finds them"
        raise UsageError("--thumbnails goes with --to results", why, "leave it out")
    if send.private and to is not Sink.results:
        raise UsageError(
            "--private goes with --to results",
            "it is for a results data set that is made",
            "leave it out",
            options=("private",),
        )
    return to


def _check_cards(to: Sink, send: SendOptions, cards: CardOptions) -> None:
    """Refuse what is about model cards where none are written, and pull requests that change without being named."""
    if cards.open_prs and to is not Sink.cards:
        raise UsageError(
            "--open-prs goes with --to cards",
            f"nothing else is offered as a pull request, {to} least of all",
            "leave it out",
        )
    for one, about in declared(CardOptions):
        value = getattr(cards, one.name)
        if to is not Sink.cards and value != one.default:
            name = typed(about, value)
            raise UsageError(f"{name} goes with --to cards", "it is about model cards", "leave it out", options=(name,))
    if cards.replace_prs and send.yes and not cards.open_prs:
        raise UsageError("--replace-prs goes with --open-prs", "no pull request is touched without it", "--open-prs")
