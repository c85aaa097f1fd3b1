import numpy as np
import pytest

from hubscore.calibration.record import Fit, Ranges, Widening
from hubscore.calibration.widening import Pool, doublings_outside, errors_of

FIT = Fit(a=0.1, b=1.0, c=0.1, d=0.0, b_within=0.5, c_within=0.4, sd_between=0.03, sd_within=0.04, datasets=9)
RANGES = Ranges(samples=(200, 800), classes=(5, 20), input_size=(48, 128), probed=400)
INSIDE = {"count": 2, "classes": 10, "samples": 400, "input_sizes": None, "foreign": None}


def errors(**changed):
    return errors_of(FIT, RANGES, Widening(samples=0.2, classes=0.03, input_size=0.03), Pool(**(INSIDE | changed)))


def test_inside_the_ranges_the_errors_are_the_fits():
    inside = errors()
    assert inside.within == pytest.approx([0.04, 0.04]) and inside.between == pytest.approx([0.03, 0.03])
    assert inside.notes == ()


def test_fewer_rows_by_hand():
    # A correction of sqrt(10/50) - sqrt(10/400) that errs by .2, and 1/200 - 1/1600 of sampling error beyond 400 rows.
    few = errors(samples=50)
    assert few.between == pytest.approx(np.hypot(0.03, 0.2 * (np.sqrt(0.2) - np.sqrt(0.025))))
    assert few.within == pytest.approx(np.sqrt(0.04**2 + 1 / 200 - 1 / 1600))
    assert few.notes == ("50 rows, outside 200 to 800: the interval is wider",)


def test_a_little_fewer_rows_are_noisier_without_a_note():
    less = errors(samples=200)
    assert less.notes == () and 0.03 < less.between[0] < 0.04
    assert less.within == pytest.approx(np.sqrt(0.04**2 + 1 / 800 - 1 / 1600))


def test_more_rows_never_make_a_model_surer():
    assert errors(samples=1600).within == pytest.approx(0.04) and errors(samples=1600).between[0] > 0.03


def test_more_classes_by_hand():
    assert errors(classes=160).between == pytest.approx(np.hypot(0.03, 3 * 0.03))
    assert "160 classes, outside 5 to 20" in errors(classes=160).notes[0]


def test_larger_images_of_all_are_shared_and_of_one_its_own():
    shared = errors(input_sizes=[256, 256])
    assert shared.between == pytest.approx(np.hypot(0.03, 0.03)) and shared.within == pytest.approx(0.04)
    assert shared.notes == ("256 pixels, outside 48 to 128: the interval is wider",)
    own = errors(input_sizes=[256, 64])
    assert own.between == pytest.approx(0.03) and own.within == pytest.approx([0.05, 0.04])


def test_sizes_that_are_not_known_are_not_guessed():
    assert errors(input_sizes=[None, None]).notes == ()


def test_anforeign_doubles_both():
    text = errors(foreign="calibrated on image, and asked of text")
    assert text.within == pytest.approx(0.08) and text.between == pytest.approx(0.06)
    assert "text" in text.notes[0]


def test_doublings():
    assert [doublings_outside(value, (4, 8)) for value in (1, 4, 8, 32)] == [2, 0, 0, 2]
