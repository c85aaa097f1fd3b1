from hubscore.types import ProbeDescription, Ranking, Row, Skipped


def test_a_row_keeps_its_intervals_as_pairs_and_what_it_does_not_know():
    row = Row(1, "a/b", "r", "timm", consensus_ci=(0.1, 0.2), score_ci={"knn": (0.3, 0.4)})
    data = row.to_json() | {"expected": 0.83}
    again = Row.from_json(data)
    assert again == row and again.extra == {"expected": 0.83} and again.to_json() == data


def test_a_ranking_needs_rows_only():
    bare = Ranking((Row(1, "a/b", "r", "timm"),), (Skipped("a/c", "gated"),))
    assert bare.best.model == "a/b" and len(bare) == 1 and [row.rank for row in bare] == [1]
    data = bare.to_json()
    assert list(data) == ["rows", "skipped", "probe", "agreement", "scores", "record", "schema"]
    assert Ranking.from_json(data) == bare and bare.probe == ProbeDescription()
