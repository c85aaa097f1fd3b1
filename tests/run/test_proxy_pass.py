import shutil
from dataclasses import replace

import numpy as np
import pytest
from e2e.conftest import colours
from hubfixture import save_tiny_timm
from models.checkpoints import saved

from hubscore.errors import CandidateError
from hubscore.recommend.history import History
from hubscore.recommend.proxies import DEFAULT_PROXY
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.proxy_pass import look, look_for

__all__ = ["colours", "saved"]  # fixtures


@pytest.fixture
def clip(hub, saved):
    """A tiny CLIP under the name of the real one."""
    place = hub.root / "models" / DEFAULT_PROXY
    shutil.copytree(saved("clip"), place)
    yield DEFAULT_PROXY
    shutil.rmtree(place.parent)


def test_a_data_set_as_a_proxy_sees_it(tiny_repos, colours, tmp_path):
    data, run = DataOptions(samples=9), RunOptions(device="cpu", cache_dir=tmp_path)
    seen, again = (look(colours, tiny_repos.timm, data=data, run=run) for _ in range(2))
    assert seen.proxy == tiny_repos.timm and len(seen.proxy_revision) == 40
    assert seen.vector.ndim == 1 and np.isfinite(seen.vector).all() and np.array_equal(seen.vector, again.vector)
    pinned = look(colours, f"{tiny_repos.timm}@{seen.proxy_revision}", data=data, run=run)
    assert (pinned.proxy, pinned.proxy_revision) == (seen.proxy, seen.proxy_revision)


def test_by_default_the_image_tower_of_clip_looks(clip, colours):
    seen = look(colours, data=DataOptions(samples=6), run=RunOptions(device="cpu"))
    assert seen.proxy == clip and seen.vector.shape == (look_size(clip),)


def look_size(name):
    """How wide the image embedding of a CLIP is, by its own configuration."""
    from transformers import CLIPConfig

    return CLIPConfig.from_pretrained(name).projection_dim


def test_a_folder_keeps_its_place_to_itself(colours, tmp_path):
    seen = look(colours, str(save_tiny_timm(tmp_path / "secret" / "net")), run=RunOptions(device="cpu"))
    assert seen.proxy.startswith("net@local-")


@pytest.mark.parametrize(("proxy", "named"), [("tiny/nothing", "tiny/nothing"), ("clip", DEFAULT_PROXY)])
def test_a_proxy_that_cannot_be_had_is_named(tiny_repos, colours, proxy, named):
    with pytest.raises(CandidateError, match=f"The proxy '{named}' cannot be used") as raised:
        look(colours, proxy)
    assert "--proxy" in raised.value.fix


def test_the_histories_own_proxy_looks_where_it_can_be_had(tiny_repos, colours):
    run = RunOptions(device="cpu")
    seen = look(colours, tiny_repos.timm, run=run)
    past = History.of(["a"], ["x", "y", "z"], np.zeros((1, 3)))
    past = replace(past, task_vectors=dict.fromkeys(past.tasks, seen))
    found, told = look_for(past, colours, run=run)
    assert told == "" and np.array_equal(found.vector, seen.vector) and found.proxy_revision == seen.proxy_revision
    assert look_for(past, colours, "none") == (None, "")
    assert look_for(past, "me/z") == (None, "")  # it was looked at
    gone = replace(past, task_vectors=dict.fromkeys(past.tasks, replace(seen, proxy="tiny/gone")))
    found, told = look_for(gone, colours)
    assert found is None and told.startswith("tiny/gone, by which") and "--proxy" in told
