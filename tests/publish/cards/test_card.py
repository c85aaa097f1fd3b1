from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard, ModelCardData

from hubscore.calibration.calibration import Calibration
from hubscore.publish.cards.card import CardUpdate, diff, displaced, edit_card, name_of, opted_out
from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.retract.take_out import take_out
from hubscore.results import record_url, run_id
from hubscore.types import ExpectedAccuracies

RUN = "https://hub/datasets/bob/r/blob/main/runs/2026-11-20T12-00-00Z-761bf3ba.json"
CARD = b"---\r\nlicense: mit\r\n---\r\n# A\r\n"


@pytest.fixture
def update(ranking) -> CardUpdate:
    return CardUpdate(CardEntry(ranking, ranking.rows[0], RUN, "user/shapes"), "https://hub/datasets/user/shapes")


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


def other_of(update, **facts):
    ranking = replace(update.entry.ranking, probe=replace(update.entry.ranking.probe, **facts))
    return replace(update, entry=replace(update.entry, ranking=ranking))


def test_the_entry_over_the_most_rows_stays_alone_and_of_those_the_newest(update):
    alone = replace(update, alone=True, section=True)
    written = edit_card(CARD, alone)
    fewer, more, as_many = (
        replace(other_of(alone, split="test", samples=samples), section=None) for samples in (60, 400, 120)
    )
    with pytest.raises(CardRefused, match="entry for user/shapes over 120 rows stays, which is more than 60"):
        edit_card(written, fewer)
    for stronger in (more, as_many):  # of the same date
        after = edit_card(written, stronger).decode()
        assert after.count("name: hubscore") == 1 and "split: test" in after and "hubscore:begin" not in after
        assert [name_of(entry) for entry in displaced(written, stronger)] == ["user/shapes over 120 rows"]
    kept = edit_card(written, replace(fewer, alone=False)).decode()
    assert kept.count("name: hubscore") == 2 and displaced(written, replace(fewer, alone=False)) == []


@pytest.mark.parametrize("section", [False, True])
@pytest.mark.parametrize(("card", "heads"), [("# A\n", 5), ("---\na: 1\n---\n", 3), ("---\nmodel-index: []\n---\n", 3)])
def test_a_data_set_takes_at_most_fifteen_lines(update, card, heads, section):
    after = edit_card(card.encode(), replace(update, section=section)).decode()
    grown = len(after.splitlines()) - len(card.splitlines())
    assert grown <= heads + 8 + 4 * section and heads + 8 <= 15
    other = edit_card(after.encode(), replace(other_of(update, dataset="d/e", split="test"), section=section)).decode()
    assert len(other.splitlines()) - len(after.splitlines()) == 8 + 4 * section


OLDER = """\
---
license: mit
model-index:
- name: zoo/net-0
  results:
  - task:
      type: image-classification
      name: Transferability estimate (hubscore)
    dataset:
      type: user/shapes
      name: user/shapes (train, 120 rows looked at)
      config: default
      split: train
      revision: dddddddddddddddddddddddddddddddddddddddd
    metrics:
    - type: hubscore_consensus_percentile
      name: Consensus percentile among the 12 candidates of pool a8f6dd3b4498 (transferability estimate, not accuracy)
      value: 95.8
      args:
        rank: 1
        samples: 120
    - type: knn
      name: k nearest neighbours on frozen features, leave one out (transferability estimate, not the model's accuracy)
      value: 0.9
      args: {rank: 1, candidates: 12}
    source:
      name: hubscore
      url: https://hub/datasets/bob/r/blob/main/runs/2026-11-01T12-00-00Z-761bf3ba.json
---
# A
"""
"""As version 0.1.0 wrote it."""


def test_an_entry_of_an_earlier_version_gives_way_or_goes(update):
    fresh = "---\nlicense: mit\n---\n# A\n"
    for one in (update, replace(update, alone=True)):
        after = edit_card(OLDER.encode(), one)
        assert after == edit_card(fresh.encode(), one) and edit_card(after, one) == after
        assert take_out(after.decode(), "zoo/net-0", lambda url: True) == fresh
    assert take_out(OLDER, "zoo/net-0", lambda url: True) == fresh


AUTHORS = """\
---
license: mit
model-index:
- name: net-0
  results:
  - task:
      type: image-classification
      name: Image classification
    dataset:
      type: user/shapes
      name: Shapes
      config: default
      split: train
      revision: dddddddddddddddddddddddddddddddddddddddd
    metrics:
    - type: accuracy
      value: 0.91
    source:
      name: our paper
      url: https://paper
---
# A
"""


def test_what_the_client_merged_of_an_earlier_version_into_an_authors_result_goes_too(update):
    begin = OLDER.index("  - task:")
    both = AUTHORS.replace("https://paper\n", "https://paper\n" + OLDER[begin : OLDER.index("---\n# A")])
    merged = str(ModelCard(both)).encode()
    alone = str(ModelCard(AUTHORS))
    assert b"name: hubscore" not in merged and b"type: knn" in merged
    assert edit_card(merged, update) == edit_card(alone.encode(), update)
    assert take_out(merged.decode(), "zoo/net-0", lambda url: True) == alone


def test_the_hubs_client_does_not_merge_us_with_the_authors_result_on_the_same_data(update):
    written = edit_card(AUTHORS.encode(), update)
    rewritten = str(ModelCard(written.decode()))
    found = ModelCard(rewritten).data.eval_results
    assert [(one.metric_type, one.source_name, one.dataset_name) for one in found] == [
        ("accuracy", "our paper", "Shapes"),
        ("hubscore_consensus_percentile", "hubscore", "user/shapes (train, 120 images looked at)"),
    ]
    assert edit_card(rewritten.encode(), update) == rewritten.encode()  # another style, the same words
    assert "hubscore" not in take_out(rewritten, "zoo/net-0", lambda url: True)


@pytest.mark.parametrize("section", [False, True])
def test_the_hubs_template_is_filled_and_comes_out_as_it_was(update, section):
    template = ModelCard.default_template_path.read_text().replace("{{ card_data }}", "{}")
    for card in (template, str(ModelCard.from_template(ModelCardData()))):
        full = edit_card(card.encode(), replace(update, section=section)).decode()
        assert "\n{}\n" in card and "\n{}\n" not in full and ("# For reference" in full) == ("# For reference" in card)
        assert ModelCard(full).data.eval_results and take_out(full, "zoo/net-0", lambda url: True) == card


def test_a_diff_breaks_lines_at_line_feeds_only():
    told = diff("a\x0bb\u2028c\nd".encode(), "a\x0bb\u2028c\ne\n".encode(), "lab/net")
    assert (
        told
        == "--- a/lab/net/README.md\n+++ b/lab/net/README.md\n@@ -1,2 +1,2 @@\n a\x0bb\u2028c\n-d\n\\ No newline at end"
        " of file\n+e\n"
    )


def test_the_example_in_the_documentation_is_what_comes_out(ranking_of):
    ranking = ranking_of([f"timm/net-{number}" for number in range(12)], dataset="alice/shapes")
    row = replace(ranking.rows[0], expected=0.834, expected_ci=(0.75, 0.899))
    fitted = Calibration.default().provenance
    truth = ExpectedAccuracies(fitted.truth, 0.9, calibration={"modality": "image", "provenance": fitted.to_json()})
    record = replace(ranking.record, ordered_by="expected accuracy", expected=truth)
    ranking = replace(ranking, rows=(row, *ranking.rows[1:]), record=record)
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
