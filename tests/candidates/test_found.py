from hubscore.candidates.found import Found, merge
from hubscore.types import Candidate, Skipped


def test_left_out_counts_the_names():
    assert Found(left_out_names={"adapter": ("a", "b")}).left_out == {"adapter": 2}


def test_a_repo_in_both_is_kept_as_the_first_has_it():
    pinned = Candidate("org/a", "1" * 40, "timm")
    named = Found((pinned,), (Skipped("org/x", "gated"),))
    searched = Found(
        (Candidate("org/a", "2" * 40, "timm"), Candidate("org/b", "3" * 40, "timm")), left_out_names={"adapter": ("org/y",)}, examined=9
    )
    both = merge(named, searched)
    assert [candidate.revision[0] for candidate in both.candidates] == ["1", "3"]
    assert (both.skipped, both.left_out, both.examined) == (named.skipped, {"adapter": 1}, 9)
