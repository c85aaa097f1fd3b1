from hubscore.types import ProbeDescription, Ranking, Row, Skipped


def test_a_row_keeps_its_intervals_as_pairs_and_what_it_does_not_know():
    row = Row(1, "a/b", "r", "timm", consensus_ci=(0.1, 0.2), score_ci={"knn": (0.3, 0.4)})
    data = row.to_json() | {"tried": 0.83}
    again = Row.from_json(data)
    assert again == row and again.extra == {"tried": 0.83} and again.to_json() == data


def test_a_ranking_needs_rows_only():
    bare = Ranking((Row(1, "a/b", "r", "timm"),), (Skipped("a/c", "gated"),))
    assert bare.best.model == "a/b" and len(bare) == 1 and [row.rank for row in bare] == [1]
    data = bare.to_json()
    assert list(data) == ["rows", "skipped", "probe", "agreement", "scores", "record", "schema"]
    assert Ranking.from_json(data) == bare and bare.probe == ProbeDescription()


def test_estimates_of_a_row_are_read_both_ways_and_old_rows_stay_as_they_were():
    row = Row(1, "a/b", "r", "timm", expected=0.8, expected_ci=(0.7, 0.9), p_best=0.4, shortlist=True, notes=("weak",))
    assert Row.from_json(row.to_json()) == row and row.to_json()["expected_ci"] == [0.7, 0.9]
    old = {"rank": 1, "model": "a/b", "revision": "r", "library": "timm"}
    read = Row.from_json(old)
    assert (read.expected, read.expected_ci, read.p_best, read.shortlist, read.notes) == (None, None, None, False, ())
    assert read.to_json() == old


def test_the_shortlist_is_the_rows_that_say_so():
    rows = tuple(Row(i, f"a/{i}", "r", "timm", shortlist=i in (1, 3)) for i in (1, 2, 3))
    assert [row.model for row in Ranking(rows, ()).shortlist] == ["a/1", "a/3"]
    assert Ranking((Row(1, "a/b", "r", "timm"),), ()).shortlist == ()
