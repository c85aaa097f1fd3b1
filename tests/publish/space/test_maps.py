import json

import numpy as np
import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from data import Folder, Results
from hubfixture import add_dataset
from huggingface_hub import HfApi, hf_hub_download
from modelmap.maps import FAMILIES, make
from page import Pages
from spacedata import example_ranking
from state import State
from typer.testing import CliRunner
from views import compare, modelmap

from hubscore.cli.main import app
from hubscore.errors import UsageError
from hubscore.modelmap.method import choose_method
from hubscore.publish.results import publish_results, write_results
from hubscore.publish.space.maps import IMAGES, add_map, map_file, publish_map

REPO = "lab/map-results"


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps") / "space"
    make(folder)
    return folder


def test_the_page_draws_what_was_saved(saved, tmp_path):
    write_results(tmp_path, [example_ranking()])
    target = add_map(saved, tmp_path)
    page = Pages(Results(Folder(tmp_path))).open(State(view="map", map=f"maps/{target.name}"))
    drawn = modelmap.read_map(page.results.file(f"maps/{target.name}"))
    assert drawn.models == tuple(FAMILIES) and drawn.families == tuple(FAMILIES.values())
    assert (
        len(drawn.linkage) == 4 and len(drawn.coordinates) == 5 and not drawn.alike and np.isfinite(drawn.matrix).all()
    )
    order = [drawn.models[leaf] for leaf in modelmap.leaves(drawn)]
    assert abs(order.index("lab/res-a") - order.index("lab/res-b")) == 1
    assert "Tree" in modelmap.render(page)
    found, title = compare.pictures(page, ["lab/vit-a"])
    assert len(found["lab/vit-a"]) == IMAGES and title == drawn.title


def test_features_make_a_map_without_pictures(tmp_path):
    path, content = map_file(make(tmp_path / "space", choose_method("cka")))
    assert "attributions" not in content and path == "maps/user-shapes-ffffffff-cka.json"


def test_a_data_set_that_is_not_public_is_not_shown(saved):
    from hubscore.modelmap.model_map import ModelMap

    path, content = map_file(ModelMap.open(saved), public=False)
    assert (
        "shapes" not in json.dumps(content) + path and "attributions" not in content and content["dataset"] == "private"
    )


def test_folders_of_this_machine_lose_their_place(tmp_path):
    from hubscore.modelmap.model_map import ModelMap

    space = ModelMap.open(make(tmp_path / "space").folder)
    space.probe = {**space.probe, "dataset": "/home/ann/secret/photos"}
    path, content = map_file(space)
    assert content["dataset"] == "photos" and "secret" not in json.dumps(content) + path


def test_it_is_sent_only_with_yes_and_only_once(hub, saved, tmp_path):
    api = HfApi(endpoint=hub.url, token="hf_alice")
    ranking = tmp_path / "ranking.json"
    example_ranking(models=3).save(str(ranking))
    publish_results(str(ranking), repo=REPO, yes=True, api=api)
    told = publish_map(saved, results_repo=REPO, token="hf_alice")
    assert (
        told.outcome == "planned"
        and "maps/private-ffffffff-attribution.json" in told.diff
        and "are left out" in told.diff
    )
    add_dataset(hub.root, "user/shapes", {"data.csv": "a\n1\n"})
    told = publish_map(saved, results_repo=REPO, token="hf_alice", yes=True)
    assert told.outcome == "published" and told.diff.startswith("+ maps/user-shapes-ffffffff-attribution.json")
    assert publish_map(saved, results_repo=REPO, token="hf_alice", yes=True).outcome == "unchanged"
    local = hf_hub_download(
        REPO, "maps/user-shapes-ffffffff-attribution.json", repo_type="dataset", endpoint=hub.url, token="hf_alice"
    )
    assert modelmap.read_map(json.loads(open(local, encoding="utf-8").read())) is not None


def test_the_command(saved, tmp_path):
    runner = CliRunner()
    assert runner.invoke(app, ["space", "--add-map", str(saved), "--results", str(tmp_path)]).exit_code == 0
    assert list((tmp_path / "maps").glob("*.json"))
    failed = runner.invoke(app, ["space", "--add-map", str(saved), "--results", str(tmp_path), "--repo", "a/b"])
    assert isinstance(failed.exception, UsageError)
