import numpy as np
import pytest
from e2e.conftest import photo_folder
from hubfixture import add_dataset

from hubscore.errors import DatasetError, UsageError
from hubscore.modelmap.build import add_models, build_map
from hubscore.modelmap.method import choose_method
from hubscore.modelmap.model_map import ModelMap
from hubscore.run.running import Running
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
    return Running(device="cpu", cache_dir=tmp_path)


def test_a_space_of_features_over_unlabeled_images(unlabeled, three, tmp_path):
    space = build_map(
        unlabeled, tmp_path / "s", models=three, method=choose_method("cka"), running=running(tmp_path / "c")
    )
    assert space.names == tuple(three) and space.forward_images == 18 * 3 and space.probe["images"] == 18
    assert space.models[three[0]]["family"] == "resnet" and len(space.models[three[0]]["revision"]) == 40
    expected = similarity("cka", space.features(three[0]), space.features(three[1]))
    assert space.similarities[0, 1] == pytest.approx(expected, abs=1e-8)


def test_one_model_goes_in_and_no_other_runs(unlabeled, three, tmp_path):
    method = choose_method("cka")
    build_map(unlabeled, tmp_path / "s", models=three[:2], method=method, running=running(tmp_path / "c"))
    space = ModelMap.open(tmp_path / "s")
    add_models(space, three[2:], running=running(tmp_path / "fresh"))  # an empty cache: whoever ran would be counted
    assert space.forward_images == 18 and space.names == tuple(three)
    whole = build_map(unlabeled, tmp_path / "t", models=three, method=method, running=running(tmp_path / "c"))
    assert space.similarities == pytest.approx(whole.similarities, abs=1e-6)


def test_a_model_that_is_there_is_refused_before_anything_runs(unlabeled, three, tmp_path):
    space = build_map(
        unlabeled, tmp_path / "s", models=three[:2], method=choose_method("cka"), running=running(tmp_path / "c")
    )
    with pytest.raises(UsageError, match="in the space already"):
        add_models(space, three[:1], running=running(tmp_path / "fresh"))
    assert space.forward_images == 36


def test_fewer_than_two_models_are_refused_with_the_reasons(unlabeled, three, tmp_path):
    with pytest.raises(UsageError, match="only one model can be used, and a space needs two") as told:
        build_map(
            unlabeled,
            tmp_path / "s",
            models=[three[0], "tiny/none"],
            method=choose_method("cka"),
            running=running(tmp_path / "c"),
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
    space = build_map(
        tmp_path / "photos",
        tmp_path / "s",
        models=three[:2],
        method=choose_method("cka"),
        running=running(tmp_path / "c"),
    )
    fill(1)
    with pytest.raises(DatasetError, match="has changed: its rows are not those") as told:
        add_models(space, three[2:], running=running(tmp_path / "c"))
    assert "make the space again" in told.value.fix


def test_two_images_are_too_few_for_canonical_correlations(three, unlabeled, tmp_path):
    space = build_map(
        unlabeled,
        tmp_path / "s",
        models=three,
        method=choose_method("svcca"),
        samples=4,
        running=running(tmp_path / "c"),
    )
    assert np.isnan(space.similarities).all()
    assert "always correlate perfectly" in space.reason(three[0], three[1])
