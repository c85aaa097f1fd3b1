from dataclasses import replace

import numpy as np
import pytest
from transferdata import TRUTH, rankings

from hubscore.bench.transfer_csv import read_known
from hubscore.bench.transfer_measures import MEASURES, Line, Measured, measure
from hubscore.bench.transfer_rankings import table_of_rankings
from hubscore.bench.transfer_table import TransferRow, TransferTable, with_truth
from hubscore.errors import UsageError


@pytest.fixture
def table(tmp_path):
    (tmp_path / "truth.csv").write_text(TRUTH)
    return with_truth(table_of_rankings(rankings()), read_known([tmp_path / "truth.csv"]))


def line(made: Measured, name: str) -> Line:
    return next(one for one in made.lines if one.name == name)


def test_mean_over_data_sets_then_mean_and_deviation_over_probes(table):
    # birds: values 3 2 1 and accuracies .9 .8 .6 on both probes; cars: right on the first probe, wrong on the second
    birds = np.corrcoef([3, 2, 1], [0.9, 0.8, 0.6])[0, 1]
    right, wrong = (np.corrcoef(values, [0.5, 0.6, 0.7, 0.3])[0, 1] for values in ([1, 2, 3, 0.5], [3, 2, 1, 4]))
    made = measure(table, k=1, relevant=1)
    found = line(made, "logme").mean["pearson"]
    runs = [(birds + right) / 2, (birds + wrong) / 2]
    assert found.mean == pytest.approx(np.mean(runs)) and found.deviation == pytest.approx(np.std(runs))
    assert found.groups == 2 and made.groups == ("birds", "cars") and made.transfers == {"birds": 3, "cars": 4}
    assert line(made, "logme").by_group["birds"]["pearson"].deviation == pytest.approx(0)
    assert line(made, "kernel_probe_loss").mean["pearson"].mean == pytest.approx(found.mean)  # lower is better
    cars = line(made, "logme").by_group["cars"]
    assert cars["precision"].mean == cars["recall"].mean == pytest.approx(0.5)
    assert cars["regret"].mean == pytest.approx(np.mean([0, 0.4])) and cars["rel"].mean == pytest.approx(
        (1 + 3 / 7) / 2
    )
    assert line(made, "logme").milliseconds == 2.0


def test_what_varies_is_chosen(table):
    with pytest.raises(UsageError, match="that share architecture and target are a group, and there are 4"):
        measure(table, vary="source")
    rows = [
        TransferRow(f"{a}{s}", t, s, a, accuracy=n / 100, scores={"mine": float(n)})
        for n, (a, s, t) in enumerate((a, s, t) for a in "abc" for s in "xyz" for t in "pqrs")
    ]
    grid = TransferTable(tuple(rows), {"mine": "score"})
    for vary, groups in {"both": 4, "source": 12, "architecture": 12, "target": 9}.items():
        made = measure(grid, vary=vary)
        assert (len(made.groups), made.lines[0].mean["pearson"].mean) == (groups, pytest.approx(1))


def test_a_missing_fact_is_named(table):
    rows = tuple(replace(row, source=None) for row in table.rows)
    with pytest.raises(UsageError, match="no source of lab/a is known"):
        measure(replace(table, rows=rows), vary="architecture")


def test_small_groups_are_left_out_and_said(table):
    rows = (*table.rows, TransferRow("lab/a", "planes", accuracy=0.4))
    made = measure(replace(table, rows=rows))
    assert made.groups == ("birds", "cars") and "1 of 3 groups" in made.notes[-1]


def test_undefined_values_are_left_out_and_counted(table):
    rows = [row if row.model != "lab/a" else replace(row, scores={"size": 1.0}) for row in table.rows]
    made = measure(replace(table, rows=tuple(rows)))
    found = line(made, "logme")
    assert found.share == pytest.approx(10 / 14)
    assert found.mean["pearson"].groups == 1  # birds have two models left
    assert found.mean["precision"].mean is None  # among fewer models the best may be missing


def test_a_column_without_any_value_is_said(table):
    made = measure(replace(table, kinds={**table.kinds, "likes": "baseline"}))
    assert all(one.name != "likes" for one in made.lines) and made.notes[-1] == "No transfer has a value of likes."


def test_a_probe_that_one_data_set_lacks_gives_no_deviation(table):
    rows = tuple(row for row in table.rows if (row.target, row.probe) != ("cars", 1))
    found = line(measure(replace(table, rows=rows)), "logme").mean["pearson"]
    assert found.deviation is None and found.mean is not None


def test_every_measure_has_a_place(table):
    made = measure(table)
    assert all(set(one.mean) == set(MEASURES) for one in made.lines)
    assert [one.kind for one in made.lines] == ["consensus", "score", "score", "baseline"]
