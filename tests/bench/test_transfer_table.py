import pytest

from hubscore.bench.transfer_table import Known, TransferRow, TransferTable, with_truth
from hubscore.bench.truth import Truth
from hubscore.errors import UsageError

TRUTH = Truth({"lab/a": 0.9, "lab/b": 0.8}, left_out=("lab/own",), dataset="birds")


def test_names_of_data_sets_and_models_are_those_of_the_truth() -> None:
    rows = (TransferRow("/zoo/lab/a", "user/Birds"), TransferRow("lab/b@v2", "user/Birds"))
    made = with_truth(TransferTable(rows), Known({"birds": TRUTH}, {"lab/a": "photos"}, {"lab/a": "vit"}))
    assert [(row.model, row.target, row.accuracy) for row in made.rows] == [
        ("lab/a", "birds", 0.9),
        ("lab/b", "birds", 0.8),
    ]
    assert (made.rows[0].source, made.rows[0].architecture) == ("photos", "vit")


def test_own_sources_and_unknown_accuracies_are_left_out_and_said() -> None:
    models = ("lab/a", "lab/own", "lab/self", "lab/new")
    rows = [TransferRow(model, "birds", "birds" if model == "lab/self" else None) for model in models]
    made = with_truth(TransferTable((*rows, TransferRow("lab/a", "cars"))), Known({"birds": TRUTH}))
    assert [row.model for row in made.rows] == ["lab/a"]
    own, unknown = made.notes
    assert "lab/own on birds, lab/self on birds" in own and "lab/a on cars, lab/new on birds" in unknown


def test_nothing_in_common_is_an_error() -> None:
    with pytest.raises(UsageError, match="No score has a true accuracy"):
        with_truth(TransferTable((TransferRow("x", "birds"),)), Known({"birds": TRUTH}))


def test_lower_values_are_turned() -> None:
    row = TransferRow("a", "birds", scores={"loss": 2.0})
    table = TransferTable((row,), {"loss": "score"}, frozenset({"loss"}))
    assert table.turned(row, "loss") == -2 and table.turned(row, "other") is None


def test_a_data_set_is_left_out_by_name() -> None:
    table = TransferTable((TransferRow("a", "birds"), TransferRow("a", "cars")), truths={"birds": TRUTH})
    made = table.without(["birds"])
    assert made.targets == ("cars",) and not made.truths
    with pytest.raises(UsageError, match="the data sets are birds, cars"):
        table.without(["bird"])
