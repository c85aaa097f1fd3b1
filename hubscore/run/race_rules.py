"""Where there is a race, and what it does not go with."""

from __future__ import annotations

from hubscore.errors import UsageError
from hubscore.extract.distributed import launched_processes
from hubscore.run.rank_options import RankOptions

FROM = 50
"""Above so many candidates there is a race unless it is declined."""


def check_race(ranking: RankOptions) -> None:
    """Refuse a race that is asked for beside what it cannot do.

    Raises:
        UsageError: naming it.
    """
    if ranking.race and (reason := _hindrance(ranking)) is not None:
        raise UsageError(
            f"--race and {reason[0]} exclude each other", reason[1], "drop one", options=("race", reason[0])
        )
    if ranking.budget is not None and ranking.race is False:
        raise UsageError(
            "--budget and --no-race exclude each other",
            "the budget is that of a race",
            "drop one",
            options=("budget", "race"),
        )
    if ranking.budget is not None and (reason := _hindrance(ranking)) is not None:
        raise UsageError(
            f"--budget and {reason[0]} exclude each other", reason[1], "drop one", options=("budget", reason[0])
        )
    if ranking.budget is not None and launched_processes() > 1:
        why = "each would stop by its own clock, and the others would wait for it"
        raise UsageError(
            "--budget does not go with several processes of a launcher", why, "leave out --budget", options=("budget",)
        )


def races(ranking: RankOptions, candidates: int) -> bool:
    """Say whether there is a race: where it is asked for, by itself or by a budget, and by default among many."""
    if ranking.race is None and ranking.budget is None:
        return candidates > FROM and _hindrance(ranking) is None
    return ranking.race is not False


def _hindrance(ranking: RankOptions) -> tuple[str, str] | None:
    """Return the option that a race cannot go with, and why."""
    if ranking.reference is not None:
        return "--reference", "candidates are compared with a reference when all are there"
    if ranking.probes > 1:
        return "--probes", "a race is run over parts of one probe"
    if ranking.history is not None and ranking.order_by_history is not False:
        return "--history", "stages do not know of it, and it enters the order; --no-order-by-history only shows it"
    return None
