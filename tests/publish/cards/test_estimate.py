from dataclasses import replace

import yaml
from huggingface_hub import ModelCard

from hubscore.calibration.calibration import Calibration
from hubscore.publish.cards.card import CardUpdate, edit_card
from hubscore.publish.cards.entry import CardEntry
from hubscore.publish.cards.estimate import TASK_TYPE, make_result
from hubscore.publish.cards.pr_text import body
from hubscore.publish.cards.section import make_section
from hubscore.types import ExpectedAccuracies, Measured

EVIL = "a: b # c\n- d <b>'\"` &x *y !z %\x1b[2J\u202eéß漢 {[,]} | > @"
FITTED = Calibration.default().provenance
SHIPPED = ExpectedAccuracies(FITTED.truth, 0.9, calibration={"modality": "image", "provenance": FITTED.to_json()})


def entry_of(ranking, place=0, **row):
    return CardEntry(
        ranking, replace(ranking.rows[place], **row), "https://hub/datasets/bob/r/blob/main/runs/x.json", "user/shapes"
    )


def by_accuracy(ranking):
    """The ranking in the order of made-up expected accuracies, which is the reverse of the consensus."""
    rows = [
        replace(row, rank=place, tie_group=place, expected=0.9 - place / 100, expected_ci=(0.7, 0.95))
        for place, row in enumerate(reversed(ranking.rows), 1)
    ]
    record = replace(ranking.record, ordered_by="expected accuracy", expected=SHIPPED)
    return replace(ranking, rows=tuple(rows), record=record)


def metric_of(entry):
    """The one metric."""
    (metric,) = make_result(entry)["metrics"]
    return metric


def test_an_expected_accuracy_says_of_what_recipe_from_how_much_and_never_stands_alone(ranking):
    assert metric_of(entry_of(by_accuracy(ranking))) == {
        "type": "hubscore_expected_accuracy",
        "name": "Expected accuracy if fine-tuned on about 300 images, all weights, AdamW, 6 epochs"
        " (transferability estimate from 120 images, not measured)",
        "value": "89 % (90 % interval 70 to 95 %), rank 1 of 12 candidates (1 to 3)",
        "args": {
            "expected": 0.89,
            "low": 0.7,
            "high": 0.95,
            "rank": 1,
            "rank_low": 1,
            "rank_high": 3,
            "candidates": 12,
            "samples": 120,
        },
    }


def test_without_one_it_is_the_percentile_with_place_and_pool(ranking):
    assert metric_of(entry_of(ranking, 2)) == {
        "type": "hubscore_consensus_percentile",
        "name": "Consensus percentile of transferability scores"
        " (transferability estimate from 120 images, not an accuracy)",
        "value": "percentile 79.2, rank 3 of 12 candidates (1 to 3)",
        "args": {"percentile": 79.2, "rank": 3, "rank_low": 1, "rank_high": 3, "candidates": 12, "samples": 120},
    }


def test_no_accuracy_of_a_probe_and_nothing_of_the_record_stands_in_a_card(ranking):
    told = str([make_result(entry_of(one)) for one in (ranking, by_accuracy(ranking))])
    assert not [word for word in ("knn", "logme", "probe", "fffff", "0.1.0", "penultimate") if word in told]


def test_the_last_without_an_expected_accuracy_gets_its_place_by_consensus(ranking):
    ordered = by_accuracy(ranking)
    last = replace(ordered.rows[-1], expected=None, expected_ci=None)
    ordered = replace(ordered, rows=(*ordered.rows[:-1], last))
    assert metric_of(CardEntry(ordered, last, "", ""))["value"] == "percentile 95.8, rank 1 of 12 candidates"
    assert make_result(entry_of(ordered, -1, consensus=None))["metrics"] == []


def test_a_measured_model_tells_both_and_one_that_knows_the_data_says_so(ranking):
    found = Measured(accuracy=0.81, images=100, epochs=2, seconds=9.0, train_images=300)
    entry = entry_of(by_accuracy(ranking), measured=found, combined=0.86, declares_this_data=True)
    metric = metric_of(entry)
    assert metric["value"].startswith(
        "86 % from 89 % (90 % interval 70 to 95 %) expected and 81 % measured on 100, rank"
    )
    assert "from 120 images and a short fine-tuning on 300" in metric["name"]
    assert metric["name"].endswith("; its card names this data as training data)")
    assert metric["args"]["combined"] == 0.86 and metric["args"]["declares_this_data"] is True


def test_another_calibration_and_texts_are_named_as_they_are(ranking):
    ordered = by_accuracy(ranking)
    record = replace(ordered.record, expected=ExpectedAccuracies("after our recipe", None))
    texts = replace(ordered, record=record, probe=replace(ordered.probe, modality="text", samples=None))
    assert (
        metric_of(entry_of(texts))["name"]
        == "Expected accuracy after our recipe (transferability estimate, not measured)"
    )
    assert "from 50 texts," in metric_of(entry_of(texts, rows=50))["name"]
    known = replace(record.expected, calibration={"modality": "image"})
    calibrated = replace(texts, record=replace(record, expected=known))
    assert metric_of(entry_of(calibrated))["name"].endswith(
        "(transferability estimate, calibrated on image data, not measured)"
    )


def test_it_says_where_it_comes_from(ranking):
    result = make_result(entry_of(ranking))
    assert result["source"] == {"name": "hubscore", "url": "https://hub/datasets/bob/r/blob/main/runs/x.json"}
    assert result["task"] == {"type": TASK_TYPE, "name": "Transferability estimate (hubscore)"}
    assert result["dataset"] == {
        "type": "user/shapes",
        "name": "user/shapes (train, 120 images looked at)",
        "config": "default",
        "split": "train",
        "revision": "d" * 40,
    }


def test_hostile_names_come_through_yaml_as_plain_text(ranking):
    probe = replace(ranking.probe, config=EVIL, split="0x1F")
    record = replace(ranking.record, expected=ExpectedAccuracies(EVIL, 0.9))
    hostile = replace(ranking, probe=probe, record=record)
    made = CardEntry(hostile, replace(hostile.rows[0], model=EVIL, expected=0.5), "https://hub/x", "0123e4567")
    card = edit_card(b"---\nlicense: mit\n---\n# A\n", CardUpdate(made, "")).decode()
    data = yaml.safe_load(card.split("---")[1])
    assert data["model-index"][0]["results"] == [make_result(made)] and "\x1b" not in card and "\u202e" not in card
    assert ModelCard(card).data.eval_results[0].dataset_type == "0123e4567"
    assert "type: '0123e4567'" in card and "split: '0x1F'" in card


def test_section_and_pull_request_say_the_same(ranking):
    entry = entry_of(by_accuracy(ranking))
    value = metric_of(entry)["value"]
    assert f"**{value}**" in make_section(entry, "") and "from 120 images" in make_section(entry, "")
    assert value in body(entry, "bob", "https://hub/x", replaced=[])
    gone = body(entry, "bob", "https://hub/x", replaced=[("d/e over 90 rows", "https://hub/r.json")])
    assert "takes the place of hubscore's entry for d/e over 90 rows, whose [record](https://hub/r.json) stays" in gone
