import pytest
from huggingface_hub import ModelCard

from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.cards.strays import without_strays

AUTHORS = """\
---
license: mit  # ours
model-index:
- name: net
  results:
  - task: {type: image-classification}
    dataset: {type: d/e, name: D, split: train, revision: abc}
    metrics:
    - type: accuracy
      value: 0.910
    - type: f1
      value: 0.90
  # a comment
---
# A
"""
EARLIER = """\
  - task: {type: image-classification}
    dataset: {type: d/e, name: 'd/e (train, 120 rows looked at)', split: train, revision: abc}
    metrics:
    - {type: knn, name: "k nearest neighbours (transferability estimate, not the model's accuracy)", value: 0.9}
    - {type: hubscore_consensus_percentile, name: Consensus percentile, value: 95.8}
    source: {name: hubscore, url: https://hub/x}
"""


def test_what_the_hubs_client_merged_into_an_authors_result_is_taken_out_of_it():
    merged = str(ModelCard(AUTHORS.replace("  # a comment\n", EARLIER)))
    assert "hubscore_consensus" in merged and "name: hubscore" not in merged  # the client lost our source
    after = without_strays(merged, lambda entry: True)
    assert after == str(ModelCard(AUTHORS)) and without_strays(after, lambda entry: True) == after
    assert without_strays(merged, lambda entry: False) == merged


def test_a_result_that_is_ours_or_all_theirs_is_left():
    for card in (AUTHORS, AUTHORS.replace("  # a comment\n", EARLIER), "# A\n"):
        assert without_strays(card, lambda entry: True) == card


def test_what_cannot_be_taken_out_as_text_is_refused():
    ours = "    metrics: [{type: accuracy, value: 1}, {type: hubscore_x, value: 2}]\n"
    card = AUTHORS[: AUTHORS.index("    metrics:")] + ours + "---\n"
    with pytest.raises(CardRefused, match="flow style"):
        without_strays(card, lambda entry: True)
