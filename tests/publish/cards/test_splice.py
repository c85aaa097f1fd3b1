import difflib

import pytest
import yaml
from huggingface_hub import ModelCard

from hubscore.publish.cards.frontmatter import CardRefused
from hubscore.publish.cards.ours import results_of
from hubscore.publish.cards.splice import splice_result

LOGME = "LogME (transferability estimate, not accuracy)"
RESULT = {
    "task": {"type": "image-classification", "name": "Transferability estimate (hubscore)"},
    "dataset": {
        "type": "user/birds",
        "name": "user/birds: 3 #1",
        "config": "default",
        "split": "train",
        "revision": "12e4",
    },
    "metrics": [{"type": "logme", "name": LOGME, "value": 0.8123, "args": {"rank": 1, "candidates": 12}}],
    "source": {"name": "hubscore", "url": "https://hub/x"},
}
NEWER = {**RESULT, "metrics": [{"type": "logme", "name": LOGME, "value": 0.5}]}

FOREIGN = """\
---
# what we measured
license: mit  # really
model-index:
- name: net
  results:
  - task: {type: image-classification}   # on one A100
    dataset:
      type: "imagenet-1k"
      name: 'ImageNet'
      weird_key: yes
    metrics:
    - type: accuracy
      value: 80.10
      # single crop
  # end of results
tags: [a,   b]
---
# Net

---
not: metadata
"""


