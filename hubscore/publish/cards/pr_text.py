"""What a pull request says: that a program wrote it, for whom, what it means, and how to decline."""

from __future__ import annotations

from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.section import section_key
from hubscore.report.markdown import cell
from hubscore.types import Ranking

SUPERSEDED = "<!-- hubscore:superseded -->"
LONGEST_TITLE = 200


def marker(ranking: Ranking) -> str:
    """Return the comment that nobody sees and that tells our pull request for this data set from all others."""
    return f"<!-- hubscore:pull-request {section_key(ranking)} -->"


def title(dataset: str) -> str:
    """Return the title of a pull request."""
    return f"Add hubscore transferability estimate for {dataset}"[:LONGEST_TITLE]


def body(entry: CardEntry, user: str, page: str, *, section: bool = False) -> str:
    """Return the first comment of a pull request.

    Args:
        entry: the model's place.
        user: on whose behalf.
        page: address of the data set's page.
        section: the card gets a short table as well.
    """
    ranking, row = entry.ranking, entry.row
    shared = f", sharing the rank with {entry.tied} it cannot be told apart from" if entry.tied else ""
    percentile = (
        f", consensus percentile {entry.percentile:.1f} among these {entry.candidates}"
        if entry.percentile is not None
        else ""
    )
    table = " and a short table to its text" if section else ""
    by = " by expected accuracy" if entry.by_accuracy else ""
    return "\n\n".join(
        (
            (
                f"This is an automated pull request, opened by the program hubscore on behalf of @{user}. To decline,"
                " just close it: hubscore will not open another one on this repo, whoever runs it. To say no to direct"
                " entries too, or beforehand, put `hubscore: opt-out` into the card's metadata."
            ),
            (
                f"It adds one entry to the card's `model-index`{table}: an **estimate** of how well this checkpoint may"
                f" fine-tune on [{cell(entry.dataset)}]({page}), computed from one pass over"
                f" {cell(ranking.probe.samples or 'some')} rows, without fine-tuning. It is not the accuracy of"
                " the model."
            ),
            (
                f"The estimate is relative to the pool it was computed in: place {row.rank} of {entry.candidates}"
                f" candidates{by} (pool `{entry.pool}`){shared}{percentile}. In another pool the numbers would differ."
            ),
            (
                f"Data set revision {cell(entry.revision)}, model revision {cell(row.revision)}, hubscore"
                f" {cell(entry.version)}. The [record of the run]({entry.url}) has every candidate, every score"
                " and what is needed to repeat it. Nothing else in the card is changed."
            ),
            marker(ranking),
        )
    )
