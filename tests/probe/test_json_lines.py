import json

import pytest

from hubscore.probe.json_lines import read_json_lines


def read(text, encoding="utf-8"):
    return read_json_lines(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_encodings(encoding):
    table, notes = read('{"file": "a.png", "label": "Bär"}\n\n{"file": "b.png", "label": null}\n', encoding)
    assert table.column("label").to_pylist() == ["Bär", None]
    assert bool(notes) == (encoding in ("latin-1", "utf-16"))


def test_a_list_of_objects():
    assert read('[{"a": 1}, {"a": 2, "b": "x"}]')[0].column("b").to_pylist() == [None, "x"]


def test_a_line_longer_than_the_readers_block():
    rows = [{"data": "x" * 20_000_000, "label": 1}, {"data": "y", "label": 2}]
    assert read("\n".join(map(json.dumps, rows)))[0].column("label").to_pylist() == [1, 2]


def test_nan_and_mixed_values():
    table, notes = read('{"a": NaN, "b": 1}\n{"a": 1.5, "b": "x"}\n')
    assert table.column("a").to_pylist()[1] == 1.5 and table.column("b").to_pylist() == ["1", "x"]
    assert notes == ["values of several kinds in b were read as strings"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ('{"a": 1}\n{"a": ', "line 2 is not JSON"),
        ("1\n2\n", "line 1 is not an object"),
        ("[1, 2]", "not one of objects"),
        ('[{"a": 1}, ', "broken off"),
        ("[" * 100_000, "nested deeper"),
        ('{"a": 1}\n{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "line 2 is not JSON: it is nested deeper"),
    ],
)
def test_what_cannot_be_read(text, why):
    with pytest.raises(ValueError, match=why):
        read(text)


def test_long_lists_are_not_deep_ones():
    assert read('{"a": [' + ", ".join(["[1]"] * 200) + "]}")[0].column("a").to_pylist() == [[[1]] * 200]
