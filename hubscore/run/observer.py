"""What a run reports while it goes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hubscore.candidates.plan import Plan, check_budget

if TYPE_CHECKING:
    from hubscore.candidates.candidate_set import CandidateSet
    from hubscore.errors import HubError, StorageError, UsageError
    from hubscore.extract.events import Event
    from hubscore.types import Candidate, Probe

MOST_NAMED = 3


class RunObserver:
    """What a run reports while it goes; the command line prints it, by default nobody listens."""

    def resolved(self, found: CandidateSet) -> None:
        """The names of the candidates were looked up; those that cannot be ranked are among ``found.skipped``."""

    def label_unsure(self, error: UsageError) -> bool:
        """Whether the only column that is left is the label, which nothing else says; by default nobody can tell."""
        return False

    def drawn(self, probe: Probe) -> None:
        """The probe is in memory."""

    def recommended(self, text: str, notes: Sequence[str]) -> None:
        """A history chose the candidates: which, and what must be said of it."""

    def planned(self, plan: Plan, budget_gb: float, yes: bool) -> None:
        """Candidates are known and nothing of them is downloaded yet.

        Raises:
            BudgetError: the run would download more than ``budget_gb``.
        """
        check_budget(plan, budget_gb, yes=yes)

    def extracting(self, plan: Plan) -> None:
        """The first candidate is about to be fetched."""

    def not_isolated(self, reason: str) -> None:
        """The candidates run in this process, where one that crashes would end the run; by default a warning says
        so.
        """
        warnings.warn(f"The candidates run in the process of their caller: {reason}", RuntimeWarning, stacklevel=2)

    def not_kept(self, error: StorageError) -> None:
        """What is computed is kept for this run alone; by default a warning says so."""
        warnings.warn(f"{error.what}: {error.why}; kept for this run alone", RuntimeWarning, stacklevel=2)

    def cleared(self, models: Sequence[str], freed: int) -> None:
        """What killed runs with ``evict`` had left in the Hub's cache is deleted; by default a warning says so."""
        if freed:
            warnings.warn(cleared_text(models, freed), RuntimeWarning, stacklevel=2)

    def hub_fails(self, error: HubError, seconds: float) -> None:
        """The Hub fails for one candidate after the other, and is left alone for so many seconds more."""

    def another_round(self, candidates: int) -> None:
        """All others are through; those that the Hub failed for are asked for again."""

    def mapping(self, plan: Plan, method: str) -> None:
        """The candidates are about to be run again, for attribution maps by this method."""

    def finetuning(self, candidates: Sequence[Candidate], text: str) -> None:
        """The first models of the ranking are about to be fine-tuned briefly; ``text`` says on what."""

    def event(self, event: Event) -> None:
        """A candidate was started, finished or skipped."""

    def scored(self, model: str, values: Mapping[str, float]) -> None:
        """A candidate's scores are there, by name; those that are defined over the set come when all are."""

    def scoring(self, done: int, total: int) -> None:
        """Scores are being computed."""


def cleared_text(models: Sequence[str], freed: int) -> str:
    """Say what was deleted of killed runs.

    Example:
        >>> cleared_text(["org/a", "org/b"], 1_200_000_000)
        'Deleted 1200.0 MB that an earlier run with --evict had fetched and left when it was ended (org/a, org/b)'
    """
    named = ", ".join(models[:MOST_NAMED]) + (f" and {len(models) - MOST_NAMED} more" if models[MOST_NAMED:] else "")
    about = f" ({named})" if named else ""
    size = f"{freed / 1e6:.1f} MB"
    return f"Deleted {size} that an earlier run with --evict had fetched and left when it was ended{about}"
