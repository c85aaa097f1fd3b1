import pytest

from hubscore.candidates.query import Query, parse_count
from hubscore.errors import UsageError


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("300M", 300_000_000),
        ("1.2B", 1_200_000_000),
        ("5e6", 5_000_000),
        ("25_000_000", 25_000_000),
        ("7,500,000", 7_500_000),
        ("90k", 90_000),
        ("12", 12),
    ],
)
def test_counts_as_people_write_them(text, count):
    assert parse_count(text) == count


def test_none_lifts_the_limit():
    assert parse_count("none") is None


@pytest.mark.parametrize("text", ["", "much", "-3M", "0", "3 apples", "1.2.3M", "nan"])
def test_what_is_no_count_is_named_with_the_option(text):
    with pytest.raises(UsageError, match="Cannot read --min-params") as caught:
        parse_count(text, "--min-params")
    assert "--min-params 300M" in caught.value.fix


def test_a_bare_query_is_about_one_of_each_family_and_a_search_is_not():
    assert Query().bare and Query().one_per_family
    assert not Query(search="").bare and not Query(search="").one_per_family
    assert not Query(author="timm").one_per_family
    assert Query(search="", diverse=True).one_per_family
    assert not Query(diverse=False).one_per_family


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"libraries": ("keras",)}, "Unknown library 'keras'"),
        ({"sort": "size"}, "Cannot sort by 'size'"),
        ({"limit": 0}, "--limit must be at least 1"),
        ({"min_params": 10, "max_params": 5}, "swap them: --min-params 5 --max-params 10"),
    ],
)
def test_bad_options_are_refused_before_anything_starts(wrong, words):
    with pytest.raises(UsageError) as caught:
        Query(**wrong)
    assert words in str(caught.value) and "Try: " in str(caught.value)
