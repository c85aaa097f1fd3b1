import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t

from hubscore.calibration.predict import freedom, predict
from hubscore.calibration.record import Fit, Ranges, Widening
from hubscore.errors import UsageError

FIT = Fit(a=0.1, b=0.9, c=0.05, d=-0.02, b_within=0.5, c_within=0.3, sd_between=0.03, sd_within=0.04, datasets=9)
RANGES = Ranges(samples=(200, 800), classes=(5, 20))


def predicted(accuracy, loss, fits=(FIT, FIT), **changed):
    return predict(fits, RANGES, Widening(), accuracy, loss, **({"classes": 10, "samples": 400} | changed))


def test_a_prediction_by_hand():
    # arcsin sqrt(.5) = .7854; 1 - (ln 10 / 2) / ln 10 = .5; ln 10 = 2.3026.
    made = predicted([0.5], [math.log(10) / 2])
    angle = 0.1 + 0.9 * 0.785398 + 0.05 * 0.5 - 0.02 * 2.302585
    assert made.angle == pytest.approx([angle], abs=1e-5)
    assert made.expected == pytest.approx([math.sin(angle) ** 2], abs=1e-5)
    half = t.ppf(0.95, made.df) * 0.05
    assert made.low == pytest.approx([math.sin(angle - half) ** 2], abs=1e-5)
    assert made.high == pytest.approx([math.sin(angle + half) ** 2], abs=1e-5)


def test_a_pool_has_a_level_and_differences_by_hand():
    # Angles pi/6 and pi/3, mean pi/4; losses of .64 and .16 of ln 10: roots .8 and .4, and 1 - .4 in the mean.
    made = predicted([0.25, 0.75], [0.64 * math.log(10), 0.16 * math.log(10)])
    middle = 0.1 + 0.9 * math.pi / 4 + 0.05 * 0.6 - 0.02 * 2.302585
    half = 0.5 * 0.25 + 0.3 * 0.2
    assert made.angle == pytest.approx([middle - half, middle + half], abs=1e-4)


def test_who_is_ahead_does_not_depend_on_the_others():
    draw = np.random.default_rng(0)
    accuracy, loss = draw.uniform(0.2, 0.9, 12), draw.uniform(0.3, 2.0, 12)
    whole = predicted(accuracy, loss).angle
    assert (np.argsort(whole[:5]) == np.argsort(predicted(accuracy[:5], loss[:5]).angle)).all()


def test_the_order_of_the_models_changes_no_bit():
    draw = np.random.default_rng(1)
    accuracy, loss, order = draw.uniform(0.2, 0.9, 50), draw.uniform(0.3, 2.0, 50), draw.permutation(50)
    assert predicted(accuracy[order], loss[order]).angle.tolist() == predicted(accuracy, loss).angle[order].tolist()


def test_a_probe_of_fewer_rows_is_expected_to_gain_more():
    few, plain = (predicted([0.5], [1.0], samples=samples).angle[0] for samples in (100, 400))
    assert few - plain == pytest.approx(FIT.e * (math.sqrt(0.1) - math.sqrt(0.025)), abs=1e-4)
    assert predicted([0.5], [1.0], samples=1600).angle[0] < plain


def test_degrees_of_freedom_lie_between_the_data_sets_and_many():
    assert freedom(replace(FIT, sd_within=0.0)) == pytest.approx(8)
    assert freedom(replace(FIT, sd_between=0.0)) == pytest.approx(100)
    assert 8 < freedom(FIT) < 100
    assert freedom(replace(FIT, datasets=2)) < freedom(FIT)


def test_an_easy_data_set_ties_nobody():
    made = predicted([1.0, 1.0, 0.99], [0.01, 0.02, 0.02], fits=(replace(FIT, a=0.3), FIT))
    assert made.expected[0] > made.expected[1] > made.expected[2] > 0.99 and made.expected[0] < 1


def test_a_model_without_evidence_has_none_and_changes_nobody():
    whole, holed = predicted([0.5, 0.7], [1.0, 0.8]), predicted([0.5, np.nan, 0.7], [1.0, 0.9, 0.8])
    for name in ("angle", "expected", "low", "high", "sd_within", "sd_between"):
        assert getattr(holed, name)[[0, 2]] == pytest.approx(getattr(whole, name))
        assert np.isnan(getattr(holed, name)[1])


def test_each_kind_of_evidence_has_its_own_fit():
    other = replace(FIT, a=0.2, sd_within=0.01)
    mixed = predicted([0.5, 0.5], [1.0, 1.0], fits=(FIT, other), layers=[False, True])
    assert mixed.angle[1] - mixed.angle[0] == pytest.approx(0.1)
    assert mixed.sd_within == pytest.approx([0.04, 0.01])
    assert predicted([0.5], [1.0], fits=(FIT, other), layers=True).angle == pytest.approx(mixed.angle[1:])


@pytest.mark.parametrize(
    ("accuracy", "loss", "changed"),
    [
        ([1.2], [1.0], {}),
        ([80.0], [1.0], {}),
        ([0.5], [-1.0], {}),
        ([0.5], [np.inf], {}),
        ([0.5, 0.6], [1.0], {}),
        ([[0.5]], [[1.0]], {}),
        ([0.5], [1.0], {"classes": 1}),
        ([0.5], [1.0], {"samples": 0}),
        ([0.5], [1.0], {"input_sizes": [64, 64]}),
    ],
)
def test_what_no_probe_gives_is_refused(accuracy, loss, changed):
    with pytest.raises(UsageError):
        predicted(accuracy, loss, **changed)
