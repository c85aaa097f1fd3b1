import pytest

from hubscore.text import clean, count, csv_cell, deep_clean, duration, number, parse_json


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain/name-1.0", "plain/name-1.0"),
        (" plain,  with spaces ", "plain, with spaces"),
        ("größe 中文 😀", "größe 中文 😀"),
        ("a\x1b]0;title\x07b", "a]0;titleb"),
        ("user\u202eeman/", "usereman/"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        (" two\r\n lines\tand\u2028more ", "two lines and more"),
        ("\x9b2J", "2J"),
        (None, "None"),
    ],
)
def test_clean_leaves_one_harmless_line(text, cleaned):
    assert clean(text) == cleaned


def test_everything_in_a_record_is_cleaned_keys_too():
    assert deep_clean({"a\x00": ["b\n", {"c": ("\x1b", 1.5)}]}) == {"a": ["b", {"c": ["", 1.5]}]}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000"),
        (0.0005, "0.001"),
        (1e-7, "1.00e-07"),
        (-0.25, "-0.250"),
        (99.9994, "99.999"),
        (512.34, "512.3"),
        (-12345.6, "-12346"),
        (2.5e9, "2.50e+09"),
        (None, "-"),
        (float("nan"), "-"),
    ],
)
def test_numbers_are_short(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1000, "1k"), (25_557_032, "25.6M"), (999_900_000, "1B"), (None, "-")]
)
def test_counts_are_as_on_model_cards(value, text):
    assert count(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (75, "1 min 15 s"),
        (700, "11 min"),
        (7300, "2 h 1 min"),
    ],
)
def test_durations_are_in_sensible_units(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 101 + "]" * 101, "{", ""])
def test_json_that_is_damaged_or_nested_too_deep_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


def test_json_is_what_it_says():
    assert parse_json(b'{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]} and parse_json("3") == 3
    assert parse_json("[" * 100 + "]" * 100) is not None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\x1b=1", " =1"])
def test_a_cell_never_begins_like_a_formula(text):
    assert csv_cell(text).startswith("'") and csv_cell(1.5) == 1.5 and csv_cell(None) is None
