"""Where `hubscore recommend` takes its history from: what was named, or who is logged in has published."""

from __future__ import annotations

from hubscore.errors import DatasetError, HubError, UsageError
from hubscore.hub.client import hub_api
from hubscore.recommend.history import History
from hubscore.recommend.sources import build_history, open_history
from hubscore.recommend.transfer_space import TransferSpace
from hubscore.recommend.update import score_of
from hubscore.results.record import default_repo
from hubscore.text import clean

NAMED = "hubscore recommend DATASET --history accuracies.csv"


def own_results() -> str:
    """Return the results data set of whoever is logged in.

    Raises:
        UsageError: nobody is, or there is no such data set.
    """
    from hubscore.publish.results.publish import user_name
    from hubscore.results.read import read_results

    api = hub_api()
    try:
        repo = default_repo(user_name(api))
    except HubError as error:
        why = f"there are no results of your own to take for it ({error.what})"
        raise UsageError("No history was named", why, NAMED) from error
    try:
        read_results(repo, api)
    except DatasetError as error:
        why = f"there is no '{repo}' to take for it, where hubscore publish --to results keeps your rankings"
        raise UsageError("No history was named", why, NAMED) from error
    return repo


def open_score(source: str, score: str | None) -> tuple[History, TransferSpace | None]:
    """Open a history of one score.

    Args:
        source: as :func:`hubscore.recommend.sources.open_history` takes it.
        score: which; where none, that of a saved history, FDA of rankings, and accuracies of a table. A saved history
            of another one gives way to the rankings beside it.

    Raises:
        UsageError: the source holds another one.
        HubscoreError: it cannot be read.
    """
    if score is None:
        return open_history(source)
    past, space = open_history(source, score=score)
    if score_of(past) == score:
        return past, space
    held = clean(past.score)
    what = f"The history '{clean(source)}' holds {held}, not {clean(score)}"
    try:
        past = build_history(source, score=score)
    except UsageError as error:
        raise UsageError(what, "no ranking with it lies beside", "leave out --score") from error
    if score_of(past) != score:
        raise UsageError(what, "a table holds accuracies alone", "leave out --score")
    return past, None
