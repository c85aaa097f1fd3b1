from hubscore.calibration.transfer import Transfer


def test_a_model_is_at_home_where_it_was_trained():
    assert Transfer("lab/net", "birds", source="birds").own
    assert not Transfer("lab/net", "birds", source="cars").own
    assert not Transfer("lab/net", "birds").own