def added(before: str, after: str) -> list[str]:
    """The lines that came; nothing may have gone."""
    lines = list(difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    assert not [line for line in lines if line.startswith("-")]
    return [line[2:] for line in lines if line.startswith("+")]


def spliced(card: str, result: dict = RESULT) -> str:
    return splice_result(card, result, model="org/net")


def test_the_entry_goes_to_the_end_of_results_and_nothing_else_changes():
    after = spliced(FOREIGN)
    assert "".join(added(FOREIGN, after)) == (
        "  - task: {type: image-classification, name: Transferability estimate (hubscore)}\n"
        "    dataset: {type: user/birds, name: 'user/birds: 3 #1', config: default, split: train, revision: '12e4'}\n"
        "    metrics:\n"
        "    - type: logme\n"
        "      name: LogME (transferability estimate, not accuracy)\n"
        "      value: 0.8123\n"
        "      args: {rank: 1, candidates: 12}\n"
        "    source: {name: hubscore, url: 'https://hub/x'}\n"
    )
    assert after.index("# single crop") < after.index("# end of results") < after.index("Transferability")


@pytest.mark.parametrize(
    ("below", "theirs"),
    [
        ("  # about the last result\n  # and more\n", True),
        ("      # deep\n# shallow\n", True),  # nothing follows that it could be about
        ("# tags, as ever\ntags: [a]\n", False),
        ("  # theirs\n# the next key's\ntags: [a]\n", None),
        ("# theirs\n\ntags: [a]\n", True),
    ],
)
def test_an_authors_comment_below_the_last_result_stays_with_it(below, theirs):
    card = FOREIGN.partition("  # end of results")[0] + below + "---\n# Net\n"
    after = spliced(card)
    comments = [line for line in below.splitlines() if "#" in line]
    ahead = [after.index(line) < after.index("Transferability") for line in comments]
    assert ahead == ([True, False] if theirs is None else [theirs] * len(comments))
    assert len(added(card, after)) == 8 and spliced(after, NEWER).count("#") == after.count("#")


def test_twice_is_once_and_an_update_replaces_only_ours():
    once = spliced(FOREIGN)
    assert spliced(once) == once
    newer = spliced(once, NEWER)
    assert newer == spliced(FOREIGN, NEWER) and spliced(newer) == once


def test_our_entry_is_replaced_where_it_stands_between_others():
    once = spliced(FOREIGN)
    later = once.replace(
        "tags: [a,",
        "  # theirs\n  - task: {type: x}\n    dataset: {type: d, name: n}\n    metrics: [{type: f1, value: 1}]\n"
        "tags: [a,",
    )
    updated = spliced(later, NEWER)
    assert updated == later.replace(
        "      value: 0.8123\n      args: {rank: 1, candidates: 12}\n", "      value: 0.5\n"
    )


def entries(card):
    return [entry for entry in results_of(yaml.safe_load(card.split("---")[1])) if "source" in entry]


def test_another_split_or_data_set_is_another_entry_and_another_revision_the_same():
    card = spliced(FOREIGN)
    for change in ({"revision": "ab"}, {"split": "test"}, {"config": "other"}, {"type": "user/cats"}):
        card = spliced(card, {**RESULT, "dataset": {**RESULT["dataset"], **change}})
    assert [entry["dataset"]["revision"] for entry in entries(card)] == ["ab", "12e4", "12e4", "12e4"]
    alone = splice_result(card, NEWER, model="org/net", alone=True)
    assert entries(alone) == [NEWER] and alone == spliced(FOREIGN, NEWER)
    assert splice_result(alone, NEWER, model="org/net", alone=True) == alone


def test_the_same_data_in_somebody_elses_entry_is_not_ours():
    theirs = spliced(FOREIGN).replace("{name: hubscore,", "{name: paperswithcode,")
    assert theirs.count("paperswithcode") == 1
    after = spliced(theirs)
    assert after.count("user/birds: 3 #1") == 2 and "name: paperswithcode" in after


def test_copies_of_our_entry_become_one():
    once = spliced(FOREIGN)
    begin, end = once.index("  - task: {type: image-classification, name"), once.index("tags: [a,")
    twice = once[:end] + once[begin:end] + once[end:]
    assert spliced(twice, NEWER) == spliced(once, NEWER)


def test_a_style_of_ours_that_somebody_reformatted_stays_while_it_says_the_same():
    once = (
        spliced(FOREIGN)
        .replace("'user/birds: 3 #1'", '"user/birds: 3 #1"')
        .replace("  metrics:\n    - type: logme", "  metrics:  # anew\n    - type: logme")
    )
    assert spliced(once) == once


PLACES = {
    "no front matter": ("# Net\n", "---\nmodel-index:\n- name: org/net\n  results:\n  - task: {"),
    "an empty line": ("\n", "---\nmodel-index:\n- name: org/net\n  results:\n  - task: {"),
    "empty front matter": ("---\n---\n# Net\n", "---\nmodel-index:\n- name: org/net\n"),
    "no index": ("---\nlicense: mit\n---\n", "license: mit\nmodel-index:\n- name: org/net\n"),
    "indented keys": (
        "---\n  license: mit\n---\n",
        "  license: mit\n  model-index:\n  - name: org/net\n    results:\n    - task: {",
    ),
    "text block at the end": ("---\na: |\n  text\n---\n", "---\nmodel-index:\n- name: org/net\n"),
    "the Hub's template": (
        "---\n# For reference on model card metadata\n# Doc / guide\n{}\n---\n# Net\n",
        "# Doc / guide\nmodel-index:\n- name: org/net\n",
    ),
    "braces with a comment": ("---\n{}  # none\n---\n", "---\n  # none\nmodel-index:\n- name: org/net\n"),
    "blanks behind the fence": ("--- \t\nlicense: mit\n---\n", "---\nlicense: mit\nmodel-index:\n- name: org/net\n"),
    "null index": ("---\nmodel-index:\na: 1\n---\n", "---\nmodel-index:\n- name: org/net\n"),
    "null results": ("---\nmodel-index:\n- name: x\n  results:\n---\n", "  results:\n  - task: {"),
    "wide style": (
        (
            "---\nmodel-index:\n    -   name: x\n        results:\n          -   task: {type: a}\n             "
            " dataset: {type: d, name: n}\n              metrics: [{type: f, value: 1}]\n---\n"
        ),
        "          - task: {type: image-classification",
    ),
    "text block as last value": (
        (
            "---\nmodel-index:\n- name: x\n  results:\n  - task: {type: a}\n    dataset: {type: d, name: n}\n"
            "    metrics: [{type: f, value: 1}]\n    source:\n      name: s\n      url: |\n        u\n\nb: 1\n---\n"
        ),
        "        u\n\n  - task: {",
    ),
    "second entry goes by the name": (
        "---\nmodel-index:\n- name: x\n  results: &r\n  - 1\n- name: net\n  results: []\n---\n".replace(
            " &r\n  - 1", " []"
        ),
        "- name: net\n  results:\n  - task: {",
    ),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("card", "expected"), PLACES.values(), ids=PLACES)
def test_where_there_is_no_list_yet_and_in_every_style(card, expected, mark, newline):
    card, expected = mark + card.replace("\n", newline), expected.replace("\n", newline)
    after = spliced(card)
    assert expected in after and after.count("\r\n") == (after.count("\n") if newline == "\r\n" else 0)
    assert ModelCard(after.removeprefix("\ufeff")).data.eval_results[-1].metric_name == LOGME
    assert spliced(after) == after and spliced(spliced(after, NEWER)) == after


@pytest.mark.parametrize(
    "empty",
    [
        "model-index: []  # none yet\n",
        "model-index: ~\n",
        "model-index:\n- name: x\n  results: []\n",
        "model-index:\n- name: x\n  results: null\n",
    ],
)
def test_an_empty_list_gives_way_and_its_line_keeps_the_rest(empty):
    after = spliced(f"---\n{empty}a: 1\n---\n")
    gone = [
        line
        for line in difflib.ndiff(f"---\n{empty}a: 1\n---\n".splitlines(), after.splitlines())
        if line.startswith("-")
    ]
    assert len(gone) == 1 and ("# none yet" in after) == ("# none yet" in empty)
    assert [entry for entry in results_of(yaml.safe_load(after.split("---")[1]))] == [RESULT]


@pytest.mark.parametrize(
    ("index", "why"),
    [
        ("model-index: [{name: x, results: []}]", "flow style"),
        ("model-index:\n- {name: x, results: []}", "flow style"),
        (
            "model-index:\n- name: x\n  results: [{task: {type: a}, dataset: {type: d, name: n}, metrics: []}]",
            "flow style",
        ),
        ("model-index: &i\n- name: x\n  results: []", "anchors"),
        ("r: &r []\nmodel-index:\n- name: x\n  results: *r", "anchors"),
        ("model-index:\n- name: x\n  results: !!seq\n  - 1", "tags"),
        ("model-index:\n- name: x\n  metrics: []", "without a list of results"),
        ("model-index: some text", "is not a list"),
        ("model-index:\n- some text", "without a list of results"),
        ("model-index:\n- results: []", "cannot read its metadata"),
        ("model-index:\n- name: x\n  results:\n  - 1", "cannot read its metadata"),
        ("model-index: [\n]", "several lines"),
        ("model-index:\n- name: x\n  results: []\nlicense: a\nlicense: b", "the key 'license' twice"),
    ],
)
def test_what_cannot_be_added_to_as_text_is_refused_with_the_reason(index, why):
    with pytest.raises(CardRefused, match=why):
        spliced(f"---\n{index}\n---\n")


def test_anchors_elsewhere_do_not_matter():
    card = "---\na: &a [1]\nb: *a\n---\n"
    assert spliced(card).startswith("---\na: &a [1]\nb: *a\nmodel-index:\n")


def test_not_a_number_equals_itself_and_numbers_keep_their_spelling():
    item = (
        "  - task: {type: a}\n    dataset: {type: d, name: n}\n    metrics: [{type: f, value: .nan}, {type: g, value:"
        " 1.50}]\n"
    )
    card = f"---\nmodel-index:\n- name: x\n  results:\n{item}---\n"
    assert "{type: f, value: .nan}, {type: g, value: 1.50}" in spliced(card)


def test_an_empty_file_is_a_card_too():
    assert spliced("").startswith("---\nmodel-index:\n- name: org/net\n") and spliced("\ufeff").startswith(
        "\ufeff---\n"
    )


def test_metrics_of_an_author_that_the_client_put_under_our_source_are_not_taken():
    theirs = {"type": "accuracy", "name": "Accuracy", "value": 0.9}
    mixed = spliced(FOREIGN, {**RESULT, "metrics": [*RESULT["metrics"], theirs]})
    with pytest.raises(CardRefused, match=r"a metric of somebody else's too \(accuracy\)"):
        spliced(mixed, NEWER)


def test_hundreds_of_results_are_read_twice_by_libyaml_and_once_by_the_client(monkeypatch):
    rows = "".join(
        f"  - task:\n      type: a\n    dataset:\n      type: d{n}\n      name: n\n    metrics:\n    - type: f\n"
        f"      value: {n}\n"
        for n in range(250)
    )
    card = f"---\nmodel-index:\n- name: x\n  results:\n{rows}---\n" + "text\n---\n" * 10_000
    read, slow = [], yaml.SafeLoader.get_single_node
    monkeypatch.setattr(yaml.SafeLoader, "get_single_node", lambda self: read.append(self) or slow(self))
    once = spliced(card)
    assert len(read) == (1 if yaml.__with_libyaml__ else 5)  # the check by the Hub's client
    assert len(once.splitlines()) == len(card.splitlines()) + 8
