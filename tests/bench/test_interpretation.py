import dataclasses
import doctest

from hubscore.bench import tables as table
from hubscore.bench.compare import compare
from hubscore.bench.interpretation import sentences
from hubscore.bench.tables import comparison_table, records, short_table, undefined_lines
from hubscore.bench.truth import Truth
from hubscore.types import Ranking

TRUTH = Truth({"lab/best": 0.9, "lab/good": 0.8, "lab/fair": 0.7, "lab/poor": 0.4}, 300)
REVERSED = Truth({"lab/best": 0.4, "lab/good": 0.7, "lab/fair": 0.8, "lab/poor": 0.9})


def test_a_good_order_beats_the_baselines(ranking: Ranking) -> None:
    told = sentences(compare(ranking, TRUTH))
    assert (
        told[0]
        == "Over 4 models the consensus has Kendall's tau-b 1.00 with the truth; 4.2% of random orders do as well."
    )
    assert told[1] == "Its first choice is the best model, lab/best."
    assert told[2].startswith("It beats every baseline here: weighted tau 1.00 against 0.")
    assert told[2].endswith("for the best of them, size.")
    assert (
        told[3] == "The standard error of one accuracy is 2.5 points: models closer than 4.9 points are tied in truth."
    )


def test_a_bad_order_is_called_so(ranking: Ranking) -> None:
    told = sentences(compare(ranking, REVERSED))
    assert told[0].endswith("100.0% of random orders do as well, so this may be luck.")
    assert told[1] == "Taking its first choice loses 50.0 points against the best model, lab/poor."
    assert told[2].startswith("It does not beat the baseline size:")
    assert "--test-images N" in told[3]


def test_models_without_a_truth_are_named(ranking: Ranking) -> None:
    known = {name: value for name, value in TRUTH.accuracies.items() if name != "lab/poor"}
    assert sentences(compare(ranking, Truth(known)))[-1] == "No true accuracy is known of lab/poor."
    assert "source is the target itself: lab/poor" in sentences(compare(ranking, Truth(known, None, ("lab/poor",))))[-1]


def test_a_ranking_without_a_consensus_says_so(ranking: Ranking) -> None:
    rows = tuple(dataclasses.replace(row, consensus=None) for row in ranking.rows)
    assert "cannot be compared with the truth" in sentences(compare(dataclasses.replace(ranking, rows=rows), TRUTH))[0]


def test_the_table_shows_what_is_asked_for(ranking: Ranking) -> None:
    comparison = compare(ranking, TRUTH)
    column = [str(cell) for cell in short_table(comparison, ("right",)).columns[0].cells]
    assert column == ["consensus", "", "right", "", "size"]
    full = comparison_table(comparison)
    assert [str(cell) for cell in full.columns[0].cells][-3:] == ["size", "downloads", "heuristic"]
    assert "P@3" in [str(column.header) for column in full.columns]
    assert doctest.testmod(table).failed == 0


def test_reasons_are_gathered(ranking: Ranking) -> None:
    lines = undefined_lines(compare(ranking, TRUTH))
    assert "No value for downloads: all values are equal" in lines
    assert "No value for partial: it has a value for 3 of 4 models" in lines


def test_records_hold_every_measure(ranking: Ranking) -> None:
    first = records(compare(ranking, TRUTH).matches)[0]
    assert first["name"] == "consensus"
    assert first["regret"] == 0.0


def test_a_loss_below_the_noise_is_called_so(ranking: Ranking) -> None:
    close = Truth({"lab/best": 0.89, "lab/good": 0.9, "lab/fair": 0.7, "lab/poor": 0.4}, 300)
    told = sentences(compare(ranking, close))[1]
    assert (
        told == "Taking its first choice loses 1.0 points against the best model, lab/good, which is less than these"
        " accuracies can tell apart."
    )
