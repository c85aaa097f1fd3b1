"""What must hold before anybody else is asked to put an estimate into a card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hubscore.errors import PublishError
from hubscore.text import clean
from hubscore.types import Ranking

if TYPE_CHECKING:
    from hubscore.results import Record

SMALLEST_POOL = 10


def refusals(
    ranking: Ranking, top: int, *, public: bool, record: Record | None, results_repo: str
) -> Iterator[PublishError]:
    """Yield every reason why no pull request may be opened with this ranking.

    Args:
        ranking: what would be published.
        top: how many models would get a pull request.
        public: anybody can read the data set.
        record: where the run's record is published, none where it is not.
        results_repo: where it would be.
    """
    if len(ranking.rows) < SMALLEST_POOL:
        why = (
            f"a place among {len(ranking.rows)} says too little to ask others to publish it; {SMALLEST_POOL} are the"
            " least"
        )
        yield PublishError(
            "The pool of candidates is too small for pull requests",
            why,
            "hubscore rank DATASET --limit 20 --out ranking.json",
        )
    first = sum(row.tie_group == ranking.rows[0].tie_group for row in ranking.rows)
    if ranking.rows[0].tie_group is not None and first > top:
        chosen = "the first is" if top == 1 else f"the first {top} are"
        why = f"its first {first} models cannot be told apart, so {chosen} no better than the rest of them"
        fix = f"--top {first}" + ("" if ranking.probe.is_whole else ", or rank again with more --samples")
        yield PublishError("The ranking does not tell who is best", why, fix)
    if not public:
        why = "the owners of the models could not check the estimate"
        name = clean(ranking.probe.dataset)
        yield PublishError(
            f"The data set '{name}' is not public on the Hub", why, "make it public, or leave out --open-prs"
        )
    if missing := unfounded(record, results_repo):
        yield missing
    elif record is not None and not record.public:
        why = f"'{record.repo}' is private or gated, so nobody could look up where the estimate comes from"
        yield PublishError(
            "The record of this run is not public",
            why,
            "make the results data set public, or name another --results-repo",
        )


def unfounded(record: Record | None, results_repo: str) -> PublishError | None:
    """Return the error for a ranking whose record is nowhere on the Hub, or says something else; none where all is
    well.
    """
    fix = f"hubscore publish RANKING --to results --results-repo {clean(results_repo)} --yes"
    if record is None:
        why = f"it is not in '{results_repo}', and every entry in a card links to it"
        return PublishError("The record of this run is not published", why, fix)
    if not record.same:
        why = (
            f"the ranking or its record in '{results_repo}' was edited since, and every entry in a card links to that"
            " record"
        )
        return PublishError(
            "The published record of this run says something else", why, f"the ranking as it was made, or {fix}"
        )
    return None
