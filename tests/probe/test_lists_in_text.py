import pyarrow as pa
import pytest

from hubscore.probe.lists_in_text import list_in_text, read_lists


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("['it''s']", ["its"]),
        ('["a", "b"]', ["a", "b"]),
        (" [1, 0] ", [1, 0]),
        ("[]", []),
        ("['a' 'b']", ["a", "b"]),
        ("[0. 1.5]", [0, 1.5]),
        ("[deleted]", None),
        ("[0. 0. 0. ... 0. 0.]", None),
        ("[1.2.3 4]", None),
        ("[... ...]", None),
        ("['' 'a']", ["", "a"]),
        ("[1.e-03 .5 -2]", [0.001, 0.5, -2]),
        ("[[1], [2]]", None),
        ("['a'", None),
        ("[" * 300 + "]" * 300, None),
        ("[__import__('os')]", None),
    ],
)
def test_lists_that_texts_write_out(text, found):
    assert list_in_text(text) == found


def test_a_column_is_read_where_all_of_its_texts_are_lists():
    table, notes = read_lists(
        pa.table({"tags": ["['a', 'b']", None, "['a']"], "text": ["[x]", "y", "z"], "n": [1, 2, 3]})
    )
    assert table["tags"].to_pylist() == [["a", "b"], None, ["a"]] and table["text"].to_pylist() == ["[x]", "y", "z"]
    assert notes == ["the texts in tags write out lists, and were read as such"]
    late = ["[1]"] * 30 + ["no list"]
    assert read_lists(pa.table({"a": late}))[0]["a"].to_pylist() == late
    long = ["[123456789012345678901234567890]"]
    assert read_lists(pa.table({"a": long}))[0]["a"].to_pylist() == long
