import json
import shutil

import numpy as np
import pytest
from modelmap.maps import FAMILIES, PROBE, make, member

from hubscore.errors import StorageError, UsageError
from hubscore.modelmap import model_map as module
from hubscore.modelmap.files import check_free, file_name
from hubscore.modelmap.method import choose_method
from hubscore.modelmap.model_map import ModelMap
from hubscore.similarity.api import similarity

METHODS = ("attribution", "depara", "depara_edges", "cka", "svcca", "pwcca")


def built(tmp_path, name):
    options = {"components": 3} if name in ("svcca", "pwcca") else {}
    return make(tmp_path / name, choose_method(name, **options))


@pytest.mark.parametrize("name", METHODS)
def test_what_was_saved_is_read_again(tmp_path, name):
    model_map = built(tmp_path, name)
    again = ModelMap.open(tmp_path / name)
    assert again.names == tuple(FAMILIES) and again.method == model_map.method and again.probe == PROBE
    assert again.similarities == pytest.approx(model_map.similarities, abs=1e-8)
    assert again.models["lab/next"]["family"] == "convnext"


@pytest.mark.parametrize("name", METHODS)
def test_one_by_one_gives_the_same_table_as_all_at_once(tmp_path, name):
    whole = built(tmp_path, name)
    extended = ModelMap.create(tmp_path / "extended", whole.method, PROBE)
    for model in FAMILIES:
        extended.insert({model: member(model)})
    assert extended.similarities == pytest.approx(whole.similarities, abs=1e-6)
    extended.remove("lab/vit-a")
    keep = [place for place, model in enumerate(FAMILIES) if model != "lab/vit-a"]
    assert extended.similarities == pytest.approx(whole.similarities[np.ix_(keep, keep)], abs=1e-6)
    extended.insert({"lab/vit-a": member("lab/vit-a")})
    assert ModelMap.open(tmp_path / "extended").similarities[-1, 0] == pytest.approx(whole.similarities[2, 0], abs=1e-6)


def test_values_are_those_of_the_comparison_itself(tmp_path):
    model_map = make(tmp_path / "s", choose_method("depara", lambda_=0.5))
    one, other = ({"maps": member(name).maps, "features": member(name).features} for name in ("lab/res-a", "lab/vit-b"))
    assert model_map.similarities[0, 3] == pytest.approx(similarity("depara", one, other, lambda_=0.5), abs=1e-6)
    assert np.diag(model_map.similarities) == pytest.approx(1.5, abs=1e-6)


def test_inserting_one_compares_it_with_each_other_once(tmp_path, monkeypatch):
    model_map = make(tmp_path / "s", choose_method("cka"), names=list(FAMILIES)[:-1])
    asked = []
    real = module.pairwise

    def counted(name, items, others=None, **options):
        asked.append((len(items), len(others)))
        return real(name, items, others, **options)

    monkeypatch.setattr(module, "pairwise", counted)
    before = {model: (tmp_path / "s" / facts["file"]).stat().st_mtime_ns for model, facts in model_map.models.items()}
    model_map.insert({"lab/next": member("lab/next")})
    assert asked == [(1, 5)]
    assert {model: (tmp_path / "s" / model_map.models[model]["file"]).stat().st_mtime_ns for model in before} == before


def test_lambda_can_change_without_computing_anything(tmp_path):
    model_map = make(tmp_path / "s", choose_method("depara"))
    nodes, edges = model_map.tables["depara_nodes"], model_map.tables["depara_edges"]
    assert model_map.with_lambda(10).similarities == pytest.approx(nodes + 10 * edges)
    assert model_map.with_lambda(0).method.best == 1.0
    with pytest.raises(UsageError, match="only depara weighs"):
        make(tmp_path / "t", choose_method("cka")).with_lambda(1)


def test_a_dead_network_is_undefined_with_the_reason_and_the_rest_goes_on(tmp_path):
    model_map = make(tmp_path / "s", choose_method("depara"))
    model_map.insert({"lab/dead": member("lab/dead", dead=True)})
    assert np.isnan(model_map.similarities[-1]).all() and np.isfinite(model_map.similarities[:-1, :-1]).all()
    again = ModelMap.open(tmp_path / "s")
    assert "a map is zero" in again.reason("lab/dead", "lab/next") and "a map is zero" in again.reason(
        "lab/next", "lab/dead"
    )
    assert again.reason("lab/next", "lab/res-a") is None
    again.remove("lab/dead")
    assert not any("lab/dead" in pair for found in ModelMap.open(tmp_path / "s").undefined.values() for pair in found)


def test_removed_files_go_and_others_stay(tmp_path):
    model_map = make(tmp_path / "s")
    model_map.remove("lab/vit-b")
    kept = {file_name(model) for model in FAMILIES if model != "lab/vit-b"}
    assert {f"models/{path.name}" for path in (tmp_path / "s" / "models").iterdir()} == kept
    assert "lab/vit-b" not in ModelMap.open(tmp_path / "s").models


def test_names_may_be_given_by_their_ending_where_that_is_unique(tmp_path):
    assert make(tmp_path / "slash").named("lab/next/") == "lab/next"
    model_map = make(tmp_path / "s")
    assert model_map.named("vit-b") == model_map.named("https://hf.co/lab/vit-b") == "lab/vit-b"
    with pytest.raises(UsageError, match="did you mean lab/vit-"):
        model_map.remove("vit-c")


