from dataclasses import replace

import pytest
from resultscene import made

from hubscore.publish.privacy import redacted
from hubscore.results import as_run
from hubscore.results.same_run import same_run
from hubscore.types import Measured

STAMP = "2026-11-20T12:00:00+00:00"


def test_a_record_says_the_same_whatever_was_left_out_of_it(ranking):
    mine = made(ranking, STAMP)
    assert same_run(as_run(mine), as_run(mine))
    assert same_run(as_run(mine), as_run(redacted(mine.to_json())))


@pytest.mark.parametrize(
    "change",
    [
        {"consensus": 0.1},
        {"tie_group": 9},
        {"model": "somebody/else"},
        {"combined": 0.5},
        {"measured": Measured(0.9, 100, 2, 12.0, 300)},
        {"declares_this_data": True},
        {"rows": 7},
    ],
)
def test_an_edited_row_is_another_run(ranking, change):
    mine = made(ranking, STAMP)
    edited = replace(mine, rows=(replace(mine.rows[0], **change), *mine.rows[1:]))
    assert not same_run(as_run(mine), as_run(edited))


def test_another_rule_of_the_order_is_another_run(ranking):
    mine = made(ranking, STAMP)
    assert not same_run(as_run(mine), as_run(replace(mine, record=replace(mine.record, ordered_by="dice"))))


def test_a_record_of_a_version_that_knew_fewer_keys_says_the_same(ranking):
    mine = made(ranking, STAMP)
    older = mine.to_json()
    for row in older["rows"]:
        row.pop("declares_this_data")
    assert same_run(as_run(mine), as_run(older))


def test_another_data_set_is_another_run(ranking):
    mine = made(ranking, STAMP)
    assert not same_run(as_run(mine), as_run(made(mine, STAMP, dataset="user/other")))
