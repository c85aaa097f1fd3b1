import pytest

from hubscore.candidates.plan import Plan
from hubscore.candidates.plan_row import PlanRow
from hubscore.errors import BudgetError
from hubscore.run.observer import RunObserver


def plan(size):
    row = PlanRow("a/b", "c" * 40, "timm", None, None, 10, size, False, 0, 1.0)
    return Plan((row,), 10)


def test_nobody_is_asked_so_a_run_over_the_budget_stops():
    with pytest.raises(BudgetError):
        RunObserver().planned(plan(2 * 10**9), 1.0, False)


def test_within_the_budget_or_with_yes_it_goes_on():
    RunObserver().planned(plan(10**9), 1.0, False)
    RunObserver().planned(plan(2 * 10**9), 1.0, True)