def test_a_model_goes_in_once(tmp_path):
    model_map = make(tmp_path / "s")
    with pytest.raises(UsageError, match=r"in the map already\nTry: remove it first: --remove \S+$") as told:
        model_map.insert({"lab/next": member("lab/next")})
    assert "--remove" in told.value.fix


def test_maps_of_another_size_leave_the_space_as_it_was(tmp_path):
    from dataclasses import replace

    model_map = make(tmp_path / "s")
    odd = replace(member("lab/odd"), maps=np.zeros((24, 3, 5, 5), np.float16))
    with pytest.raises(UsageError, match="different shapes"):
        model_map.insert({"lab/odd": odd})
    assert "lab/odd" not in model_map.models and "lab/odd" not in ModelMap.open(tmp_path / "s").models
    assert len(list((tmp_path / "s" / "models").iterdir())) == len(model_map)


def test_folders_that_hold_no_map(tmp_path):
    with pytest.raises(UsageError, match=r"not a model map: there is no map\.json") as told:
        ModelMap.open(tmp_path)
    assert "--save DIR" in told.value.fix
    for text, why in (("[]", "of another program"), ('{"name": "x"}', "of another program")):
        (tmp_path / "map.json").write_text(text)
        with pytest.raises(UsageError, match=why):
            ModelMap.open(tmp_path)


def test_a_map_of_an_earlier_hubscore_is_read_and_changed(tmp_path):
    folder = make(tmp_path / "s").folder
    data = json.loads((folder / "map.json").read_text())
    (folder / "map.json").unlink()
    (folder / "space.json").write_text(json.dumps({"space": data.pop("map"), **data}))
    opened = ModelMap.open(folder)
    assert opened.names == tuple(FAMILIES)
    with pytest.raises(UsageError, match="there is one already"):
        check_free(folder)
    opened.remove(opened.names[0])
    assert not (folder / "space.json").exists() and ModelMap.open(folder).names == tuple(FAMILIES)[1:]


def test_damaged_and_newer_manifests(tmp_path):
    make(tmp_path / "s")
    path = tmp_path / "s" / "map.json"
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    with pytest.raises(StorageError, match="it is damaged"):
        ModelMap.open(tmp_path / "s")
    data = json.loads(text)
    path.write_text(json.dumps({**data, "map": 99}))
    with pytest.raises(UsageError, match="version 99, and this hubscore reads version 1"):
        ModelMap.open(tmp_path / "s")
    for part, key in (("method", "lambda"), ("probe", "images"), ("probe", "dataset")):
        path.write_text(json.dumps({**data, part: {name: value for name, value in data[part].items() if name != key}}))
        with pytest.raises(StorageError, match=f"it is damaged .there is no {key}"):
            ModelMap.open(tmp_path / "s")
    for damaged in (
        {"tables": {"attribution": [[1.0]]}},
        {"models": [{"model": "lab/net"}]},
        {"undefined": {"attribution": [["a"]]}},
    ):
        path.write_text(json.dumps({**data, **damaged}))
        with pytest.raises(StorageError, match="it is damaged") as told:
            ModelMap.open(tmp_path / "s")
        assert "--save DIR" in told.value.fix
    del data["tables"]
    path.write_text(json.dumps(data))
    with pytest.raises(StorageError, match="there is no tables"):
        ModelMap.open(tmp_path / "s")


@pytest.mark.parametrize("damage", ["missing", "cut"])
def test_a_damaged_model_file_is_named_with_the_way_out(tmp_path, damage):
    model_map = make(tmp_path / "s")
    path = tmp_path / "s" / model_map.models["lab/res-a"]["file"]
    path.unlink() if damage == "missing" else path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StorageError, match=r"lab--res-a.*(missing|damaged)") as told:
        model_map.insert({"lab/new": member("lab/new")})
    assert "--remove ID" in told.value.fix
    model_map = ModelMap.open(tmp_path / "s")
    model_map.remove("lab/res-a")
    model_map.insert({"lab/new": member("lab/new"), "lab/res-a": member("lab/res-a")})
    assert np.isfinite(model_map.similarities).all()


def test_lost_pictures_are_no_fault_of_a_model(tmp_path):
    model_map = make(tmp_path / "s")
    (tmp_path / "s" / "probe.safetensors").unlink()
    with pytest.raises(StorageError, match=r"probe\.safetensors.*missing") as told:
        model_map.pictures()
    assert "make the map again" in told.value.fix and "--remove" not in told.value.fix


def test_a_new_space_overwrites_nothing(tmp_path):
    make(tmp_path / "s")
    with pytest.raises(UsageError, match="there is one already") as told:
        make(tmp_path / "s")
    assert "--add ID" in told.value.fix
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").touch()
    with pytest.raises(UsageError, match="something else is there"):
        make(tmp_path / "other")


def test_a_space_may_be_moved(tmp_path):
    make(tmp_path / "s")
    shutil.move(tmp_path / "s", tmp_path / "t")
    model_map = ModelMap.open(tmp_path / "t")
    model_map.insert({"lab/new": member("lab/new")})
    assert np.isfinite(model_map.similarities).all()


def test_a_space_of_features_has_no_maps(tmp_path):
    model_map = make(tmp_path / "s", choose_method("cka"))
    with pytest.raises(UsageError, match="compares features"):
        model_map.maps("lab/next")
