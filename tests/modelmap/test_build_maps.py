"""Model maps by attribution maps, from the images to the table."""

import numpy as np
import pytest
from e2e.conftest import photo_folder
from hubfixture import add_dataset, save_tiny_timm

from hubscore.errors import CandidateError
from hubscore.modelmap.build import add_models, build_map
from hubscore.modelmap.method import ATTRIBUTIONS, choose_method
from hubscore.modelmap.model_map import ModelMap
from hubscore.run.options import RunOptions
from hubscore.similarity.api import similarity


@pytest.fixture(scope="module")
def unlabeled(hub):
    """Pictures without classes."""
    files = {f"train/{number:02d}.png": content for number, content in enumerate(photo_folder(2).values())}
    add_dataset(hub.root, "tiny/unlabeled-few", files)
    return "tiny/unlabeled-few"


@pytest.fixture(scope="module")
def three(hub, tiny_repos):
    for seed in (7, 8):
        save_tiny_timm(hub.root / "models" / "maps" / f"resnet-{seed}", seed=seed)
    return [tiny_repos.timm, "maps/resnet-7", "maps/resnet-8"]


@pytest.mark.parametrize("kind", ATTRIBUTIONS)
def test_maps_are_kept_and_compared(unlabeled, three, tmp_path, kind):
    method = choose_method("attribution", attribution=kind, map_size=16)
    running = RunOptions(device="cpu", cache_dir=tmp_path / "c")
    model_map = build_map(unlabeled, tmp_path / "s", models=three, method=method, run=running)
    maps = [model_map.maps(name)[0:6] for name in three]
    assert all(one.shape == (6, 3, 16, 16) and one.dtype == np.float16 for one in maps)
    assert model_map.pictures().shape == (6, 64, 64, 3)
    assert model_map.similarities[0, 1] == pytest.approx(similarity("attribution", *maps[:2]), abs=1e-6)
    assert np.diag(model_map.similarities) == pytest.approx(1, abs=1e-6)
    assert model_map.similarities == pytest.approx(model_map.similarities.T)
    assert (model_map.similarities < 1.01).all()


def test_a_model_that_does_not_depend_on_the_image_is_left_out_by_name(unlabeled, three, tiny_repos, tmp_path):
    """The tiny backbone's random weights put every unit of its last nonlinearity at 0."""
    names = [*three[:2], tiny_repos.headless]
    model_map = build_map(
        unlabeled, tmp_path / "s", models=names, run=RunOptions(device="cpu", cache_dir=tmp_path / "c")
    )
    assert model_map.names == tuple(three[:2])
    with pytest.raises(
        CandidateError, match=r"No model can be added to the map: tiny/mobilenet-backbone: .* does not depend"
    ):
        add_models(model_map, [tiny_repos.headless], run=RunOptions(device="cpu", cache_dir=tmp_path / "c"))
    assert [item.model for item in model_map.skipped] == [
        tiny_repos.headless
    ] and "does not depend on the input" in model_map.skipped[0].reason


def test_the_batch_size_changes_nothing(unlabeled, three, tmp_path):
    method = choose_method("attribution", attribution="gradient_x_input")
    tables = []
    for batch in (2, 6):
        running = RunOptions(device="cpu", cache_dir=tmp_path / str(batch), batch_size=batch)
        tables.append(
            build_map(unlabeled, tmp_path / f"s{batch}", models=three, method=method, run=running).similarities
        )
    assert tables[0] == pytest.approx(tables[1], abs=1e-3)


def test_depara_keeps_nodes_and_edges_and_one_more_model_runs_alone(unlabeled, three, tmp_path):
    method = choose_method("depara", lambda_=0.5)
    build_map(
        unlabeled,
        tmp_path / "s",
        models=three[:2],
        method=method,
        run=RunOptions(device="cpu", cache_dir=tmp_path / "c"),
    )
    model_map = ModelMap.open(tmp_path / "s")
    add_models(model_map, three[2:], run=RunOptions(device="cpu", cache_dir=tmp_path / "fresh"))
    assert model_map.forward_images == 6
    items = [{"maps": model_map.maps(name)[0:6], "features": model_map.features(name)} for name in three]
    assert model_map.similarities[0, 2] == pytest.approx(
        similarity("depara", items[0], items[2], lambda_=0.5), abs=1e-6
    )
    whole = build_map(
        unlabeled, tmp_path / "t", models=three, method=method, run=RunOptions(device="cpu", cache_dir=tmp_path / "c")
    )
    assert model_map.similarities == pytest.approx(whole.similarities, abs=1e-5)
