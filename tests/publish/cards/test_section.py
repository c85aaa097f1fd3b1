import re
from dataclasses import replace

import pytest

from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.cards.section import has_section, make_section, section_key, set_section
from hubscore.types import ExpectedAccuracies

KEY = "0123456789ab"
CARDS = [
    "",
    "# A\n",
    "# A",
    "---\na: b\n---\n",
    "---\na: b\n---\ntext\n\n",
    "\ufeff---\r\na: b\r\n---\r\ntext",
    "x\r\n",
]


@pytest.mark.parametrize("card", CARDS)
def test_it_is_added_replaced_and_taken_out_without_a_trace(card):
    added = set_section(card, KEY, "one\ntwo")
    assert added.startswith(card) and has_section(added, KEY) and not has_section(card, KEY)
    assert set_section(added, KEY, "one\ntwo") == added
    assert set_section(added, KEY, "three") == set_section(card, KEY, "three")
    assert set_section(added, KEY, None) == card == set_section(card, KEY, None)
    assert ("\r\n" in card) == ("one\r\ntwo" in added)


def test_two_data_sets_have_two_sections():
    both = set_section(set_section("# A\n", KEY, "one"), "ba9876543210", "two")
    assert set_section(both, KEY, None) == set_section("# A\n", "ba9876543210", "two")


def test_one_that_was_moved_stays_where_it_is():
    moved = set_section("", KEY, "one").strip("\n") + "\n\n# Rest\n"
    assert set_section(moved, KEY, "two") == moved.replace("one", "two")
    assert set_section(moved, KEY, None) == "\n# Rest\n"


@pytest.mark.parametrize(
    "card", ["<!-- hubscore:begin {k} -->\n", "<!-- hubscore:end {k} -->\n<!-- hubscore:begin {k} -->\n"]
)
def test_torn_sections_are_refused(card):
    with pytest.raises(CardRefused, match="do not belong together"):
        set_section(card.format(k=KEY), KEY, "x")


def test_names_are_escaped_and_a_percentile_never_stands_without_its_pool(ranking):
    evil = "<script>alert(1)</script>|`*_[x](javascript:1)\n# Big"
    record = replace(ranking.record, ordered_by=None, expected=ExpectedAccuracies(evil, 0.9))
    hostile = replace(ranking, probe=replace(ranking.probe, dataset=evil), record=record)
    entry = CardEntry(hostile, replace(hostile.rows[0], expected=0.5), "https://hub/record.json", evil)
    told = make_section(entry, "")
    plain = re.sub(r"\\.", "", told)  # without what a backslash makes harmless
    assert "<" not in plain and "`*" not in plain and plain.count("](") == 1 and "\n" not in told
    told = make_section(CardEntry(ranking, ranking.rows[0], "https://hub/record.json", "d/e"), "https://hub/d/e")
    assert "[d/e](https://hub/d/e)" in told and "is not the accuracy of this model" in told
    assert "**percentile 95.8, rank 1 of 12 candidates (1 to 3)**" in told


def test_the_key_does_not_change_with_the_revision(ranking):
    later = replace(ranking, probe=replace(ranking.probe, revision="e" * 40))
    other = replace(ranking, probe=replace(ranking.probe, split="test"))
    assert section_key(later) == section_key(ranking) != section_key(other)
