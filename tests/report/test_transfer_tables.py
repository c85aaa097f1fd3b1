import pytest
from rich.console import Console

from hubscore.bench.transfer_measures import measure
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.report.transfer_tables import across, latex, markdown, modes, plain, records, terminal


@pytest.fixture
def made():
    rows = [
        TransferRow(model, target, probe=probe, accuracy=accuracy, scores={"mine": value, "a|b_c": -value})
        for target, values in {"birds": (1, 2, 3), "cars": (3, 2, 1)}.items()
        for probe in (0, 1)
        for model, value, accuracy in zip("xyz", values, (0.1, 0.2, 0.4), strict=True)
    ]
    return measure(TransferTable(tuple(rows), {"mine": "score", "a|b_c": "score"}, milliseconds={"mine": 0.123}))


def test_records_hold_means_and_groups(made):
    means = records(made)
    assert [row["name"] for row in means] == ["a|b_c", "mine"] and {row["group"] for row in means} == {"all groups"}
    assert means[1]["pearson"] == pytest.approx(0) and means[1]["pearson_sd"] == pytest.approx(0)
    both = records(made, by_group=True)
    assert [row["group"] for row in both] == ["all groups"] * 2 + ["birds"] * 2 + ["cars"] * 2
    assert both[3]["pearson"] == pytest.approx(0.981981) and both[3]["transfers"] == 3


def test_the_terminal_has_means_and_groups_on_eighty_columns(made):
    console = Console(width=80, record=True, file=open("/dev/null", "w"))
    console.print(terminal(made, by_group=True))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    assert text.split()[:4] == ["ORDER", "BY", "MEAN_PC", "TAU_B"] and "birds (3)" in text
    assert "98.20±0.00" in text and "0.12" in text


def test_means_across_groups_and_modes(made):
    header, lines = across(made)
    assert header == ["ORDER BY", "birds", "cars", "MEAN"] and lines[1] == [
        "mine",
        "98.20±0.00",
        "-98.20±0.00",
        "0.00±0.00",
    ]
    header, lines = modes([made, made])
    assert header == ["ORDER BY", "SOURCE_AND_ARCHITECTURE", "SOURCE_AND_ARCHITECTURE"]
    assert lines[1] == ["mine", "0.00±0.00", "0.00±0.00"]


def test_strange_names_do_no_harm(made):
    assert "| a\\|b_c |" in markdown(*plain(made))
    text = latex(*plain(made))
    assert r"a|b\_c" in text and r"$0.00 \pm 0.00$" in text and text.count(r"\\") == 3
