"""Whole runs over real checkpoints: what is computed, what is reused, what is skipped, alone and in two processes."""

import hashlib
import json
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from extract.probes import checkpoints, probe, same
from extract.ranks import run_ranks
from models.checkpoints import photos
from smalldisk import small_files

from hubscore.errors import CandidateError, HubError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.events import CandidateFinished, CandidateSkipped, CandidateStarted
from hubscore.extract.extract_all import extract_all
from hubscore.extract.layer_request import LayerRequest
from hubscore.types import Candidate, Extraction

PROBE = probe()


@pytest.fixture(scope="module")
def candidates(tmp_path_factory):
    return checkpoints(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def run(tmp_path):
    """Runs candidates over the probe, from their own folders into a fresh store."""

    def extract(candidates, **options):
        options = {
            "fetch": lambda one: Path(one.path),
            "store": FeatureCache(tmp_path / "store"),
            "device": "cpu",
            **options,
        }
        return extract_all(candidates, options.pop("probe", PROBE), **options)

    return extract


def bad(**known) -> Candidate:
    return Candidate("org/bad", "9" * 40, "timm", **known)


def test_every_candidate_in_order(run, candidates):
    outcome = run(candidates)
    assert list(outcome.extractions) == [one.repo_id for one in candidates] and outcome.skipped == ()
    assert outcome.forward_images == len(candidates) * len(PROBE)
    for one in candidates:
        found = outcome.extractions[one.repo_id]
        assert found.model == one.repo_id and found.revision == one.revision
        assert (
            found.features["penultimate"].shape[0] == len(PROBE) and found.features["penultimate"].dtype == np.float32
        )
    shapes = {name.partition("/")[2]: found.logits is not None for name, found in outcome.extractions.items()}
    assert shapes == {"resnet": True, "vit": True, "detr": False}


def test_what_an_extraction_records(run, candidates):
    found = run(candidates[1:2]).extractions["org/vit"]
    assert found.layers == 10 and found.input_size == (32, 32) and found.device == "cpu" and found.dtype == "float32"
    assert found.parameters > 1000 and set(found.versions) == {
        "hubscore",
        "torch",
        "torchvision",
        "pillow",
        "transformers",
    }
    assert set(found.seconds) == {"load", "transform", "forward", "total"} and all(
        value > 0 for value in found.seconds.values()
    )
    assert (
        found.transform["features"] == "input of the classification head"
        and found.transform["library"] == "transformers"
    )
    assert Extraction.from_json(json.loads(json.dumps(found.to_json()))).transform == found.transform


def test_a_second_run_computes_nothing_and_needs_no_weights(run, candidates):
    first, events = run(candidates), []

    def fetch(one):
        raise AssertionError("the weights are not needed")

    second = run(candidates, fetch=fetch, fetch_config=lambda one: Path(one.path), progress=events.append)
    assert second.forward_images == 0
    assert [event.cached for event in events if isinstance(event, CandidateFinished)] == [True] * 3
    for name, found in first.extractions.items():
        again = second.extractions[name]
        assert same(found.features["penultimate"], again.features["penultimate"]) and same(found.logits, again.logits)
        assert (again.key, again.seconds, again.transform, again.input_size) == (
            found.key,
            found.seconds,
            found.transform,
            found.input_size,
        )


def test_batch_size_and_name_share_the_cache_and_another_probe_or_size_does_not(run, candidates):
    vit = candidates[1]
    run([vit])
    renamed = run([replace(vit, repo_id="fork/vit")], batch_size=2)
    assert renamed.forward_images == 0 and renamed.extractions["fork/vit"].model == "fork/vit"
    assert run([vit], probe=probe(fingerprint="other")).forward_images == len(PROBE)
    larger = run([vit, replace(vit, repo_id="org/small", input_size=32)], input_size=48)
    assert larger.extractions["org/small"].input_size == (32, 32)
    assert run([replace(vit, input_size=48)]).forward_images == 0  # whoever asked for the size
    assert larger.forward_images == 2 * len(PROBE) and larger.extractions["org/vit"].input_size == (48, 48)


PHOTOS = photos(8)


def of(places):
    """A probe of some of eight photos, each known by its content."""
    ids = tuple(hashlib.sha256(f"photo {at}".encode()).hexdigest() for at in places)
    return replace(probe(len(places)), items=[PHOTOS[at] for at in places], row_ids=ids, fingerprint=str(places))


def features(outcome, model="org/vit"):
    return outcome.extractions[model].features["penultimate"]


def near(a, b):
    """Within what another batch may change, see run_network."""
    return bool(np.abs(a - b).max() <= 1e-5 * np.abs(b).max())


def test_a_larger_probe_runs_only_the_rows_that_are_new(run, candidates):
    assert run(candidates, probe=of([0, 1])).forward_images == 2 * len(candidates)
    larger = run(candidates, probe=of(range(8)))
    assert larger.forward_images == 6 * len(candidates)
    alone = run(candidates, probe=of(range(8)), store=FeatureCache(Path(candidates[0].path).parent / "alone"))
    assert alone.forward_images == 8 * len(candidates)
    for name, found in alone.extractions.items():
        assert near(features(larger, name), features(alone, name)) and larger.extractions[name].key == found.key
        assert (found.logits is None) or near(larger.extractions[name].logits, found.logits)
    smaller = run(candidates, probe=of([5, 1, 3]))
    assert smaller.forward_images == 0
    assert same(features(smaller), features(larger)[[5, 1, 3]])


def test_rows_in_another_order_are_the_same_rows(run, candidates):
    first = run(candidates[1:2], probe=of([0, 1, 2, 3]))
    shuffled = run(candidates[1:2], probe=of([2, 0, 3, 1]))
    assert shuffled.forward_images == 0 and same(features(shuffled), features(first)[[2, 0, 3, 1]])
    assert shuffled.extractions["org/vit"].key != first.extractions["org/vit"].key


def test_a_row_that_stands_twice_runs_once(run, candidates):
    outcome = run(candidates[1:2], probe=of([0, 1, 0, 2, 1]))
    assert outcome.forward_images == 3 and len(features(outcome)) == 5
    assert same(features(outcome)[[0, 1]], features(outcome)[[2, 4]])


def test_a_run_that_finds_everything_gives_the_bits_of_the_cold_run(run, candidates, tmp_path):
    cold = run(candidates, probe=of(range(8)))
    run(candidates, probe=of([7, 1]))
    warm = run(candidates, probe=of(range(8)))
    assert warm.forward_images == 0
    for name in cold.extractions:
        assert same(features(warm, name), features(cold, name))
        assert same(warm.extractions[name].logits, cold.extractions[name].logits)
        assert warm.extractions[name].seconds == cold.extractions[name].seconds


def test_a_damaged_block_costs_only_its_own_rows(run, candidates, tmp_path):
    vit = candidates[1:2]
    run(vit, probe=of([0, 1, 2]))
    (damaged,) = (tmp_path / "store").rglob("*.safetensors")
    before = run(vit, probe=of(range(5)))
    assert before.forward_images == 2
    content = bytearray(damaged.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    with pytest.warns(RuntimeWarning, match="Removed the damaged cache file"):
        again = run(vit, probe=of(range(5)))
    assert again.forward_images == 3 and near(features(again), features(before))


def test_what_an_earlier_version_stored_is_not_read(run, candidates, tmp_path):
    folder = tmp_path / "store" / "extractions"
    folder.mkdir(parents=True)
    for name in ("0" * 64, "f" * 64):
        (folder / f"{name}.safetensors").write_bytes(b"whatever it was")
    assert run(candidates[1:2]).forward_images == len(PROBE)
    assert len(list(folder.iterdir())) == 2


def test_features_that_never_vary_are_refused_whichever_rows_are_known(run, candidates, tmp_path):
    from models.checkpoints import save_timm
    from safetensors.torch import load_file, save_file

    save_timm(tmp_path / "flat")
    weights = load_file(tmp_path / "flat" / "model.safetensors")
    save_file({key: value * 0 for key, value in weights.items()}, tmp_path / "flat" / "model.safetensors")
    flat = Candidate("org/flat", "1" * 40, "timm", path=str(tmp_path / "flat"))
    assert run([flat], probe=of([0])).forward_images == 1  # one row says nothing
    for places in ([0, 1], [2, 3], [0, 1, 2, 3]):
        outcome = run([flat], probe=of(places))
        assert [item.reason for item in outcome.skipped] == [
            f"its features are the same for all {len(places)} rows; choose another checkpoint"
        ]


def test_one_bad_checkpoint_never_stops_a_run(run, candidates, tmp_path):
    (tmp_path / "config.json").write_text('{"architecture": "test_resnet"}')
    events = []
    outcome = run([candidates[0], bad(path=str(tmp_path)), candidates[1]], progress=events.append)
    assert list(outcome.extractions) == ["org/resnet", "org/vit"]
    assert [item.model for item in outcome.skipped] == ["org/bad"]
    assert "a config without weights: there is none of model.safetensors" in outcome.skipped[0].reason
    told = [(type(event), event.model, event.index, event.total) for event in events]
    assert told[2:4] == [(CandidateStarted, "org/bad", 2, 3), (CandidateSkipped, "org/bad", 2, 3)] and len(told) == 6
    assert events[3].reason == outcome.skipped[0].reason and events[3].seconds >= 0


@pytest.mark.parametrize("error", [HubError, CandidateError])
def test_what_cannot_be_fetched_is_skipped_with_its_reason(run, candidates, error):
    def fetch(one):
        if one.repo_id == "org/bad":
            why, about = "its owner lets in only people who were granted access", {"subject": "org/bad"}
            raise error("Model 'org/bad' is gated", why, "hf auth login", **about, predicate="is gated")
        return Path(one.path)

    outcome = run([bad(), candidates[0]], fetch=fetch)
    assert [item.reason for item in outcome.skipped] == [
        "is gated: its owner lets in only people who were granted access; hf auth login"
    ]
    assert list(outcome.extractions) == ["org/resnet"]


def test_ctrl_c_keeps_what_is_finished_and_the_next_run_goes_on(run, candidates):
    def stop(event):
        if isinstance(event, CandidateStarted) and event.index == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(candidates, progress=stop)
    assert run(candidates).forward_images == len(PROBE)  # only the third


def test_a_full_disk_costs_the_cache_alone(run, candidates):
    run(candidates[:1])
    with small_files(500), pytest.warns(RuntimeWarning, match="Cannot store the features of 'org/vit'"):
        outcome = run(candidates[:2])
    assert len(outcome.extractions) == 2 and outcome.forward_images == len(PROBE)
    assert run(candidates[:2]).forward_images == len(PROBE)  # what was stored before was safe


def test_folders_are_given_back_one_by_one(run, candidates, tmp_path):
    log = []

    def fetch(one):
        log.append(("fetch", one.repo_id))
        return Path(one.path)

    missing = bad(path=str(tmp_path / "nowhere"))
    run([candidates[0], missing, candidates[1]], fetch=fetch, forget=lambda one: log.append(("forget", one.repo_id)))
    assert list(dict.fromkeys(log)) == [
        (what, name) for name in ("org/resnet", "org/bad", "org/vit") for what in ("fetch", "forget")
    ]  # never two at a time


def test_nothing_to_do(run):
    outcome = run([])
    assert outcome.extractions == {} and outcome.skipped == () and outcome.forward_images == 0


RANK = """
import os, sys, pickle
from pathlib import Path
from extract.probes import probe
from hubscore.extract.distributed import leave_process_group
from hubscore.extract.extract_all import extract_all
from hubscore.extract.cache import FeatureCache
from hubscore.extract.layer_request import LayerRequest

place, rank = Path(sys.argv[1]), os.environ["RANK"]
candidates, log = pickle.loads((place / "candidates").read_bytes()), []

def fetch(one):
    log.append(one.repo_id)
    return Path(one.path)

for turn in ("first", "second"):
    layers, store = LayerRequest(batch=4), FeatureCache(place / "store")
    outcome = extract_all(candidates, probe(), fetch=fetch, store=store, device="cpu", layers=layers)
    (place / f"{turn}-{rank}").write_bytes(pickle.dumps((outcome, sorted(set(log)))))
leave_process_group()
"""


@pytest.mark.slow
def test_two_processes_share_the_work_and_return_the_same(run, candidates, warm_python, tmp_path):
    found = [*candidates, bad(path=str(tmp_path / "nowhere"))]
    (tmp_path / "candidates").write_bytes(pickle.dumps(found))
    run_ranks([warm_python, sys.executable], RANK, tmp_path)  # two orders of what a set holds
    alone = run(found, store=FeatureCache(tmp_path / "alone"), layers=LayerRequest(batch=4))
    first, second = (
        [pickle.loads((tmp_path / f"{turn}-{rank}").read_bytes()) for rank in (0, 1)] for turn in ("first", "second")
    )
    for outcome, _ in (*first, *second):
        assert list(outcome.extractions) == list(alone.extractions) and outcome.skipped == alone.skipped
        for name, expected in alone.extractions.items():
            one = outcome.extractions[name]
            assert one.key == expected.key and one.model == name and one.transform == expected.transform
            assert same(one.features["penultimate"], expected.features["penultimate"]) and same(
                one.logits, expected.logits
            )
            assert same(one.layer_kernel, expected.layer_kernel) and expected.layer_kernel is not None
            assert one.notes == expected.notes
    assert [outcome.forward_images for outcome, _ in first] == [alone.forward_images] * 2
    assert [outcome.forward_images for outcome, _ in second] == [0, 0]
    shares = [fetched for _, fetched in first]
    assert sorted(name for share in shares for name in share) == sorted(one.repo_id for one in found) and all(
        shares
    )  # each by one process
