"""Files in memory: what is there, and what goes where there is no more room."""

from pathlib import Path

from hubscore.extract.unwritten import Unwritten

A, B, C = Path("x/a"), Path("x/b"), Path("y/c")


def test_the_oldest_goes_where_a_new_one_has_no_room():
    free = [10]
    files = Unwritten(lambda: free[0] - sum(len(files.get(one) or b"") for one in (A, B, C)))
    assert files.keep(A, b"1" * 4) and files.keep(B, b"2" * 4)
    assert files.keep(C, b"3" * 5)
    assert files.get(A) is None and files.get(B) == b"2" * 4 and files.below(Path("y")) == [b"3" * 5]
    assert not files.keep(A, b"1" * 11) and files.get(C) == b"3" * 5  # one that can never fit throws nobody out


def test_a_new_content_takes_the_place_of_the_old_one():
    files = Unwritten(lambda: 100)
    files.keep(A, b"1")
    files.keep(A, b"22")
    assert files.below(Path("x")) == [b"22"]
    assert files.drain() == [(A, b"22")] and files.drain() == [] and files.get(A) is None


def test_by_default_it_takes_a_part_of_the_memory_that_is_free():
    assert Unwritten().keep(A, b"1" * 1000)
