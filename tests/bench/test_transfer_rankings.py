from dataclasses import replace

import pytest
from transferdata import rankings

from hubscore.bench.transfer_rankings import table_of_rankings
from hubscore.errors import UsageError
from hubscore.types import ProbeDescription


def test_rankings_of_one_data_set_are_its_probes() -> None:
    table = table_of_rankings(rankings())
    assert table.targets == ("user/Birds", "local/cars") and table.probes == 2
    assert len(table.rows) == 16 and table.lower == {"kernel_probe_loss"}
    assert dict(table.kinds) == {
        "consensus": "consensus",
        "logme": "score",
        "kernel_probe_loss": "score",
        "size": "baseline",
    }


def test_values_are_kept_as_they_are_and_times_are_for_one_model() -> None:
    table = table_of_rankings(rankings()[:1])
    assert table.rows[0].scores == {"consensus": 0.3, "logme": 3.0, "kernel_probe_loss": -3.0, "size": 1.0}
    assert table.milliseconds == {"logme": 2.0, "kernel_probe_loss": 1.0} and table.rows[0].seconds == 2.0


def test_the_same_rows_again_are_no_other_probe() -> None:
    first = rankings()[0]
    assert table_of_rankings([first, first]) == table_of_rankings([first])


def test_a_later_ranking_of_fewer_scores_takes_none_away_from_the_same_commit() -> None:
    first = rankings()[0]
    row = first.rows[0]
    for revision, kept in ((row.revision, True), ("0" * 40, False)):
        later = replace(first, rows=(replace(row, revision=revision, scores={"logme": 9.0}),))
        (mine,) = (one for one in table_of_rankings([first, later]).rows if one.model == row.model)
        assert mine.scores["logme"] == 9.0 and ("kernel_probe_loss" in mine.scores) == kept
        assert len(table_of_rankings([first, later]).rows) == len(first.rows)


def test_one_ranking_over_several_probes_gives_each_of_them() -> None:
    first = rankings()[0]
    rows = tuple(
        replace(row, expected=0.5, probe_scores={"logme": (row.scores["logme"] - 1, row.scores["logme"] + 1)})
        for row in first
    )
    probe = replace(first.probe, fresh=({"fingerprint": "other", "seed": 7},))
    table = table_of_rankings([replace(first, rows=rows, probe=probe)])
    mine = [row for row in table.rows if row.model == "lab/a"]
    assert [row.scores.get("logme") for row in mine] == [2.0, 4.0]
    assert [row.scores.get("size") for row in mine] == [1.0, 1.0]
    assert [row.scores.get("expected accuracy") for row in mine] == [0.5, None]  # of all probes together
    assert table.milliseconds["logme"] == 1.0


def test_what_cannot_be_a_table_is_refused() -> None:
    with pytest.raises(UsageError, match="no ranking"):
        table_of_rankings([])
    with pytest.raises(UsageError, match="names no data set"):
        table_of_rankings([replace(rankings()[0], probe=ProbeDescription())])
