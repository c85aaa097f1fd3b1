import json

import numpy as np
import pytest

from hubscore.types import (
    Agreement,
    Candidate,
    Extraction,
    Probe,
    ProbeDescription,
    Publication,
    Ranking,
    Row,
    RunRecord,
    Score,
    Skipped,
)


def there_and_back(record):
    return type(record).from_json(json.loads(json.dumps(record.to_json())))


def test_plain_records_survive_json():
    for record in (
        Candidate("org/a", "0" * 40, "timm", parameters=3),
        Score("knn", 0.5, seed=1),
        Score("leep", None, "no source head"),
        Row(rank=1, model="org/a", revision="0" * 40, library="timm", scores={"knn": 0.5}, consensus_ci=(0.1, 0.2)),
        Publication("org/a", "card", "+ line"),
    ):
        assert there_and_back(record) == record


def test_arrays_keep_every_bit():
    features = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    record = Extraction("k", "org/a", "r", {"penultimate": features}, logits=None, input_size=(8, 8))
    back = there_and_back(record)
    np.testing.assert_array_equal(back.features["penultimate"], features)
    assert back.features["penultimate"].dtype == np.float32 and back.logits is None and back.input_size == (8, 8)


def test_a_probe_keeps_its_rows_out_of_the_json():
    probe = Probe(
        "d", None, "train", None, (3, 1), np.array([0, 1]), ("a", "b"), "classification", "f", 0, items=("x", "y")
    )
    data = probe.to_json()
    assert "items" not in data and data["indices"] == [3, 1]
    assert len(there_and_back(probe)) == 2


@pytest.mark.parametrize(("usable", "broken", "whole"), [(None, 0, False), (3, 0, False), (3, 1, True), (2, 0, True)])
def test_a_probe_is_whole_where_no_more_rows_can_be_drawn(usable, broken, whole):
    dropped = tuple({"row": str(at)} for at in range(broken))
    probe = Probe("d", None, "train", None, (3, 1), None, (), None, "f", 0, dropped=dropped, usable=usable)
    assert probe.is_whole is whole and probe == there_and_back(probe)
    assert not there_and_back(probe).is_whole


def test_a_probe_says_its_modality_and_keeps_the_former_names_of_its_keys():
    probe = Probe(
        *("d", None, "train", None, (3,), None, (), None, "f", 0),
        input_column="photo",
        modality="image",
        row_ids=("a",),
    )
    data = probe.to_json()
    assert data["image_column"] == data["input_column"] == "photo" and data["modality"] == "image"
    assert "row_ids" not in data and there_and_back(probe) == probe
    old = {key: value for key, value in data.items() if key not in ("input_column", "modality")}
    assert Probe.from_json(old) == probe


def test_a_score_has_a_value_or_a_reason():
    with pytest.raises(ValueError, match="either a value or a reason"):
        Score("knn", None)
    with pytest.raises(ValueError, match="either a value or a reason"):
        Score("knn", 1.0, "but why")


def test_unknown_keys_of_a_newer_version_are_ignored():
    assert Skipped.from_json({"model": "org/a", "reason": "gated", "since": "tomorrow"}) == Skipped("org/a", "gated")


def test_a_ranking_reads_back_as_rows():
    ranking = Ranking(
        (Row(1, "org/a", "r", "timm"),),
        (Skipped("org/b", "gated"),),
        ProbeDescription(classes=("x",)),
        Agreement(),
        {},
        RunRecord(),
    )
    back = there_and_back(ranking)
    assert back == ranking and back.best.model == "org/a" and len(back) == 1
