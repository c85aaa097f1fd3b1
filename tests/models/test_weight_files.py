"""Weights that are there, damaged or dangerous, in words."""

import json
import os
import pickle
import shutil

import pytest
import torch
from models.checkpoints import candidate
from safetensors.torch import save_file

from hubscore.errors import CandidateError
from hubscore.models.weight_files import TIMM_WEIGHTS, TRANSFORMERS_WEIGHTS, find_weights
from hubscore.types import Candidate


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text('{"architecture": "test_resnet"}')
    return tmp_path


def chosen(folder, names=TIMM_WEIGHTS, **known):
    return find_weights(candidate(folder, "timm", **known), folder, names).path


def refused(folder, names=TIMM_WEIGHTS):
    with pytest.raises(CandidateError) as error:
        chosen(folder, names)
    return str(error.value)


class Evil:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_safetensors_come_first(folder):
    save_file({"a": torch.zeros(2)}, folder / "model.safetensors")
    torch.save({"a": torch.zeros(2)}, folder / "pytorch_model.bin")
    assert chosen(folder).name == "model.safetensors"
    assert chosen(folder, weights="pytorch_model.bin").name == "pytorch_model.bin"  # the candidate's choice


def test_a_config_without_weights(folder):
    assert "Cannot load 'org/net': a config without weights: there is none of model.safetensors" in refused(folder)
    assert f"Try: put sound files into {folder}" in refused(folder)


@pytest.mark.parametrize("keep", [4, 60, -5])
def test_a_safetensors_file_cut_short(folder, keep):
    save_file({"a": torch.zeros(200)}, folder / "model.safetensors")
    content = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(content[:keep])
    assert "its model.safetensors is corrupt or cut short" in refused(folder)


def test_a_damaged_download_says_how_to_fetch_it_again(folder):
    (folder / "model.safetensors").write_bytes(b"no")
    with pytest.raises(CandidateError, match="Try: hf cache rm model/org/net, then run again"):
        find_weights(Candidate("org/net@v1", "0" * 40, "timm"), folder, TIMM_WEIGHTS)


def test_a_safetensors_file_without_tensors(folder):
    save_file({}, folder / "model.safetensors")
    assert "its model.safetensors holds no weights" in refused(folder)


def test_shards_are_all_there(folder):
    save_file({"a": torch.zeros(2)}, folder / "model-00001-of-00002.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "1 of its 2 weight files are missing (model-00002-of-00002.safetensors)" in refused(
        folder, TRANSFORMERS_WEIGHTS
    )
    shutil.copy(folder / "model-00001-of-00002.safetensors", folder / "model-00002-of-00002.safetensors")
    assert chosen(folder, TRANSFORMERS_WEIGHTS).name == "model.safetensors.index.json"


@pytest.mark.parametrize("shard", [3, None, ["model-00001-of-00002.safetensors"]])
def test_an_index_that_names_no_files(folder, shard):
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "x", "b": shard}}))
    assert f"names {shard!r} where the name of a file belongs" in refused(folder, TRANSFORMERS_WEIGHTS)


def test_an_index_cannot_point_out_of_the_folder(folder):
    save_file({"a": torch.zeros(2)}, folder.parent / "elsewhere.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "../elsewhere.safetensors"}}))
    assert "1 of its 1 weight files are missing" in refused(folder, TRANSFORMERS_WEIGHTS)


@pytest.mark.parametrize(
    "save", [torch.save, lambda thing, path: torch.save(thing, path, _use_new_zipfile_serialization=False)]
)
def test_a_pickle_that_would_run_code_does_not(folder, save):
    save({"a": torch.zeros(2), "b": Evil(folder / "pwned")}, folder / "pytorch_model.bin")
    assert "its pytorch_model.bin is a pickle that would run code" in refused(folder)
    assert not (folder / "pwned").exists()


def test_a_plain_pickle_that_would_run_code_does_not(folder):
    (folder / "pytorch_model.bin").write_bytes(pickle.dumps(Evil(folder / "pwned")))
    assert "pytorch_model.bin" in refused(folder)
    assert not (folder / "pwned").exists()


def test_the_function_that_a_pickle_calls_is_named(folder):
    torch.save({"b": Evil(folder / "pwned")}, folder / "pytorch_model.bin")
    assert f"would run code ({os.mkdir.__module__}.mkdir); hubscore unpickles tensors and nothing else" in refused(
        folder
    )


@pytest.mark.parametrize("content", [b"", b"no pickle at all", b"PK\x03\x04 no archive"])
def test_a_damaged_pickle(folder, content):
    (folder / "pytorch_model.bin").write_bytes(content)
    assert "its pytorch_model.bin is corrupt or cut short" in refused(folder)


def test_a_pickle_of_tensors_is_taken(folder):
    torch.save({"a": torch.zeros(2)}, folder / "pytorch_model.bin")
    assert chosen(folder).name == "pytorch_model.bin"
