import numpy as np
import pytest
import torch

from hubscore import score, similarity
from hubscore.numerics.arrays import as_array


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.float64])
def test_tensors_of_any_float_type_with_or_without_gradient(dtype):
    tensor = torch.tensor([[0.5, 1.5], [2.0, -1.0]], dtype=dtype, requires_grad=True)
    assert as_array(tensor).tolist() == [[0.5, 1.5], [2.0, -1.0]]
    assert as_array(list(tensor)).tolist() == [[0.5, 1.5], [2.0, -1.0]]


def test_what_numpy_reads_is_left_to_numpy():
    values = np.arange(3)
    assert as_array(values) is values and as_array([1, 2]).tolist() == [1, 2]


def test_scores_and_comparisons_take_tensors():
    random = np.random.default_rng(0)
    features, labels = random.normal(size=(30, 4)).round(1), np.arange(30) % 3
    tensor = torch.tensor(features, dtype=torch.bfloat16, requires_grad=True)
    rounded = tensor.detach().double().numpy()
    told = score("logme", features=tensor, labels=torch.tensor(labels))
    assert told == score("logme", features=rounded, labels=labels)
    assert similarity("cka", tensor, tensor[:, :2]) == similarity("cka", rounded, rounded[:, :2])
    maps = torch.rand(4, 1, 3, 3, requires_grad=True)
    assert similarity("attribution", maps, maps) == pytest.approx(1)
