from hubscore.ranking.raced import below
from hubscore.types import Row


def test_rows_of_a_stage_go_on_from_those_above_and_compare_with_nobody_who_ran_on():
    above = [Row(1, "a", "", "timm", tie_group=1), Row(1, "b", "", "timm", tie_group=1)]
    stopped = [
        Row(4, "c", "", "timm", tie_group=2, p_best=0.0, consensus=0.4, rank_ci=(3, 9), expected=0.5, rows=40),
        Row(4, "d", "", "timm", tie_group=2, rows=40),
        Row(9, "e", "", "timm", tie_group=5, rows=40),
    ]
    found = below(above, stopped, 2)
    assert [(row.model, row.rank, row.tie_group, row.stage) for row in found] == [
        ("c", 3, 2, 2),
        ("d", 3, 2, 2),
        ("e", 5, 3, 2),
    ]
    first = found[0]
    assert first.expected == 0.5 and first.rows == 40
    assert first.p_best is None and first.consensus is None and first.rank_ci is None and not first.shortlist
