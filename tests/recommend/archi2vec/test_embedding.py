"""Vectors of architectures: Fig. 3 of Fennec, and what holds for any graphs."""

import numpy as np
import pytest
from recommend.archi2vec.architectures import graph_of

from hubscore.errors import UsageError
from hubscore.recommend.archi2vec.embedding import fit_embedding
from hubscore.recommend.archi2vec.graph import Graph
from hubscore.recommend.archi2vec.weisfeiler_lehman import subtrees

NAMES = (
    "resnet10 resnet18 resnet34 resnet50 alexnet vgg11 vgg13_bn squeezenet1_1 mobilenet_v2 vit_b_32 convnext_tiny"
    " timm/resnet18 timm/mobilenetv2_100 timm/vit_tiny_patch16_224"
).split()


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.fixture(scope="module")
def vector():
    graphs = {name: graph_of(name) for name in NAMES}
    embedding = fit_embedding(list(graphs.values()))
    return {name: embedding.transform(graph) for name, graph in graphs.items()}


def test_resnet_18_is_beside_resnet_10_and_far_from_alexnet_as_in_figure_3(vector):
    assert cosine(vector["resnet18"], vector["resnet10"]) == pytest.approx(0.97, abs=0.02)
    assert cosine(vector["resnet18"], vector["alexnet"]) == pytest.approx(0.47, abs=0.08)


def test_families_are_together_and_apart_from_others(vector):
    assert cosine(vector["alexnet"], vector["vgg11"]) > 0.95  # both are convolutions and linear layers in a row
    assert cosine(vector["resnet18"], vector["vit_b_32"]) < 0.4 < 0.6 < cosine(vector["resnet18"], vector["vgg13_bn"])
    assert cosine(vector["resnet18"], vector["resnet50"]) > 0.95
    assert cosine(vector["mobilenet_v2"], vector["timm/mobilenetv2_100"]) > 0.95


def test_one_architecture_of_two_libraries_has_one_vector(vector):
    np.testing.assert_array_equal(vector["resnet18"], vector["timm/resnet18"])


def test_all_dimensions_give_the_cosines_of_the_counts(vector):
    graphs = [graph_of(name) for name in ("resnet10", "alexnet", "squeezenet1_1")]
    embedding = fit_embedding(graphs)
    counts = [subtrees(graph) for graph in graphs]
    labels = sorted(set().union(*counts))
    rows = np.log1p([[one[label] for label in labels] for one in counts])
    for i in range(3):
        for j in range(3):
            got = cosine(embedding.transform(graphs[i]), embedding.transform(graphs[j]))
            assert got == pytest.approx(cosine(rows[i], rows[j]), abs=1e-6)


def test_order_and_repetition_change_nothing_to_the_last_bit():
    graphs = [graph_of(name) for name in ("resnet10", "alexnet", "squeezenet1_1", "vgg11")]
    one, other = fit_embedding(graphs), fit_embedding([*graphs[::-1], graphs[0]])
    assert one.labels == other.labels and one.components.tobytes() == other.components.tobytes()


def test_a_graph_unlike_all_others_is_near_nothing():
    embedding = fit_embedding([graph_of("resnet10"), graph_of("alexnet")])
    assert not embedding.transform(Graph(("Unheard", "Of"), ((0, 1),))).any()
    assert 0 < np.linalg.norm(embedding.transform(graph_of("vit_b_32"))) < 0.7
    assert np.linalg.norm(embedding.transform(graph_of("alexnet"))) == pytest.approx(1)


def test_dimensions_are_at_most_what_is_asked_and_what_there_is():
    graphs = [graph_of(name) for name in ("resnet10", "alexnet", "vgg11")]
    assert fit_embedding(graphs, dimensions=2).components.shape[1] == 2
    assert fit_embedding(graphs, dimensions=50).components.shape[1] == 3


@pytest.mark.parametrize(("graphs", "dimensions"), [([], 4), ([Graph(("A",), ())], 0)])
def test_nothing_to_embed_is_refused(graphs, dimensions):
    with pytest.raises(UsageError, match="Cannot embed"):
        fit_embedding(graphs, dimensions=dimensions)
