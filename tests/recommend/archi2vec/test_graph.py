"""Names of nodes are the same on every device."""

import pytest

from hubscore.recommend.archi2vec.graph import Graph, node_type


@pytest.mark.parametrize(
    "names",
    [
        ("CudnnBatchNormBackward0", "NativeBatchNormBackward0", "MiopenBatchNormBackward0"),
        ("ConvolutionBackward0", "ConvolutionBackward1", "MkldnnConvolutionBackward0", "CudnnConvolutionBackward0"),
        (
            "ScaledDotProductFlashAttentionForCpuBackward0",
            "ScaledDotProductFlashAttentionBackward0",
            "ScaledDotProductEfficientAttentionBackward0",
            "ScaledDotProductCudnnAttentionBackward0",
        ),
        ("ViewBackward0", "ReshapeAliasBackward0", "UnsafeViewBackward0"),
        ("AccumulateGrad", "torch::autograd::AccumulateGrad"),
    ],
)
def test_one_operation_has_one_name(names):
    assert len({node_type(name) for name in names}) == 1


def test_operations_that_differ_keep_different_names():
    names = ("AddBackward0", "AddmmBackward0", "MulBackward0", "SomethingNewBackward0", "NativeLayerNormBackward0")
    assert len({node_type(name) for name in names}) == len(names)


def test_successors_are_what_a_node_was_computed_from_twice_where_it_went_in_twice():
    assert Graph(("Mul", "Variable"), ((0, 1), (0, 1))).successors() == [[1, 1], []]
