import json
import re

import pytest
from hubfixture import add_dataset
from resultscene import made

from hubscore.errors import HubscoreError
from hubscore.publish.results import publish_results
from hubscore.publish.results.dataset_about import about_dataset, card_tags, card_text, shortened
from hubscore.publish.retract.results import retract_results
from hubscore.results import find_record, read_results, run_id

CARD = """---
tags:
- remote-sensing
- task:nothing
- 7
---
# Scenes

[![badge](x.svg)](https://x)

<p align="center"><b>x</b></p>

| a | b |
|---|---|

```python
load("x")
```

Aerial pictures of [seven](https://x) kinds of **land**, one
per class.

Another paragraph.
"""


@pytest.fixture
def repo(request):
    return "alice/" + re.sub(r"\W|_", "-", request.node.name)[:60].strip("-")


@pytest.fixture
def public(ranking, hub, alice):
    """A ranking of a data set with a card that everybody can read."""
    add_dataset(hub.root, "open/rsscn7", {"README.md": CARD, "train/a/1.png": b"x"})
    sha = alice.dataset_info("open/rsscn7").sha
    return made(ranking, "2030-04-01T00:00:00Z", dataset="open/rsscn7", revision=sha, population=1400, modality="image")


def lines(repo, api):
    files = read_results(repo, api).contents.files
    return json.loads(files["dataset_about.json"]) if "dataset_about.json" in files else []


def test_a_public_data_set_is_described_in_preview_record_and_file(public, repo, alice):
    planned = publish_results(public, repo=repo, api=alice)
    assert "domain 'satellite and aerial' (guessed: its card's tags say 'remote-sensing'); 1,400 rows" in planned.diff
    assert "tags remote-sensing; its card's first words \"Aerial pictures of seven" in planned.diff
    assert "+ dataset_about.json" in planned.diff
    publish_results(public, repo=repo, api=alice, yes=True)
    about = read_results(repo, alice).run(run_id(public)).data["record"]["dataset_about"]
    assert about["domain"] == "satellite and aerial" and about["rows"] == 1400
    assert about["classes"] == list(public.probe.classes) and "thumbnails" not in about
    (line,) = lines(repo, alice)
    assert line["run"] == run_id(public) and line["dataset"] == "open/rsscn7" and line["text"] == about["text"]
    assert publish_results(public, repo=repo, api=alice, yes=True).outcome == "unchanged"
    assert find_record(public, repo=repo, api=alice).same
    assert read_results(repo, alice).run(run_id(public)).ranking.best.revision == public.best.revision
    retract_results(run_id(public), repo=repo, api=alice, yes=True)
    assert lines(repo, alice) == []


def test_of_private_data_nothing_is_told_and_with_consent_no_card(ranking, repo, alice, hub):
    add_dataset(
        hub.root, "alice/scans", {"README.md": "# S\n\nTumours of our patients, not for you.\n", "a/1.png": b"x"}
    )
    alice.update_repo_settings("alice/scans", repo_type="dataset", private=True)
    sha = alice.dataset_info("alice/scans").sha
    mine = made(ranking, "2030-04-02T00:00:00Z", dataset="alice/scans", revision=sha)
    publish_results(mine, repo=repo, api=alice, yes=True)
    assert lines(repo, alice) == []
    assert "dataset_about" not in read_results(repo, alice).run(run_id(mine)).data["record"]
    publish_results(mine, repo=repo, api=alice, yes=True, allow_private_dataset_name=True)
    (line,) = lines(repo, alice)
    assert line["classes"] and "text" not in line and "tags" not in line and "patients" not in json.dumps(line)


def test_a_card_that_the_hub_does_not_give_stops_the_publication_and_one_that_is_not_there_does_not(
    public, repo, alice, hub
):
    add_dataset(hub.root, "open/withheld", {"README.md": CARD})
    sha = alice.dataset_info("open/withheld").sha
    hub.faults.add(path="open/withheld/resolve", status=403, times=None)
    with pytest.raises(HubscoreError, match="403"):
        publish_results(
            made(public, "2030-04-04T00:00:00Z", dataset="open/withheld", revision=sha), repo=repo, api=alice
        )
    hub.faults.clear()
    bare = made(public, "2030-04-03T00:00:00Z", revision="d" * 40)
    assert "no domain guessed" in publish_results(bare, repo=repo, api=alice).diff


@pytest.mark.parametrize(
    ("card", "text"),
    [
        (CARD, "Aerial pictures of seven kinds of land, one per class."),
        ("Digits, written by hand.", "Digits, written by hand."),
        (
            "---\nlicense: mit\n---\n# x\n- a list\n1. of\n> said\n[More Information Needed]\n\nLetters of old books.",
            "Letters of old books.",
        ),
        ("<!-- a comment that says nothing\nof use to anybody -->\nPhotographs of shoes.", "Photographs of shoes."),
        ("# only a heading", ""),
        ("", ""),
    ],
)
def test_the_first_words_of_a_card(card, text):
    assert card_text(card) == text


@pytest.mark.parametrize(
    "card", ["---\ntags: [\n---\n", "---\n- a\n---\n", "---\ntags: x\n---\n", "---\ntags: {a: 1}\n---\n", ""]
)
def test_a_card_without_tags(card):
    assert card_tags(card) == []


def test_long_words_are_cut():
    long = "A sentence of some words. " * 30
    assert len(shortened(long)) <= 300 and shortened(long).endswith("words.")
    assert shortened("x" * 400) == "x" * 299 + "…" and shortened("word " * 100).endswith("word…")
    about = about_dataset({"probe": {"classes": ["c" * 999] * 999, "population": 5}})
    assert len(about["classes"]) == 300 and len(about["classes"][0]) == 60 and about["n_classes"] == 999
