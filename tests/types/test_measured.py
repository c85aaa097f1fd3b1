import doctest
import json

from hubscore.types import FineTuning, Measured, Row, RunRecord, measured

MADE = Measured(accuracy=0.8, images=100, epochs=2, seconds=12.5, train_images=300)


def test_a_row_keeps_what_was_measured_through_json() -> None:
    row = Row(rank=1, model="org/a", revision="a" * 40, library="timm", measured=MADE, combined=0.84)
    back = Row.from_json(json.loads(json.dumps(row.to_json())))
    assert back == row and back.measured == MADE


def test_rows_and_records_without_a_second_stage_look_as_before() -> None:
    plain = Row(rank=1, model="org/a", revision="a" * 40, library="timm")
    assert not {"measured", "combined"} & plain.to_json().keys() and "finetuning" not in RunRecord().to_json()


def test_the_record_keeps_how_models_were_fine_tuned() -> None:
    record = RunRecord(finetuning=FineTuning(("org/a", "org/b"), {"org/b": "it is gone"}, {"epochs": 2}, "words"))
    back = RunRecord.from_json(json.loads(json.dumps(record.to_json())))
    assert back.finetuning == record.finetuning


def test_it_says_what_it_is() -> None:
    assert doctest.testmod(measured).failed == 0
