import pytest
from spacedata import EVIL
from text import count, h, hub_url, link, number, paper_link, parse_count, with_pages, words_of

from hubscore.candidates import query
from hubscore.errors import UsageError


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("25M", 25e6),
        ("1.5b", 1.5e9),
        ("800000", 8e5),
        (" 3 k ", 3e3),
        ("5e6", 5e6),
        ("25_000_000", 25e6),
        ("2 G", 2e9),
        ("1T", 1e12),
        ("0", None),
        ("-5M", None),
        ("", None),
        ("any", None),
        ("1.2.3", None),
        (None, None),
    ],
)
def test_sizes_are_read_as_people_type_them(told, value):
    assert parse_count(told) == value


@pytest.mark.parametrize(
    "told", ["25M", "1.2B", "5e6", "25_000_000", "1,000", "800k", "2G", "1T", "25 apples", "1.2.3", "0"]
)
def test_the_command_line_reads_the_same_sizes(told):
    try:
        expected = query.parse_count(told)
    except UsageError:
        expected = None
    assert parse_count(told) == expected


def test_numbers_are_short():
    assert [count(25_557_032), count(999), count(float("nan"))] == ["25.6M", "999", "-"]
    assert [number(0.81264), number(-1234.5), number(1e-9), number(None)] == ["0.813", "-1234", "1.00e-09", "-"]


def test_hostile_text_stays_text():
    assert "<" not in h(EVIL) and '"' not in h(EVIL) and "\u202e" not in h(EVIL)
    assert "<img" not in link("https://huggingface.co", EVIL) and "<img" not in paper_link(EVIL)


def test_links_lead_only_to_ids_of_the_hub():
    assert hub_url("https://huggingface.co", "org/name", "a" * 40) == f"https://huggingface.co/org/name/tree/{'a' * 40}"
    assert hub_url("https://huggingface.co", "org/name", "local-1") == "https://huggingface.co/org/name"
    assert hub_url("https://huggingface.co", "./folder/a/b") is None
    assert hub_url("javascript:alert(1)", "org/name") is None
    there = 'as in <a href="https://github.com/hubscore/hubscore/blob/main/docs/truth.md"'
    assert with_pages("<b> as in docs/truth.md").startswith(f"&lt;b&gt; {there}")
    assert "<a" not in with_pages("as in /home/me/docs/truth.md, docs/../x.md")


def test_a_citation_links_to_its_paper():
    assert 'href="https://arxiv.org/abs/2102.11005"' in paper_link("You et al., ICML 2021, arXiv:2102.11005, eq. 6")
    assert 'href="https://doi.org/10.1007/978-3"' in paper_link("in 10.1007/978-3.")


def test_plain_words_of_both_forms():
    assert words_of({"plain_words": "says it all"})["measures"] == "says it all"
    assert words_of({"plain_words": {"misleads": "often"}}) == {"measures": "", "misleads": "often", "reading": ""}
