import dataclasses
import doctest
import io

from rich.console import Console

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
    assert told[3] == (
        "The standard error of one accuracy is 2.5 points, from the draw of 300 test images: models closer than 4.9"
        " points are tied in truth."
    )
    assert told[4] == (
        "Against accuracies as noisy as these a perfect order would have weighted tau 1.00 and lose 0.0 points"
        " (simulated)."
    )


def test_a_bad_order_is_called_so(ranking: Ranking) -> None:
    told = sentences(compare(ranking, REVERSED))
    assert told[0].endswith("100.0% of random orders do as well, so this may be luck.")
    assert told[1] == "Taking its first choice loses 50.0 points against the best model, lab/poor."
    assert told[2].startswith("It does not beat the baseline size:")
    assert "--test-images N" in told[3]


def test_a_difference_that_noise_can_make_is_called_so(ranking: Ranking) -> None:
    close = Truth({"lab/best": 0.71, "lab/good": 0.7, "lab/fair": 0.69, "lab/poor": 0.68}, 300)
    told = sentences(compare(ranking, close))
    assert told[2].endswith("size; the noise of these accuracies alone can make that difference.")
    assert told[4] == (
        "How well a perfect order would do is not known: these accuracies differ by no more than their noise."
    )


def test_runs_are_counted_and_compared(ranking: Ranking) -> None:
    runs = {"lab/best": (0.9, 0.9), "lab/good": (0.79, 0.81), "lab/fair": (0.7, 0.7), "lab/poor": (0.38, 0.42)}
    several = Truth(TRUTH.accuracies, None, runs=runs)
    told = sentences(compare(ranking, several))
    assert "from the spread between runs" in told[3]
    assert told[4] == "The accuracies are means of 2 runs; one run orders another with weighted tau 1.00."
    assert (
        "are means of 1 to 2 runs a model."
        in sentences(compare(ranking, dataclasses.replace(several, runs={"lab/good": (0.79, 0.81)})))[4]
    )


def test_the_order_by_expected_accuracy_is_judged_and_its_promises(ranking: Ranking) -> None:
    rows = tuple(
        dataclasses.replace(row, expected=0.9 - n / 10, expected_ci=(0.5, 0.95), rank_ci=(1.0, 4.0), p_best=0.25)
        for n, row in enumerate(ranking)
    )
    ordered = dataclasses.replace(ranking, rows=(dataclasses.replace(rows[0], shortlist=True), *rows[1:]))
    told = sentences(compare(ordered, TRUTH))
    assert told[0].startswith("Over 4 models the order by expected accuracy has Kendall's tau-b 1.00")
    assert told[3] == (
        "Ordered by the consensus, weighted tau would be 1.00; the noise of these accuracies alone can make that"
        " difference."
    )
    assert told[6:] == [
        "The expected accuracy is off by 5.0 points in the mean (+5.0 on average); 75% of the accuracies are inside its"
        " 90 % interval.",
        "The true rank is inside the 95 % rank interval of 100% of the models.",
        "The ranking gave the model that came out best P(best) 0.25.",
        "The shortlist of 1 holds the best model.",
    ]
    known = Truth({name: value for name, value in TRUTH.accuracies.items() if name != "lab/poor"})
    assert any(
        line.startswith("Rank intervals, P(best) and the shortlist") for line in sentences(compare(ordered, known))
    )


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
    assert [str(cell) for cell in full.columns[0].cells][-5:] == ["size", "downloads", "heuristic", "", "perfect order"]
    assert "P@3" in [str(column.header) for column in full.columns]
    assert doctest.testmod(table).failed == 0


def test_the_longest_name_of_a_score_fits_on_eighty_columns(ranking: Ranking) -> None:
    comparison = compare(ranking, TRUTH)
    long = dataclasses.replace(comparison.matches[0], name="layer_kernel_probe_loss")
    written = io.StringIO()
    console = Console(width=80, file=written)
    console.print(comparison_table(dataclasses.replace(comparison, matches=(long, *comparison.matches[1:]))))
    printed = written.getvalue()
    assert "layer_kernel_probe_loss" in printed and "POINTS_LOST" in printed and "\u2026" not in printed


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
