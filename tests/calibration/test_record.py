import json

import pytest

from hubscore.calibration.record import Fit, Provenance, Ranges, Widening

RECORDS = [
    Fit(0.1, 0.9, 0.05, -0.02, 0.5, 0.4, 0.03, 0.04, 9, checks={"mean_absolute_error": 0.06, "coverage": None}),
    Ranges((200, 800), (5, 20), (48, 128)),
    Ranges((200, 800), (5, 20)),
    Widening(samples=0.1),
    Provenance(tables=({"name": "oracle.csv", "rows": 234},), datasets=("mnist",), left_out={"source": 12}),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_records_survive_json(record):
    assert type(record).from_json(json.loads(json.dumps(record.to_json()))) == record


def test_a_fit_without_errors_is_no_fit():
    with pytest.raises(TypeError):
        Fit.from_json({"a": 0.1, "b": 0.9, "c": 0.05, "d": -0.02})
