import numpy as np
import pytest
from fakes import fake_candidate

from hubscore.layers.layer_features import LayerFeatures
from hubscore.layers.layer_scores import columns_for
from hubscore.layers.recommendation import make_selection
from hubscore.layers.split_points import SplitPoint
from hubscore.types import Score

POINTS = (
    SplitPoint("stem", "Conv2d", 10, ("stem.",), True),
    SplitPoint("block", "Block", 30, ("stem.", "block."), False),
    SplitPoint("last", "Block", 60, ("stem.", "block.", "last."), True),
)
FEATURES = LayerFeatures({point.name: np.zeros((4, 3)) for point in POINTS}, None, None, 4)


def select(values, names=("knn", "logme"), columns=None):
    scored = {
        point.name: {
            name: Score(name, None, "too few samples") if one is None else Score(name, one)
            for name, one in zip(names, row, strict=True)
        }
        for point, row in zip(POINTS, values, strict=True)
    }
    chosen = columns_for(names) if columns is None else columns
    return make_selection(fake_candidate("lab/net", 1), POINTS, FEATURES, scored, chosen, {"seed": 3})


def test_the_layer_that_most_scores_prefer_is_recommended():
    selection = select([(0.1, 1.0), (0.9, 3.0), (0.5, 2.0)])
    assert selection.recommended == "block" and selection.freeze == ("stem.", "block.")
    assert (selection.method, selection.record, selection.forward_images) == ("labels", {"seed": 3}, 4)
    assert [layer.scores["knn"] for layer in selection.layers] == [0.1, 0.9, 0.5]


def test_what_a_reader_would_trip_over_is_said():
    selection = select([(0.1, None), (0.9, None), (0.5, None)])
    assert selection.notes[0] == "logme is undefined for every layer: too few samples"
    assert selection.notes[1].startswith("What lies behind block sees the input by other ways too")
    assert selection.decided_by == ("knn",)
    part = select([(0.1, None), (0.2, 1.0), (0.5, 2.0)])
    assert part.notes == ("logme is undefined for 1 of 3 layers: too few samples",)


def test_nothing_is_recommended_where_nothing_is_defined():
    selection = select([(None, None)] * 3)
    assert selection.recommended is None and selection.best is None and selection.decided_by == ()


def test_without_columns_a_target_network_decides():
    names = ("depara", "depara_nodes", "depara_edges")
    selection = select([(0.3, 0.9, 0.1), (0.2, 0.1, 0.9), (0.6, 0.0, 0.0)], names, columns=())
    assert selection.recommended == "last" and selection.decided_by == ("depara",) and selection.method == "depara"


@pytest.mark.parametrize("best", range(3))
def test_higher_is_better_for_both_scores(best):
    assert select([(float(place == best), float(place == best)) for place in range(3)]).recommended == POINTS[best].name
