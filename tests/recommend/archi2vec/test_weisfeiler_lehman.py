"""Labels against an independent implementation, and across processes."""

import hashlib
import os
import subprocess
import sys
from collections import Counter

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recommend.archi2vec.architectures import graph_of

from hubscore.recommend.archi2vec.graph import Graph
from hubscore.recommend.archi2vec.weisfeiler_lehman import subtrees


def independent(graph, rounds):
    """karateclub's WeisfeilerLehmanHashing, from its text: directed neighbours are successors."""
    net = networkx.MultiDiGraph()
    net.add_nodes_from(range(len(graph.names)))
    net.add_edges_from(graph.edges)
    features = dict(enumerate(graph.names))
    seen = list(features.values())
    for _ in range(rounds):
        new = {}
        for node in net.nodes():
            degrees = sorted(features[end] for _, end in net.out_edges(node))
            joined = "_".join([str(features[node]), *degrees])
            new[node] = hashlib.md5(joined.encode()).hexdigest()
        features = new
        seen += list(features.values())
    return Counter(seen)


graphs = st.integers(1, 7).flatmap(
    lambda n: st.builds(
        Graph,
        st.lists(st.sampled_from("ABC"), min_size=n, max_size=n).map(tuple),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=12).map(tuple),
    )
)


@given(graphs, st.integers(0, 3))
def test_labels_are_those_of_an_independent_implementation(graph, rounds):
    assert subtrees(graph, rounds=rounds) == independent(graph, rounds)


@given(graphs, st.randoms())
def test_the_order_of_nodes_and_edges_does_not_matter(graph, random):
    places = list(range(len(graph.names)))
    random.shuffle(places)
    names = [""] * len(places)
    for old, new in enumerate(places):
        names[new] = graph.names[old]
    edges = [(places[start], places[end]) for start, end in graph.edges]
    random.shuffle(edges)
    assert subtrees(Graph(tuple(names), tuple(edges))) == subtrees(graph)


@pytest.mark.parametrize("name", ["alexnet", "resnet10"])
def test_a_real_network_too(name):
    assert subtrees(graph_of(name)) == independent(graph_of(name), 2)


def test_direction_matters():
    assert subtrees(Graph(("A", "B"), ((0, 1),))) != subtrees(Graph(("A", "B"), ((1, 0),)))


def test_labels_and_vectors_are_the_same_in_every_process():
    code = (
        "from hubscore.recommend.archi2vec.graph import Graph\n"
        "from hubscore.recommend.archi2vec.weisfeiler_lehman import subtrees\n"
        "from hubscore.recommend.archi2vec.embedding import fit_embedding\n"
        "g = [Graph(('A', 'B', 'C'), ((0, 1), (1, 2))), Graph(('A', 'C'), ((0, 1),)), Graph(('B', 'C'), ((1, 0),))]\n"
        "print(sorted(subtrees(g[0]).items()), [fit_embedding(g).transform(one).tobytes().hex() for one in g])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
