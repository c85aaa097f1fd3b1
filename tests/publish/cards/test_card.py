from dataclasses import replace
from pathlib import Path

import pytest

from hubscore.publish.cards.card import CardUpdate, diff, edit_card, has_entry, opted_out
from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.results import record_url, run_id

CARD = b"---\r\nlicense: mit\r\n---\r\n# A\r\n"


@pytest.fixture
def update(ranking) -> CardUpdate:
    return CardUpdate(
        CardEntry(ranking, ranking.rows[0], "https://hub/x", "user/shapes"), "https://hub/datasets/user/shapes"
    )


def test_metadata_and_section_come_twice_the_same_and_go_alone(update):
    plain = edit_card(CARD, update)
    both = edit_card(CARD, replace(update, section=True))
    assert both.startswith(plain) and b"[user/shapes](https://hub/datasets/user/shapes)" in both
    assert edit_card(both, update) == edit_card(both, replace(update, section=True)) == both
    assert edit_card(both, replace(update, section=False)) == plain
    assert both.count(b"\n") == both.count(b"\r\n")


def test_a_model_without_any_score_is_refused(update):
    row = replace(update.entry.row, scores={}, consensus=None)
    with pytest.raises(CardRefused, match="no score of the consensus is defined"):
        edit_card(CARD, replace(update, entry=replace(update.entry, row=row)))


@pytest.mark.parametrize(
    ("value", "out"),
    [
        ("opt-out", True),
        ("'Opt_Out'", True),
        ("off", True),
        ("no", True),
        ("never", True),
        ("yes", False),
        ("{a: b}", False),
        ("", False),
    ],
)
def test_a_card_can_opt_out(value, out):
    assert opted_out(f"---\nhubscore: {value}\n---\n".encode()) is out
    assert not opted_out(b"hubscore: opt-out\n")


def test_an_entry_of_another_revision_counts_as_there(update):
    written = edit_card(CARD, update)
    later = replace(update.entry.ranking, probe=replace(update.entry.ranking.probe, revision="e" * 40))
    other = replace(update.entry.ranking, probe=replace(update.entry.ranking.probe, split="test"))
    assert has_entry(written, replace(update, entry=replace(update.entry, ranking=later)))
    assert not has_entry(written, replace(update, entry=replace(update.entry, ranking=other)))
    assert not has_entry(CARD, update)


def test_a_diff_breaks_lines_at_line_feeds_only():
    told = diff("a\x0bb\u2028c\nd".encode(), "a\x0bb\u2028c\ne\n".encode(), "lab/net")
    assert (
        told
        == "--- a/lab/net/README.md\n+++ b/lab/net/README.md\n@@ -1,2 +1,2 @@\n a\x0bb\u2028c\n-d\n\\ No newline at end"
        " of file\n+e\n"
    )


def test_the_example_in_the_documentation_is_what_comes_out(ranking_of):
    ranking = ranking_of([f"timm/net-{number}" for number in range(12)], dataset="alice/shapes")
    url = record_url("alice/hubscore-results", run_id(ranking), "https://huggingface.co")
    card = (
        b"---\nlicense: mit   # as the weights\nmodel-index:\n- name: net-0\n  results:\n  - task: {type:"
        b" image-classification}\n    dataset: {type: imagenet-1k, name: ImageNet-1k}\n    metrics:\n    - type:"
        b" accuracy\n      value: 80.10\ntags: [timm]\n---\n# net-0\n"
    )
    update = CardUpdate(
        CardEntry(ranking, ranking.rows[0], url, "alice/shapes"), "https://huggingface.co/datasets/alice/shapes"
    )
    told = (Path(__file__).parents[3] / "docs" / "publish.md").read_text(encoding="utf-8")
    assert f"```diff\n{diff(card, edit_card(card, update), 'timm/net-0')}```" in told
