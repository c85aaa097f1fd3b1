"""Fewer bits, on the CPU, where autocast computes in bfloat16 too; no GPU has been measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from extract.probes import checkpoints, probe, same

from hubscore.extract.cache import FeatureCache
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.precision import in_precision
from hubscore.extract.stream import extract_each
from hubscore.models.load import load_network

PROBE = probe()


@pytest.fixture(scope="module")
def candidates(tmp_path_factory):
    return checkpoints(tmp_path_factory.mktemp("checkpoints"))[:2]


@pytest.fixture(scope="module")
def extractions(candidates, tmp_path_factory):
    """By precision, of one store: a ResNet with BatchNorm, and a ViT."""
    store = FeatureCache(tmp_path_factory.mktemp("store"))
    return {
        precision: [
            one.extraction
            for one in extract_each(
                candidates,
                PROBE,
                fetch=lambda one: Path(one.path),
                store=store,
                device="cpu",
                layers=LayerRequest(batch=4),
                precision=precision,
            )
        ]
        for precision in ("float32", "bf16", "tf32")
    }


def relative(one, other):
    """How far apart two arrays are, in units of the second's spread."""
    return np.abs(one - other).max() / other.std()


def test_bfloat16_is_near_float32_and_kept_apart_from_it(extractions):
    for full, fewer in zip(extractions["float32"], extractions["bf16"], strict=True):
        assert (full.dtype, fewer.dtype) == ("float32", "bfloat16") and full.key != fewer.key
        one, other = fewer.features["penultimate"], full.features["penultimate"]
        assert one.dtype == np.float32 and 0 < relative(one, other) < 0.1
        assert fewer.logits.dtype == np.float32 and 0 < relative(fewer.logits, full.logits) < 0.1
        assert fewer.layer_kernel.dtype == np.float32 and 0 < relative(fewer.layer_kernel, full.layer_kernel) < 0.1


def test_tf32_changes_nothing_on_a_processor_but_the_key(extractions):
    for full, other in zip(extractions["float32"], extractions["tf32"], strict=True):
        assert full.key != other.key and other.dtype == "tf32"
        assert same(full.features["penultimate"], other.features["penultimate"])


def test_passes_with_derivatives_stay_in_float32_and_what_was_set_is_set_again(candidates):
    network = load_network(candidates[0], Path(candidates[0].path))
    fewer, batch = in_precision(network, "bf16"), network.example()
    assert in_precision(network, "float32") is network and fewer.module is network.module
    with torch.enable_grad():
        assert torch.equal(fewer.forward(batch)[0], network.forward(batch)[0])
    with torch.inference_mode():
        assert not torch.equal(fewer.forward(batch)[0], network.forward(batch)[0])
        assert not torch.is_autocast_enabled("cpu")
        before = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
        in_precision(network, "tf32").forward(batch)
    assert (torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32) == before
