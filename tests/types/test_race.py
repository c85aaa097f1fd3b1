from hubscore.types import Race, RaceStage, RunRecord


def test_a_race_comes_back_from_json_and_older_records_have_none():
    race = Race((RaceStage(40, 100, 60, 4000),), 400, 40, 1800.0, "more", "text")
    record = RunRecord(race=race)
    assert RunRecord.from_json(record.to_json()).race == race
    assert "race" not in RunRecord().to_json() and RunRecord.from_json({}).race is None
