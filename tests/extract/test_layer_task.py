"""Kernels of layers in whole runs: stored apart, found in any order, one a probe, never in the way of features. Several
processes are tested with the features.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from extract.probes import checkpoints, probe, same
from models.checkpoints import photos, save_timm

from hubscore.errors import HubError
from hubscore.extract import layer_task
from hubscore.extract.cache import FeatureCache
from hubscore.extract.concat import concat_probes, split_extractions
from hubscore.extract.events import CandidateFinished
from hubscore.extract.extract_all import extract_all
from hubscore.extract.layer_request import LayerRequest
from hubscore.types import Candidate

PHOTOS = photos(12)
LAYERS = LayerRequest(batch=5)


@pytest.fixture(scope="module")
def candidates(tmp_path_factory):
    return checkpoints(tmp_path_factory.mktemp("checkpoints"))[:2]


def of(places, **known):
    """A probe of some of twelve photos, each known by its content."""
    rows = tuple(f"{place:064d}" for place in places)
    return replace(
        probe(len(places), **known), items=[PHOTOS[place] for place in places], row_ids=rows, fingerprint=str(places)
    )


def run(store, candidates, probe, layers=LAYERS, **options):
    options = {"fetch": lambda one: Path(one.path), "device": "cpu", **options}
    return extract_all(candidates, probe, store=FeatureCache(store), layers=layers, **options)


def no_fetch(one):
    raise AssertionError("the weights are not needed")


def test_kernels_stand_beside_the_same_features(tmp_path, candidates):
    everything = of(range(12))
    plain = run(tmp_path / "plain", candidates, everything, None)
    made = run(tmp_path / "layers", candidates, everything)
    for name, found in made.extractions.items():
        assert same(found.features["penultimate"], plain.extractions[name].features["penultimate"])
        assert found.layer_kernel.shape == (12, 12) and found.layer_kernel.dtype == np.float32
        assert np.all(np.diag(found.layer_kernel) == 1) and found.seconds["layers"] > 0
        assert plain.extractions[name].layer_kernel is None and found.key == plain.extractions[name].key
    resnet, vit = (made.extractions[one.repo_id].notes["layer_kernel"] for one in candidates)
    assert resnet == {
        "batch_norm": True,
        "statistics_batch": 5,
        "transform": "whole",
        "layers": 15,
        "constant": 0,
        "seed": 0,
    }
    assert (vit["batch_norm"], vit["statistics_batch"], vit["transform"]) == (False, None, "own")
    assert (plain.forward_images, made.forward_images) == (24, 24 + 15)  # the vit's layers are seen in passing


def test_without_batchnorm_the_ordinary_pass_serves(tmp_path, candidates):
    vit = candidates[1:2]
    once = run(tmp_path / "once", vit, of([3, 1, 1, 2, 0, 5])).extractions["org/vit"]
    run(tmp_path / "twice", vit, of([3, 1, 1, 2, 0, 5]), None)
    later = run(tmp_path / "twice", vit, of([3, 1, 1, 2, 0, 5]))
    assert later.forward_images == 5
    np.testing.assert_allclose(once.layer_kernel, later.extractions["org/vit"].layer_kernel, atol=1e-5)
    assert once.notes == later.extractions["org/vit"].notes
    some = run(tmp_path / "once", vit, of([0, 1, 7, 8]))
    assert some.forward_images == 2 + 4  # two rows are new, and the kernel takes all four


def test_layers_that_cannot_be_recorded_leave_the_features(tmp_path, candidates, monkeypatch):
    from hubscore.extract import layer_pass

    def broken(*args):
        raise RuntimeError("no such view")

    plain = run(tmp_path / "plain", candidates[1:2], of(range(6)), None).extractions["org/vit"]
    monkeypatch.setattr(layer_pass, "per_item", broken)
    made = run(tmp_path / "layers", candidates[1:2], of(range(6)))
    found = made.extractions["org/vit"]
    assert same(found.features["penultimate"], plain.features["penultimate"]) and made.forward_images == 6
    assert "no such view" in found.notes["layer_kernel"]["reason"] and found.layer_kernel is None


def test_the_second_time_nothing_runs_in_whatever_order_the_rows_stand(tmp_path, candidates):
    first, events = run(tmp_path, candidates, of(range(12))), []
    shuffled = np.random.default_rng(0).permutation(12)
    again = run(
        tmp_path,
        candidates,
        of([int(at) for at in shuffled]),
        fetch=no_fetch,
        fetch_config=lambda one: Path(one.path),
        progress=events.append,
    )
    assert again.forward_images == 0 and all(one.cached for one in events if isinstance(one, CandidateFinished))
    for name, found in again.extractions.items():
        kernel = first.extractions[name].layer_kernel
        assert np.array_equal(found.layer_kernel, kernel[shuffled][:, shuffled])
        assert found.notes == first.extractions[name].notes
    assert len([one for one in FeatureCache(tmp_path).entries() if one.kind == "kernel"]) == 2


def test_only_what_decides_the_kernel_makes_another(tmp_path, candidates):
    resnet = candidates[:1]
    first = run(tmp_path, resnet, of(range(12)))
    assert run(tmp_path, resnet, of(range(12)), batch_size=3).forward_images == 0
    for other, images in (
        (replace(LAYERS, seed=1), 15),
        (replace(LAYERS, batch=7), 14),
        (replace(LAYERS, transform="own"), 15),
    ):
        made = run(tmp_path, resnet, of(range(12)), other)
        assert made.forward_images == images
        assert not np.array_equal(made.extractions["org/resnet"].layer_kernel, first.extractions["org/resnet"])
    fewer = run(tmp_path, resnet, of(range(10)))
    assert fewer.forward_images == 10  # features are there; the kernel depends on the whole probe
    copies = run(tmp_path, resnet, of([0, 1, 2, 2]))
    kernel = copies.extractions["org/resnet"].layer_kernel
    assert copies.forward_images == 3 and kernel[2, 3] == 1 and np.array_equal(kernel[2], kernel[3])


def test_one_kernel_a_probe(tmp_path, candidates):
    parts = [of(range(7)), of(range(5, 12))]
    request = replace(LAYERS, parts=(7, 7))
    together = run(tmp_path / "both", candidates, concat_probes(parts), request)
    for part, found in zip(parts, split_extractions(together.extractions, parts), strict=True):
        alone = run(tmp_path / part.fingerprint, candidates, part)
        for name, extraction in found.items():
            assert np.array_equal(extraction.layer_kernel, alone.extractions[name].layer_kernel)
    uneven = [of(range(4)), of(range(5, 12))]
    again = run(tmp_path / "both", candidates[:1], concat_probes(uneven), replace(LAYERS, parts=(4, 7)))
    found = split_extractions(again.extractions, uneven)
    assert [one["org/resnet"].layer_kernel.shape for one in found] == [(4, 4), (7, 7)]
    assert all(np.isfinite(one["org/resnet"].layer_kernel).all() for one in found)


def test_what_goes_wrong_leaves_the_features(tmp_path, candidates):
    dead = Candidate("org/dead", "8" * 40, "timm", path=str(save_timm(tmp_path / "dead")))
    made = run(tmp_path / "store", [dead, *candidates], of([3, 3, 3, 4]))
    found = made.extractions["org/dead"]
    assert found.layer_kernel is not None  # two different rows make one batch
    alone = run(tmp_path / "store", candidates, of(range(12)), replace(LAYERS, failed={"org/vit": "it was tried"}))
    assert alone.extractions["org/vit"].notes["layer_kernel"] == {"reason": "it was tried"}
    assert alone.extractions["org/vit"].layer_kernel is None and alone.skipped == ()

    def offline(one):
        raise HubError("Cannot reach the Hub", "there is no network", "")

    run(tmp_path / "features", candidates, of(range(12)), None)
    later = run(
        tmp_path / "features", candidates, of(range(12)), fetch=offline, fetch_config=lambda one: Path(one.path)
    )
    assert list(later.extractions) == ["org/resnet", "org/vit"] and later.forward_images == 0
    assert "no network" in later.extractions["org/resnet"].notes["layer_kernel"]["reason"]


def test_a_layer_pass_that_breaks_is_said(tmp_path, candidates, monkeypatch):
    from hubscore.extract import layer_pass

    def broken(*args, **options):
        raise RuntimeError("view size is not compatible")

    monkeypatch.setattr(layer_pass, "run_layers", broken)
    made = run(tmp_path, candidates[:1], of(range(12)))
    reason = made.extractions["org/resnet"].notes["layer_kernel"]["reason"]
    assert "view size is not compatible" in reason and made.skipped == () and made.forward_images == 12


def test_of_too_many_rows_no_kernel_is_made(tmp_path, candidates, monkeypatch):
    monkeypatch.setattr(layer_task, "MOST_ROWS", 5)
    made = run(tmp_path, candidates[:1], of(range(6)))
    assert "all pairs of 6 rows" in made.extractions["org/resnet"].notes["layer_kernel"]["reason"]
    assert made.forward_images == 6


def test_a_damaged_kernel_is_made_again_and_all_are_cleared(tmp_path, candidates):
    first = run(tmp_path, candidates[:1], of(range(6)))
    (file,) = tmp_path.glob("kernels/*")
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.warns(RuntimeWarning, match="Removed the damaged cache file"):
        again = run(tmp_path, candidates[:1], of(range(6)))
    assert again.forward_images == 10
    np.testing.assert_array_equal(
        again.extractions["org/resnet"].layer_kernel, first.extractions["org/resnet"].layer_kernel
    )
    FeatureCache(tmp_path).clear()
    assert not list(tmp_path.rglob("*.safetensors")) and FeatureCache(tmp_path).entries() == ()


def test_networks_that_need_no_kernel(tmp_path, candidates):
    made = run(tmp_path, candidates, of(range(12)), replace(LAYERS, without=frozenset({"org/vit"})))
    assert made.extractions["org/vit"].layer_kernel is None and "layer_kernel" not in made.extractions["org/vit"].notes
    assert made.extractions["org/resnet"].layer_kernel is not None
