import pytest
from damagedrepos import ALIAS_BOMB, ALIAS_CHAIN, MERGE_BOMB

from hubscore.localhub.bounded_reading import Unreadable, check_plain, read_json, read_yaml


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", '{"a": [-Infinity]}', "1e400", "[" * 100_000, '{"a":' * 100_000, "1" * 5000, "1" * 4000, '"\\ud800"'),
        *('{"\\ud800": 1}', "{", "", b"\xff\xfe\x00", "[" * 102 + "]" * 102),
    ],
)
def test_json_that_cannot_be_sent_on_is_refused(text):
    with pytest.raises(Unreadable):
        read_json(text)


def test_json_is_read_as_it_is():
    assert read_json('{"a": [1, -2.5, "\\u00e9", null, true], "b": {}}') == {"a": [1, -2.5, "é", None, True], "b": {}}
    assert read_json("[" * 100 + "]" * 100) is not None
    assert read_json(b'{"a": 1000000000000000019884624838656}')["a"] == 1000000000000000019884624838656


@pytest.mark.parametrize(
    "text",
    [
        *(ALIAS_BOMB, MERGE_BOMB, ALIAS_CHAIN, "[" * 3000, "- " * 200_000, "a: &a [*a]", "a: .nan"),
        *("a: " + "1:" * 100_000 + "1", "a: 0x" + "f" * 100_000, "a: 2024-99-99", "a: " + "x" * 1_000_001, "a: *b"),
        *("!!python/object/apply:os.system [ls]", "!!timestamp x", "!!int ''", "!!bool x", "? [1]\n: 2", "a: b: c"),
    ],
)
def test_yaml_that_grows_nests_or_is_none_is_refused_in_bounded_time(text):
    with pytest.raises(Unreadable):
        read_yaml(text)


def test_yaml_is_read_with_its_aliases():
    text = "base: &base {a: 1}\nboth: [*base, *base]\nmerged: {<<: *base, b: 2.5}\nday: 2024-05-01\nno: null"
    assert read_yaml(text) == {
        "base": {"a": 1},
        "both": [{"a": 1}, {"a": 1}],
        "merged": {"a": 1, "b": 2.5},
        "day": "2024-05-01",
        "false": None,
    }
    assert read_yaml("") is None


def test_plain_values_pass():
    check_plain({"a": [1, 2.0, "x", None]})
    with pytest.raises(Unreadable, match="not finite"):
        check_plain([[float("inf")]])
