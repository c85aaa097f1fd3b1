import numpy as np
import pytest

from hubscore.ranking.columns import Column, Table
from hubscore.ranking.saturation import saturated, warnings


@pytest.fixture
def column(info):
    def build(name, low, high, direction="higher", **facts):
        return Column(name, info(name, direction=direction, low=low, high=high), **facts)

    return build


def found(*pairs, classes=4, target="classification"):
    columns, values = zip(*pairs, strict=True)
    names = tuple(f"m{i}" for i in range(len(values[0])))
    return saturated(Table(names, columns, np.array(values, dtype=float)), classes, target)


def test_two_models_at_the_better_end_are_tied_on_the_score(column):
    told = found(
        (column("share", 0.0, 1.0), [1.0, 1.0, 0.5, np.nan]),
        (column("count", 0.0, "classes - 1"), [3.0, 3.0 - 1e-12, 3.0, 2.9]),
        (column("cost", 0.0, "inf", "lower"), [0.0, 0.0, 4.0, 9.0]),
    )
    assert {name: (one.value, one.models, one.defined) for name, one in told.items()} == {
        "share": (1.0, (0, 1), 3),
        "count": (3.0, (0, 1, 2), 4),
        "cost": (0.0, (0, 1), 4),
    }
    assert told["share"].describe().to_json() == {"value": 1.0, "models": 2}


def test_one_model_the_worse_end_and_scores_without_an_end_are_no_ties(column):
    assert not found(
        (column("one", 0.0, 1.0), [1.0, 0.2, 0.2]),
        (column("near", 0.0, 1.0), [1 - 1e-6, 1 - 1e-6, 0.2]),
        (column("worst", 0.0, 1.0), [0.0, 0.0, 0.2]),
        (column("open", "-inf", "inf"), [1.0, 1.0, 1.0]),
        (column("one+l", 0.0, 1.0, base="one"), [1.0, 1.0, 1.0]),
    )


def test_the_warning_says_what_may_tell_them_apart(column):
    plain, reduced = (
        warnings(found((column("fda", 0.0, 1.0, reduce=reduce), [1.0, 1.0, 0.5])).values()) for reduce in (None, 8)
    )
    assert plain == [
        "fda is 1.0, the best possible, for 2 of 3 checkpoints: they are tied there; "
        "to tell them apart, reduce to 32 dimensions, or use more samples"
    ]
    assert "reduce to" not in reduced[0] and reduced[0].endswith("to tell them apart, use more samples")


def test_more_samples_are_no_advice_where_there_are_none(column):
    plain, reduced = (
        warnings(found((column("fda", 0.0, 1.0, reduce=reduce), [1.0, 1.0, 0.5])).values(), whole=True)
        for reduce in (None, 8)
    )
    assert plain[0].endswith("they are tied there; to tell them apart, reduce to 32 dimensions")
    assert reduced[0].endswith("they are tied there; the data have no more rows")


def test_scores_that_tie_the_same_checkpoints_share_a_line(column):
    same, other = [1.0, 1.0, 0.5], [0.5, 1.0, 1.0]
    told = warnings(
        found(
            *((column(name, 0.0, 1.0), same) for name in ("sfda", "fda", "ped")), (column("knn", 0.0, 1.0), other)
        ).values()
    )
    assert [line.split(",", 1)[0] for line in told] == ["sfda", "knn is 1.0"]
    assert told[0].startswith("sfda, fda and ped are 1.0, the best possible, for 2 of 3 checkpoints")
