from hubscore.candidates.candidate_set import Found


def test_left_out_counts_the_names():
    assert Found(left_out_names={"adapter": ("a", "b")}).left_out == {"adapter": 2}
