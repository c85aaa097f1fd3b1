import pytest

from hubscore.errors import UsageError
from hubscore.layers.options import LayerOptions


@pytest.mark.parametrize(
    ("given", "names"),
    [("blocks", "blocks"), ("all", "all"), ("a.1, b.2", ("a.1", "b.2")), (["a", "b"], ("a", "b")), ("a,", ("a",))],
)
def test_layers_are_a_word_or_names(given, names):
    assert LayerOptions(layers=given).names == names


def test_edges_weigh_one_by_default():
    assert LayerOptions().weight == 1.0 and LayerOptions(target_network="a/b", lambda_=10.0).weight == 10.0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"lambda_": 2.0}, "--lambda has nothing to weigh"),
        ({"scores": "knn", "target_network": "a/b"}, "--scores and --target-network exclude each other"),
        ({"map_size": -1}, "-1 cells per side"),
        ({"nodes": "released"}, "--nodes has nothing to read"),
        ({"nodes": "absolute", "target_network": "a/b"}, "Unknown nodes 'absolute'"),
    ],
)
def test_what_does_not_go_together(wrong, told):
    with pytest.raises(UsageError, match=told):
        LayerOptions(**wrong)
