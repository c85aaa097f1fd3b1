import numpy as np
import pytest
from e2e.conftest import photo_folder
from hubfixture import add_dataset

from hubscore.errors import DatasetError, UsageError
from hubscore.modelmap.build import add_models, build_map
from hubscore.modelmap.method import choose_method
from hubscore.modelmap.model_map import ModelMap
from hubscore.run.options import RunOptions
from hubscore.similarity.api import similarity


@pytest.fixture(scope="module")
def unlabeled(hub):
    """Pictures without classes."""
    files = {f"train/{number:02d}.png": content for number, content in enumerate(photo_folder(6).values())}
    add_dataset(hub.root, "tiny/unlabeled", files)
    return "tiny/unlabeled"


@pytest.fixture
def three(tiny_repos):
    return [tiny_repos.timm, tiny_repos.transformers, tiny_repos.headless]


def running(tmp_path):
    return RunOptions(device="cpu", cache_dir=tmp_path)


def test_a_space_of_features_over_unlabeled_images(unlabeled, three, tmp_path):
    model_map = build_map(
        unlabeled, tmp_path / "s", models=three, method=choose_method("cka"), run=running(tmp_path / "c")
    )
    assert model_map.names == tuple(three) and model_map.forward_images == 18 * 3 and model_map.probe["images"] == 18
    assert model_map.models[three[0]]["family"] == "resnet" and len(model_map.models[three[0]]["revision"]) == 40
    expected = similarity("cka", model_map.features(three[0]), model_map.features(three[1]))
    assert model_map.similarities[0, 1] == pytest.approx(expected, abs=1e-8)


def test_one_model_goes_in_and_no_other_runs(unlabeled, three, tmp_path):
    method = choose_method("cka")
    build_map(unlabeled, tmp_path / "s", models=three[:2], method=method, run=running(tmp_path / "c"))
    model_map = ModelMap.open(tmp_path / "s")
    add_models(model_map, three[2:], run=running(tmp_path / "fresh"))  # an empty cache: whoever ran would be counted
    assert model_map.forward_images == 18 and model_map.names == tuple(three)
    whole = build_map(unlabeled, tmp_path / "t", models=three, method=method, run=running(tmp_path / "c"))
    assert model_map.similarities == pytest.approx(whole.similarities, abs=1e-6)


def test_a_model_that_is_there_is_refused_before_anything_runs(unlabeled, three, tmp_path):
    model_map = build_map(
        unlabeled, tmp_path / "s", models=three[:2], method=choose_method("cka"), run=running(tmp_path / "c")
    )
    with pytest.raises(UsageError, match="in the map already"):
        add_models(model_map, three[:1], run=running(tmp_path / "fresh"))
    assert model_map.forward_images == 36


def test_fewer_than_two_models_are_refused_with_the_reasons(unlabeled, three, tmp_path):
    with pytest.raises(UsageError, match="only one model can be used, and a map needs two") as told:
        build_map(
            unlabeled,
            tmp_path / "s",
            models=[three[0], "tiny/none"],
            method=choose_method("cka"),
            run=running(tmp_path / "c"),
        )
    assert "tiny/none" in str(told.value)
    assert not (tmp_path / "s").exists()


def test_images_that_changed_are_noticed(three, tmp_path):
    from PIL import Image

    def fill(seed):
        rng = np.random.default_rng(seed)
        for number in range(6):
            Image.fromarray(rng.integers(0, 255, size=(40, 40, 3)).astype(np.uint8)).save(
                tmp_path / "photos" / f"{number}.png"
            )

    (tmp_path / "photos").mkdir()
    fill(0)
    model_map = build_map(
        tmp_path / "photos",
        tmp_path / "s",
        models=three[:2],
        method=choose_method("cka"),
        run=running(tmp_path / "c"),
    )
    fill(1)
    with pytest.raises(DatasetError, match="has changed: its rows are not those") as told:
        add_models(model_map, three[2:], run=running(tmp_path / "c"))
    assert "make the map again" in told.value.fix


def test_two_images_are_too_few_for_canonical_correlations(three, unlabeled, tmp_path):
    model_map = build_map(
        unlabeled,
        tmp_path / "s",
        models=three,
        method=choose_method("svcca"),
        samples=4,
        run=running(tmp_path / "c"),
    )
    assert np.isnan(model_map.similarities).all()
    assert "always correlate perfectly" in model_map.reason(three[0], three[1])
