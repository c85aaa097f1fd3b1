import numpy as np
import pytest

from hubscore.bench.transfer_ceilings import ceilings
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.bench.truth import Truth

RUNS = {"a": (0.2, 0.3), "b": (0.5, 0.4), "c": (0.7, 0.8), "d": (0.9, 0.85)}
TRUTH = Truth({model: float(np.mean(runs)) for model, runs in RUNS.items()}, runs=RUNS)
ROWS = [TransferRow(model, "birds", accuracy=TRUTH.accuracies[model]) for model in RUNS]


def test_one_run_is_judged_by_the_other() -> None:
    found = ceilings(TransferTable(tuple(ROWS), truths={"birds": TRUTH}), {"birds": ROWS}, 2, 2)
    again, perfect = found["another run"]["birds"], found["perfect order"]["birds"]
    first, second = zip(*RUNS.values(), strict=True)
    assert again[0] is not None and again[0].pearson == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert again[0].precision == again[0].recall == 1
    assert perfect[0] is not None and again[0].pearson < perfect[0].pearson < 1  # of the mean of two runs


def test_three_runs_make_three_pairs() -> None:
    runs = {model: (*two, two[0] + 0.01) for model, two in RUNS.items()}
    table = TransferTable(tuple(ROWS), truths={"birds": Truth(TRUTH.accuracies, runs=runs), "cars": Truth({})})
    found = ceilings(table, {"birds": ROWS, "cars": []}, 2, 2)["another run"]
    assert [len(each) for each in found.values()] == [3, 3] and found["cars"] == [None] * 3


def test_without_runs_nothing_is_known() -> None:
    found = ceilings(TransferTable(tuple(ROWS), truths={"birds": Truth(TRUTH.accuracies)}), {"birds": ROWS}, 2, 2)
    assert found == {"perfect order": {"birds": [None]}, "another run": {"birds": [None]}}
