from hubscore.candidates.candidate_set import CandidateSet


def test_left_out_counts_the_names():
    assert CandidateSet(left_out_names={"adapter": ("a", "b")}).left_out == {"adapter": 2}
