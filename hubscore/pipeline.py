"""`rank()`: from a data set and some candidates to a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from hubscore.candidates.fetch import fetch
from hubscore.candidates.hub import hub_api
from hubscore.candidates.plan import Plan, make_plan
from hubscore.candidates.query import Query
from hubscore.candidates.resolve import resolve
from hubscore.candidates.search import Found, find
from hubscore.errors import BudgetError, CandidateError
from hubscore.extract.runner import extract_all
from hubscore.extract.store import Store
from hubscore.probe.load import load_probe
from hubscore.ranking.build import build_ranking, check_scores
from hubscore.types import Probe, Ranking, Target

if TYPE_CHECKING:
    from hubscore.extract.runner import Event

DEFAULT_BUDGET_GB = 5.0


class Listener(Protocol):
    """What a caller may watch: the command line prints it, a notebook may ignore it."""

    def drawn(self, probe: Probe) -> None:
        """The probe is in memory."""

    def planned(self, plan: Plan, budget_gb: float) -> None:
        """Candidates are known and nothing of them is downloaded yet; raise to stop here."""

    def event(self, event: Event) -> None:
        """A candidate was started, finished or skipped."""
