from textwrap import indent

import pytest
from hypothesis import HealthCheck, given, settings
from publish.cards.test_random_cards import RESULT, cards, spliced

from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.cards.section import set_section
from hubscore.publish.retract.take_out import records_in, take_out

RUN = "https://hub/datasets/bob/results/blob/main/runs/2026-11-20T12-00-00Z-1a2b3c4d.json"
OTHER = RUN.replace("1a2b3c4d", "99999999")
KEY = "0123456789ab"
ENTRY = {**RESULT, "source": {"name": "hubscore", "url": RUN}}
FOREIGN = "- task: {type: t}\n  dataset: {type: d, name: d}\n  metrics:\n  - {type: accuracy, value: 80.10} # mine\n"


def without(card, gone=RUN):
    return take_out(card, "org/net", lambda url: url == gone)


@pytest.mark.parametrize(
    "card",
    [
        "# A\n",
        "",
        "\ufeff# A\r\n",
        "---\nlicense: mit\n---\n# A",
        "---\r\nlicense: mit # why\r\ntags: [a]\r\n---\r\n# A\r\n",
        f"---\nmodel-index:\n- name: net\n  results:\n{indent(FOREIGN, '  ')}license: mit\n---\n",
        f"---\nmodel-index:\n  - name: other\n    results:\n{indent(FOREIGN, '    ')}---\n",
    ],
)
def test_a_card_comes_out_as_it_was_byte_for_byte(card):
    full = set_section(spliced(card, ENTRY), KEY, f"A table, [the run's record]({RUN}).")
    assert full != card and records_in(full) == [RUN, RUN]
    assert without(full) == card and without(full, OTHER) == full and without(card) == card


def test_one_run_of_two_goes_and_the_other_stays():
    later = {**ENTRY, "dataset": {**ENTRY["dataset"], "split": "test"}, "source": {"name": "hubscore", "url": OTHER}}
    once = spliced("---\nlicense: mit\n---\n", later)
    both = set_section(spliced(once, ENTRY), KEY, f"[the run's record]({OTHER})")
    assert without(without(both), OTHER) == "---\nlicense: mit\n---\n"
    assert records_in(without(both)) == [OTHER, OTHER]


def test_what_its_author_wrote_around_our_result_stays():
    card = "---\nmodel-index:\n- name: theirs\n  results: []\n---\n"
    assert without(spliced(card, ENTRY)) == card
    noted = spliced("# A\n", ENTRY).replace("  results:\n", "  results:\n  # a note\n")
    assert without(noted) == "---\nmodel-index:\n- name: org/net\n  results: []\n  # a note\n---\n# A\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [("results:\n", "results: &a\n"), ("- name: org/net\n", "- name: org/net\n  name: x\n")],
)
def test_what_cannot_be_taken_out_as_text_is_refused(old, new):
    with pytest.raises(CardRefused):
        without(spliced("# A\n", ENTRY).replace(old, new))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(cards())
def test_random_cards_come_out_as_they_were(card):
    try:
        full = spliced(card, ENTRY)
    except CardRefused:
        return
    if "[]" in card or "null" in card or "---\n---" in card.replace("\r", ""):
        return  # what was empty before, and what we made, cannot be told apart
    after = without(full)
    assert after == card
