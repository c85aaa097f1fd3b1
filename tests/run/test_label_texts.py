from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_probe

from hubscore.errors import UsageError
from hubscore.run.label_texts import check_label_texts, read_label_texts

FIRST, SECOND = np.arange(8.0).reshape(4, 2), np.ones((4, 2))


def test_a_file_holds_one_array_a_text_model(tmp_path):
    np.savez(tmp_path / "texts.npz", b=SECOND, a=FIRST)
    np.save(tmp_path / "text.npy", FIRST.astype(np.float32))
    several, single = read_label_texts(tmp_path / "texts.npz"), read_label_texts(str(tmp_path / "text.npy"))
    assert (
        np.array_equal(several, [FIRST, SECOND]) and np.array_equal(single, [FIRST]) and single[0].dtype == np.float64
    )


def test_arrays_are_taken_as_they_are_and_nothing_is_nothing():
    assert (
        np.array_equal(read_label_texts([FIRST.tolist(), SECOND]), [FIRST, SECOND]) and read_label_texts(None) is None
    )


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([FIRST, SECOND[:3]], r"they must be tables of one shape, and there is \(3, 2\), \(4, 2\)"),
        ([FIRST[0]], r"tables of one shape, and there is \(2,\)"),
        ([], "there is nothing"),
        ([[["a", "b"]]], "they are not numbers"),
        ([[[1.0, 2.0], [3.0]]], "they are not numbers"),
        ([FIRST * np.nan], "a value is not finite"),
        ([FIRST[:, :0]], r"tables of shape \(4, 0\) hold no numbers"),
        ([FIRST, SECOND + 1j], "they are complex numbers"),
        ("texts.txt", "the ending must be .npy or .npz"),
        ("missing.npz", "there is no such file"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(given, why, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=why):
        read_label_texts(given)


def cut_short(data):
    return data[: len(data) // 2]


def flipped(data):
    """One bit of the first array's numbers is another one."""
    at = data.index(FIRST.tobytes()) + 20
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("texts.npz", cut_short),
        ("texts.npz", flipped),
        ("texts.npz", lambda data: b""),
        ("texts.npy", cut_short),
        ("texts.npy", lambda data: b""),
    ],
    ids=["archive cut short", "bit flipped", "empty archive", "array cut short", "empty array"],
)
def test_a_damaged_file_is_named_with_what_to_do(name, damage, tmp_path):
    path = tmp_path / name
    (np.savez if name.endswith("z") else np.save)(path, FIRST)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UsageError, match=f"Cannot read label texts from .*{name}': .") as caught:
        read_label_texts(path)
    assert "Try: save them with numpy.savez" in str(caught.value)


def test_compressed_numbers_that_cannot_be_unpacked_are_damaged_too(tmp_path):
    np.savez_compressed(tmp_path / "texts.npz", a=np.random.default_rng(0).normal(size=(40, 50)))
    data = bytearray((tmp_path / "texts.npz").read_bytes())
    data[80:400] = b"\xff" * 320
    (tmp_path / "texts.npz").write_bytes(data)
    with pytest.raises(UsageError, match=r"Cannot read label texts from .*texts\.npz': Error -3"):
        read_label_texts(tmp_path / "texts.npz")


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
    assert "one row per class, in this order: shape 0, shape 1, shape 2" in str(caught.value)
    with pytest.raises(UsageError, match="they describe classes, and the probe has no labels"):
        check_label_texts([FIRST], replace(probe, labels=None, target=None, classes=()))
    with pytest.raises(UsageError, match="the probe has labels for regression"):
        check_label_texts([FIRST], replace(probe, labels=np.ones(8), target="regression"))
