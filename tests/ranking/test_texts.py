from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_probe

from hubscore.errors import UsageError
from hubscore.ranking.texts import check_label_texts, read_label_texts

FIRST, SECOND = np.arange(8.0).reshape(4, 2), np.ones((4, 2))


def test_a_file_holds_one_array_a_text_model(tmp_path):
    np.savez(tmp_path / "texts.npz", b=SECOND, a=FIRST)
    np.save(tmp_path / "text.npy", FIRST.astype(np.float32))
    several, single = read_label_texts(tmp_path / "texts.npz"), read_label_texts(str(tmp_path / "text.npy"))
    assert np.array_equal(several, [FIRST, SECOND]) and np.array_equal(single, [FIRST]) and single[0].dtype == np.float64


def test_arrays_are_taken_as_they_are_and_nothing_is_nothing():
    assert np.array_equal(read_label_texts([FIRST.tolist(), SECOND]), [FIRST, SECOND]) and read_label_texts(None) is None


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([FIRST, SECOND[:3]], r"they must be tables of one shape, and there is \(3, 2\), \(4, 2\)"),
        ([FIRST[0]], r"tables of one shape, and there is \(2,\)"),
        ([], "there is nothing"),
        ([[["a", "b"]]], "they are not numbers"),
        ([FIRST * np.nan], "a value is not finite"),
        ("texts.txt", "the ending must be .npy or .npz"),
        ("missing.npz", "there is no such file"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(given, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=why):
        read_label_texts(given)


def test_a_file_with_objects_in_it_is_not_unpickled(tmp_path):
    np.save(tmp_path / "evil.npy", np.array([{"a": 1}]), allow_pickle=True)
    with pytest.raises(UsageError, match=r"Cannot read label texts from .*evil\.npy"):
        read_label_texts(tmp_path / "evil.npy")


def test_there_is_one_row_a_class():
    probe = fake_probe(classes=4, each=2)
    check_label_texts(None, probe)
    check_label_texts([FIRST], probe)
    with pytest.raises(UsageError, match="they have 4 rows, and the probe has 3 classes") as caught:
        check_label_texts([FIRST], fake_probe(classes=3, each=2))
    assert "one row a class, in this order: shape 0, shape 1, shape 2" in str(caught.value)
    with pytest.raises(UsageError, match="they describe classes, and the probe has no labels"):
        check_label_texts([FIRST], replace(probe, labels=None, target=None, classes=()))
    with pytest.raises(UsageError, match="the probe has labels for regression"):
        check_label_texts([FIRST], replace(probe, labels=np.ones(8), target="regression"))
