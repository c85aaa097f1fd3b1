from pathlib import Path

import pytest
from hubfixture import add_dataset, add_model, write_files

from hubscore.hub.client import hub_api
from hubscore.hub.near_names import near_names, near_paths, near_words, other_kind


@pytest.fixture(scope="module")
def shelf(hub):
    for name in ("near/resnet50.a1_in1k", "near/resnet50d.ra2_in1k", "near/mobilenet-small", "other/mobilenet-smal"):
        add_model(hub.root, name, {"config.json": "{}"})
    add_dataset(hub.root, "near/cifar10", {"data.csv": "a\n"})
    add_dataset(hub.root, "near-birds", {"data.csv": "a\n"})
    yield hub
    hub.faults.clear()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("near/mobilenet-smal", "near/mobilenet-small"),
        ("near/resnet50", "near/resnet50.a1_in1k"),
        ("neer/resnet50.a1_in1k", "near/resnet50.a1_in1k"),
        ("resnet50.a1_in1k", "near/resnet50.a1_in1k"),
        ("resnet50d", "near/resnet50d.ra2_in1k"),
        ("NEAR/ResNet50.a1_in1k", "near/resnet50.a1_in1k"),
    ],
)
def test_a_model_that_looks_like_it(shelf, wrong, right):
    assert near_names(wrong, hub_api())[0] == right


def test_an_architecture_without_its_owner_and_training(shelf):
    assert any(name.rpartition("/")[2].startswith("resnet50") for name in near_names("resnet50", hub_api()))


def test_data_sets_have_near_names_too(shelf):
    assert near_names("near/cifar", hub_api(), kind="dataset") == ["near/cifar10"]
    assert near_names("near-bird", hub_api(), kind="dataset")[0].endswith("near-birds")


def test_nothing_is_near_to_nothing(shelf):
    assert near_names("nobody/xqzwv", hub_api()) == []


def test_a_repo_of_another_kind_is_told(shelf):
    assert other_kind("near/cifar10", hub_api(), kind="model") == "dataset"
    assert other_kind("near/mobilenet-small", hub_api(), kind="dataset") == "model"
    assert other_kind("near/nothing", hub_api(), kind="model") is None


def test_a_hint_never_becomes_an_error(shelf):
    shelf.faults.add(path="/api/models", status=403, times=None)
    try:
        assert near_names("near/name", hub_api()) == []
        assert other_kind("near/name", hub_api(), kind="dataset") is None
    finally:
        shelf.faults.clear()


def test_paths_are_written_as_they_were_typed(tmp_path, monkeypatch):
    write_files(tmp_path, {"photos/a.png": "", "labels.csv": "a", ".photox/a": "", "notes.md": ""})
    monkeypatch.chdir(tmp_path)
    assert near_paths("./photoz") == ["./photos"] and near_paths("photoz/") == ["photos"]
    assert near_paths("label.csv", (".csv",)) == ["labels.csv"] and near_paths("label.csv") == []
    assert near_paths(str(tmp_path / "fotos")) == [str(tmp_path / "photos")]
    assert near_paths("no/such/place") == [] and Path("photos").is_dir()


def test_words_of_a_list():
    known = ["mit", "apache-2.0", "cc-by-4.0", "cc-by-nc-4.0"]
    assert near_words("Apache", known) == ["apache-2.0"] and near_words("cc-by", known)[0] == "cc-by-4.0"
    assert near_words("mti", known) == ["mit"] and near_words("zzz", known) == []
