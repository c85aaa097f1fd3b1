from hubscore.calibration.calibration import Calibration
from hubscore.calibration.shipped import BRIEF, is_shipped


def test_the_calibration_that_ships_is_known_by_its_tables_and_not_by_its_words():
    told = Calibration.default().to_json()
    assert is_shipped(told) and told["provenance"]["truth"].startswith(BRIEF)
    other = {**told["provenance"], "tables": [{"name": "transfers.csv", "sha256": "0" * 64, "rows": 444}]}
    assert not is_shipped({**told, "provenance": other})
    assert not is_shipped({**told, "provenance": {**told["provenance"], "truth": "if fine-tuned here"}})
    assert not is_shipped(None) and not is_shipped({}) and not is_shipped({"provenance": "of a stranger"})
