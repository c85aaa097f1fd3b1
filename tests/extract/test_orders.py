"""Which rows a part has: together all, none twice, whole batches of those of one process where there are enough."""

from __future__ import annotations

import pytest

from hubscore.extract.orders import Order, most_parts, rows_of_part, shared_orders


@pytest.mark.parametrize("rows", [1, 2, 31, 33, 150, 500])
@pytest.mark.parametrize("parts", [1, 2, 3, 7])
@pytest.mark.parametrize("batch", [1, 32, 50])
def test_parts_are_all_rows_each_once(rows, batch, parts):
    parted = [rows_of_part(rows, batch, part, parts) for part in range(parts)]
    assert [row for part in parted for row in part] == list(range(rows))
    if rows >= parts * batch:
        assert all(part.start % batch == 0 for part in parted) and min(map(len, parted)) > 0


def test_workers_that_are_left_over_go_to_what_takes_longest():
    whole = [Order(0), Order(1)]
    assert shared_orders({0: 5, 1: 5}, 2, 9) == shared_orders({0: 5, 1: 5}, 1, 9) == whole
    assert shared_orders({0: 5, 1: 5}, 3, 1) == whole
    shared = shared_orders({0: 1, 1: 90, 2: 80}, 6, 2)
    assert {one.index: one.parts for one in shared} == {0: 2, 1: 2, 2: 2} and len(shared) == len(set(shared)) == 6


def test_few_rows_are_not_shared_out():
    assert most_parts(0) == most_parts(63) == 1 and most_parts(64) == 2
