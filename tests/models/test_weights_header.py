"""What files say that they hold, and what of it is believed."""

import torch
from models.checkpoints import candidate
from safetensors.torch import save_file

from hubscore.models.weights_header import WeightsHeader, read_header


def test_the_two_formats_hold_the_same(tmp_path):
    tensors = {"a": torch.zeros(3, 7), "b": torch.zeros(5)}
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    torch.save(tensors, tmp_path / "pytorch_model.bin")
    torch.save({"state_dict": tensors, "epoch": 3}, tmp_path / "inner.pth")
    torch.save(tensors, tmp_path / "old.bin", _use_new_zipfile_serialization=False)
    for name in ("model.safetensors", "pytorch_model.bin", "inner.pth", "old.bin"):
        path = tmp_path / name
        held = WeightsHeader(tensors=2, numbers=26, largest=7, file_bytes=path.stat().st_size)
        assert read_header(candidate(tmp_path, "timm"), path) == held


def test_shards_add_up():
    assert WeightsHeader(2, 10, 7, 40) + WeightsHeader(3, 5, 9, 20) == WeightsHeader(5, 15, 9, 60)


def test_a_number_that_is_repeated_counts_for_no_more_than_the_file_can_hold(tmp_path):
    path = tmp_path / "pytorch_model.bin"
    torch.save({"a": torch.zeros(1).expand(10**5, 10**5)}, path)
    assert read_header(candidate(tmp_path, "timm"), path).numbers == 2 * path.stat().st_size
