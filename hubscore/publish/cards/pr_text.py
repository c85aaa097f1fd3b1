"""What a pull request says: that a program wrote it, for whom, what it means, and how to decline."""

from __future__ import annotations

from collections.abc import Sequence

from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.estimate import estimate_of, rows_looked_at
from hubscore.publish.cards.section import section_key
from hubscore.report.markdown import cell
from hubscore.types import Ranking

SUPERSEDED = "<!-- hubscore:superseded -->"
TITLE = "Add hubscore transferability estimate for"
LONGEST_TITLE = 200


def marker(ranking: Ranking) -> str:
    """Return the comment that nobody sees and that tells our pull request for this data set from all others."""
    return f"<!-- hubscore:pull-request {section_key(ranking)} -->"


def title(dataset: str) -> str:
    """Return the title of a pull request."""
    return f"{TITLE} {dataset}"[:LONGEST_TITLE]


def body(entry: CardEntry, user: str, page: str, *, section: bool = False, replaced: Sequence[tuple[str, str]]) -> str:
    """Return the first comment of a pull request.

    Args:
        entry: the model's place.
        user: on whose behalf.
        page: address of the data set's page.
        section: the card gets a paragraph as well.
        replaced: entries of ours for other data that give way: about what, and the address of its record.
    """
    ranking, row, told = entry.ranking, entry.row, estimate_of(entry)
    shared = f", sharing the rank with {entry.tied} it cannot be told apart from" if entry.tied else ""
    paragraph = " and a paragraph to its text" if section else ""
    estimate = f"**{cell(told.name)}: {cell(told.value)}**" if told is not None else "undefined"
    return "\n\n".join(
        (
            (
                f"This is an automated pull request, opened by the program hubscore on behalf of @{user}. To decline,"
                " just close it: hubscore will not open another one on this repo, whoever runs it. To say no to direct"
                " entries too, or beforehand, put `hubscore: opt-out` into the card's metadata."
            ),
            (
                f"It adds one entry to the card's `model-index`{paragraph}: an **estimate** of how well this checkpoint"
                f" may fine-tune on [{cell(entry.dataset)}]({page}), computed from one pass over"
                f" {rows_looked_at(entry) or 'some rows'}, without fine-tuning. It is not the accuracy of the model."
            ),
            f"{estimate}{shared}.",
            *(
                f"It takes the place of hubscore's entry for {cell(what)}, whose [record]({url}) stays: a card gets"
                " one, over the most rows, and of those the newest."
                for what, url in replaced
            ),
            (
                f"The estimate is relative to the pool it was computed in (`{entry.pool}`, {entry.candidates}"
                " candidates); in another pool the numbers would differ."
                f" Data set revision {cell(entry.revision)}, model revision {cell(row.revision)}, hubscore"
                f" {cell(entry.version)}. The [record of the run]({entry.url}) has every candidate, every score"
                " and what is needed to repeat it. Nothing else in the card is changed."
            ),
            marker(ranking),
        )
    )
