import numpy as np
import pytest

from hubscore.errors import UsageError
from hubscore.recommend.history import History
from hubscore.recommend.recommend import recommend
from hubscore.recommend.saturation import check_standings


def of(*columns, score="fda"):
    values = np.array(columns).T
    return History.of(
        [f"m{row}" for row in range(len(values))], [f"t{i}" for i in range(len(columns))], values, score=score
    )


def test_an_order_of_names_is_no_recommendation():
    saturated = of([1.0, 1.0, np.nan], [np.nan, 1.0, 1.0])
    with pytest.raises(UsageError, match="tells no two models apart") as raised:
        recommend("birds", saturated)
    assert raised.value.why == "fda is the same for all models on 2 of 2 data sets" and "expected" in raised.value.fix
    assert any("order nothing" in note for note in recommend("birds", saturated, by="meta").notes)


def test_values_of_one_model_each_order_nothing_either():
    with pytest.raises(UsageError) as raised:
        recommend("birds", of([0.5, np.nan], [np.nan, 0.7], score="accuracy"))
    assert raised.value.why == "no data set has values of two models" and "update" in raised.value.fix


def test_some_saturated_data_sets_are_said_and_one_model_alone_is_no_error():
    made = recommend("birds", of([1.0, 1.0, 1.0], [0.2, 0.4, 0.9]))
    assert made.models == ("m2", "m1", "m0")
    assert "fda is the same for all models on 1 of 2 data sets, which therefore order nothing" in made.notes
    assert recommend("birds", of([0.5], [0.7])).models == ("m0",)
    assert check_standings(of([0.1, 0.2]), "history") == []
