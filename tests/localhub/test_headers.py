import json
import struct

import pytest

from hubscore.localhub.bounded_reading import Unreadable
from hubscore.localhub.headers import elements, parameter_counts
from hubscore.localhub.scan import Entry, stamp_of


def weights(path, tensors, size=None):
    header = tensors if isinstance(tensors, bytes) else json.dumps(tensors).encode()
    path.write_bytes(struct.pack("<Q", len(header) if size is None else size) + header + b"\0" * 8)
    return Entry(path, stamp_of(path), lfs=True)


def first_bytes(entry, count):
    return entry.path.read_bytes()[:count]


def tensor(shape, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, 4]}


def test_parameters_are_counted_by_type_over_the_shards_of_the_index(tmp_path):
    files = {
        "a.safetensors": weights(tmp_path / "a", {"x": tensor([2, 3]), "__metadata__": {}}),
        "b.safetensors": weights(tmp_path / "b", {"y": tensor([], "I64")}),
        "c.safetensors": weights(tmp_path / "c", {"z": tensor([100])}),
    }
    index = {"weight_map": {"x": "a.safetensors", "y": "b.safetensors", "q": "gone", "r": 5}}
    assert parameter_counts(files, first_bytes, lambda name: index) == {"parameters": {"F32": 6, "I64": 1}, "total": 7}
    assert parameter_counts(files, first_bytes, lambda name: {"weight_map": ["x"]})["total"] == 107


@pytest.mark.parametrize(
    "tensors",
    [
        *({"x": tensor([-1])}, {"x": tensor([2**62, 4])}, {"x": tensor("3")}, {"x": tensor([True])}, {"x": [3]}),
        *({"x": tensor([3], 5)}, [], b"[" * 5000, b'{"x": NaN}', b"{}}", {"x": {"shape": [3]}}),
    ],
)
def test_a_damaged_header_is_no_header(tmp_path, tensors):
    files = {"model.safetensors": weights(tmp_path / "a", tensors)}
    assert parameter_counts(files, first_bytes, lambda name: None) is None


@pytest.mark.parametrize("size", [0, 1, 10_000, 2**40, 2**64 - 1])
def test_a_header_whose_length_is_a_lie(tmp_path, size):
    files = {"model.safetensors": weights(tmp_path / "a", {"x": tensor([3])}, size)}
    assert parameter_counts(files, first_bytes, lambda name: None) is None


def test_a_shape_of_any_length_is_judged_at_once():
    with pytest.raises(Unreadable):
        elements([99_999_999] * 5000)
    assert elements([0] * 64) == 0
