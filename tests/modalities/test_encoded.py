from hubscore.modalities.encoded import Encoded


def test_a_row_that_cannot_be_read_has_a_reason_instead_of_bytes():
    assert (Encoded(b"x").fault, Encoded(b"x").name) == (None, None)
    assert Encoded(b"", "a.png", "file not found") != Encoded(b"", "a.png")
