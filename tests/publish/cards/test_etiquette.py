from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hubscore.publish.cards.etiquette import MONTH, month_is_over, our_turn
from hubscore.publish.cards.left_alone import LeftAlone
from hubscore.publish.cards.pull_requests import PullRequest

NOW = datetime(2026, 11, 30, tzinfo=UTC)
MINE, OTHER = "<!-- hubscore:pull-request 1 -->", "<!-- hubscore:pull-request 2 -->"


def pull_of(number=1, author="bob", status="open", marker=MINE, days=1, **more):
    created = NOW - timedelta(days=days)
    return PullRequest(number, author, status, marker, f"https://hub/{number}", False, False, created=created, **more)


def turn(*pulls, has_entry=True, replace=False):
    return our_turn(pulls, user="bob", marker=MINE, has_entry=lambda: has_entry, replace=replace)


def left(*pulls, **options):
    with pytest.raises(LeftAlone) as told:
        turn(*pulls, **options)
    return told.value.outcome, told.value.reason


def test_ours_for_this_data_is_updated_and_none_means_that_one_may_be_opened():
    assert turn() is None and turn(pull_of()).number == 1
    assert turn(pull_of(status="merged"), pull_of(2)).number == 2 and turn(pull_of(status="merged")) is None


@pytest.mark.parametrize("marker", [MINE, OTHER, None])
@pytest.mark.parametrize("status", ["open", "draft"])
def test_anybodys_for_any_data_is_waited_for(marker, status):
    outcome, why = left(pull_of(author="local", marker=marker, status=status), pull_of(2), replace=True)
    assert outcome == "skipped" and "by @local waits there (#1); one at a time, whoever opened it" in why


def test_our_own_for_other_data_is_turned_into_this_one_with_consent_alone():
    outcome, why = left(pull_of(marker=OTHER))
    assert outcome == "skipped" and "your pull request #1, for other data" in why and "--replace-prs" in why
    assert turn(pull_of(marker=OTHER), replace=True).number == 1


def test_a_no_and_an_entry_that_was_taken_out_hold_for_all_data():
    assert left(pull_of(author="local", marker=OTHER, status="closed"))[0] == "declined"
    outcome, why = left(pull_of(author="local", marker=OTHER, status="merged"), has_entry=False)
    assert outcome == "declined" and "merged @local's entry and took it out again" in why


def test_two_within_a_month_are_the_most_whoever_opened_them_and_whatever_became_of_them():
    assert month_is_over([], NOW) == month_is_over([pull_of()], NOW) == ""
    both = [pull_of(author="local", status="closed", days=29), pull_of(2, status="merged")]
    told = month_is_over(both, NOW)
    assert "2 hubscore pull requests were opened there within 30 days" in told and told.endswith("2026-12-02 on")
    assert month_is_over(both, datetime(2026, 12, 2, tzinfo=UTC)) == ""  # as it was said
    assert month_is_over(both, NOW + MONTH) == "" == month_is_over([pull_of(days=31), pull_of(2)], NOW)
    taken_back = replace(pull_of(status="closed"), superseded=True)  # its owner was told of it all the same
    assert "(2 of them taken back by whoever opened them)" in month_is_over([taken_back] * 2, NOW)
    assert month_is_over(both) == month_is_over(both, datetime.now(UTC))
