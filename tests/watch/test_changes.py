from hubscore.types import Ranking, Row, Skipped
from hubscore.watch.changes import headline, moves


def ranked(*models, tied=1, skipped=()):
    """A ranking in this order, the first ``tied`` of them equal."""
    rows = [
        Row(1 if place < tied else place + 1, name, "0" * 40, "timm", tie_group=1 if place < tied else place + 1)
        for place, name in enumerate(models)
    ]
    return Ranking(tuple(rows), tuple(Skipped(*pair) for pair in skipped))


def test_new_ones_and_moves_within_the_top_are_rows():
    rows = moves(ranked("a", "b", "c", "d"), ranked("a", "new", "c", "b"), ["new"])
    assert [(row["model"], row["rank"], row["before"], row["change"]) for row in rows] == [
        ("new", 2, None, "new"),
        ("b", 4, 2, "down"),
        ("d", None, 4, "gone"),
    ]
    assert rows[0]["of"] == 4


def test_far_down_only_new_ones_are_told():
    names = [f"m{number}" for number in range(30)]
    shifted = [*names[:20], "new", *names[20:]]
    assert [row["model"] for row in moves(ranked(*names), ranked(*shifted), ["new"])] == ["new"]


def test_changed_weights_are_no_new_model():
    (row,) = moves(ranked("a", "b"), ranked("a", "b"), ["b"])
    assert (row["change"], row["before"]) == ("changed", 2)


def test_words_for_the_first_for_a_new_best_and_for_the_same_best():
    assert headline(None, ranked("a", "b"), ()) == ["First ranking of 2 models; best: a"]
    assert headline(ranked("a", "b"), ranked("n", "a", "b"), ["n"]) == [
        "Best is now n; it was a",
        "New: n: rank 1 of 3 (among the best)",
    ]
    assert (
        headline(ranked("a"), ranked("a", "n", tied=2), ["n"])[0] == "Best is still a, which 1 more cannot be told from"
    )


def test_a_new_one_that_could_not_be_ranked_says_why():
    assert headline(ranked("a"), ranked("a", skipped=[("n", "damaged")]), ["n"])[1] == "New: n: not ranked: damaged"
