import json
from dataclasses import replace

import pytest

from hubscore.calibration.calibration import DEFAULT, SCHEMA, Calibration
from hubscore.errors import ErrorCode, StorageError


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "calibration.json"
    Calibration.default().save(path)
    return path


def rewrite(path, **changed):
    data = json.loads(path.read_text(encoding="utf-8")) | changed
    path.write_text(json.dumps(data), encoding="utf-8")


def test_what_is_saved_comes_back(saved):
    assert Calibration.load(saved) == Calibration.default()


def test_the_default_says_what_its_accuracies_are():
    made = Calibration.default()
    assert "fine-tuned" in made.provenance.truth and made.modality == "image"
    assert made.features.datasets >= 9 and made.features.sd_within > 0 < made.features.sd_between


def test_keys_of_a_newer_version_are_kept(saved):
    rewrite(saved, later={"x": 1})
    loaded = Calibration.load(saved)
    loaded.save(saved)
    assert json.loads(saved.read_text(encoding="utf-8"))["later"] == {"x": 1}


@pytest.mark.parametrize("schema", [0, SCHEMA + 1, "1", None])
def test_another_version_is_refused(saved, schema):
    rewrite(saved, schema=schema)
    with pytest.raises(StorageError) as refused:
        Calibration.load(saved)
    assert refused.value.code == ErrorCode.CALIBRATION_VERSION and "hubscore calibrate" in refused.value.fix


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("features", "a", None),
        ("layers", "sd_within", -0.1),
        ("features", "sd_between", "wide"),
        ("layers", "b_within", -1.0),
        ("ranges", "classes", [20, 5]),
        ("ranges", "samples", [200]),
        ("widening", "classes", -1),
    ],
)
def test_a_damaged_file_names_its_key(saved, part, key, value):
    data = json.loads(saved.read_text(encoding="utf-8"))
    rewrite(saved, **{part: data[part] | {key: value}})
    with pytest.raises(StorageError, match="damaged"):
        Calibration.load(saved)


def test_nan_is_no_coefficient(saved):
    text = saved.read_text(encoding="utf-8")
    saved.write_text(text.replace(f'"a": {Calibration.default().features.a}', '"a": NaN', 1), encoding="utf-8")
    with pytest.raises(StorageError, match=r"features\.a"):
        Calibration.load(saved)


@pytest.mark.parametrize("content", ["", "[1]", '{"rows": []}', "\x00"])
def test_what_is_no_calibration_is_refused(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(StorageError):
        Calibration.load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(StorageError, match="missing"):
        Calibration.load(tmp_path / "missing.json")


def test_another_modality_widens_and_says_so():
    made = Calibration.default()
    image = made.predict([0.7], [0.9], classes=10, samples=400)
    text = made.predict([0.7], [0.9], classes=10, samples=400, modality="text")
    assert text.expected == pytest.approx(image.expected)
    assert text.high[0] - text.low[0] > 1.5 * (image.high[0] - image.low[0])
    assert not image.notes and "text" in text.notes[0]


def test_a_calibration_of_text_is_at_home_there():
    made = replace(Calibration.default(), modality="text")
    assert not made.predict([0.7], [0.9], classes=10, samples=400, modality="text").notes


def test_the_default_is_in_the_package():
    assert DEFAULT.parent.name == "calibration" and DEFAULT.exists()


def test_whatever_is_given_becomes_a_calibration(saved):
    default = Calibration.default()
    assert Calibration.of(None) is default is Calibration.of(default)
    assert Calibration.of(str(saved)) == Calibration.of(saved) == default
