from dataclasses import replace

import numpy as np
import pytest

from hubscore.bench.compare import compare
from hubscore.bench.probe_spread import mean_pc, mean_pc_line, reported_line
from hubscore.bench.tables import records
from hubscore.bench.truth import Truth
from hubscore.types import Ranking, Row, ScoreDescription

ACCURACIES = {"a": 0.1, "b": 0.4, "c": 0.8}
EACH = {
    "consensus": ((1.0, 3.0), (2.0, 2.0), (3.0, 1.0)),
    "loss": ((3.0, 3.0), (2.0, 2.5), (1.0, 1.0)),
    "few": ((1.0, None), (2.0, 1.0), (None, 2.0)),
}


@pytest.fixture
def ranking() -> Ranking:
    rows = tuple(
        Row(
            place + 1,
            model,
            "a" * 40,
            "timm",
            scores={"loss": 3.0 - place},
            consensus=0.5,
            probe_scores={name: each[place] for name, each in EACH.items()},
        )
        for place, model in enumerate(ACCURACIES)
    )
    return Ranking(rows=rows, skipped=(), scores={"loss": ScoreDescription(direction="lower")})


def test_the_mean_and_deviation_over_probes(ranking: Ranking) -> None:
    found = mean_pc(ranking, ACCURACIES)
    one = np.corrcoef([1, 2, 3], list(ACCURACIES.values()))[0, 1]
    two = np.corrcoef([-3, -2.5, -1], list(ACCURACIES.values()))[0, 1]
    assert list(found) == ["consensus", "loss"]  # of the third, no probe has three models
    assert found["consensus"].mean == pytest.approx(0) and found["consensus"].deviation == pytest.approx(one)
    assert found["loss"].mean == pytest.approx((one + two) / 2)
    assert found["loss"].deviation == pytest.approx(abs(one - two) / 2) and found["loss"].probes == 2


def test_a_comparison_holds_it(ranking: Ranking) -> None:
    compared = compare(ranking, Truth(ACCURACIES))
    rows = {row["name"]: row for row in records(compared.matches)}
    assert rows["loss"]["mean_pc"] == mean_pc(ranking, ACCURACIES)["loss"].mean
    assert rows["consensus"]["mean_pc_sd"] == pytest.approx(mean_pc(ranking, ACCURACIES)["consensus"].deviation)


def test_one_probe_has_none(ranking: Ranking) -> None:
    rows = tuple(replace(row, probe_scores={}) for row in ranking)
    single = replace(ranking, rows=rows)
    assert mean_pc(single, ACCURACIES) == {} and mean_pc_line({}) == "" and reported_line(single) == ""
    assert records(compare(single, Truth(ACCURACIES)).matches)[0]["mean_pc"] is None


def test_a_ranking_says_it_where_a_history_reports_accuracies(ranking: Ranking) -> None:
    assert reported_line(ranking) == ""
    known = replace(ranking, rows=tuple(replace(row, reported=ACCURACIES[row.model]) for row in ranking))
    assert reported_line(known).startswith("Mean PC over 2 probes: consensus 0.0 ± 9")
    few = replace(known, rows=(*known.rows[:2], replace(known.rows[2], reported=None)))
    assert reported_line(few) == ""
