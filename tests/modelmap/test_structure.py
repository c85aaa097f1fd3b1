import doctest

import numpy as np
import pytest
from modelmap.maps import FAMILIES, make, member
from scipy.spatial.distance import pdist, squareform

from hubscore.errors import Undefined, UsageError
from hubscore.modelmap import structure as views
from hubscore.modelmap.method import choose_method


@pytest.fixture
def model_map(tmp_path):
    return make(tmp_path / "s")


def test_the_examples_in_the_docs_hold():
    assert doctest.testmod(views).failed == 0


def test_neighbours_come_nearest_first_with_the_papers_distance(model_map):
    near = views.neighbours(model_map, "lab/res-a")
    assert [item["rank"] for item in near] == [1, 2, 3, 4]
    assert near[0]["model"] == "lab/res-b"
    assert near[0]["distance"] == pytest.approx(1 / near[0]["similarity"], rel=1e-4)
    assert [item["similarity"] for item in near] == sorted((item["similarity"] for item in near), reverse=True)
    assert views.neighbours(model_map, "res-a", 2) == near[:2]


def test_where_the_mean_cosine_is_not_positive_there_is_no_distance_but_an_order(model_map):
    far = [item for name in model_map.names for item in views.neighbours(model_map, name) if item["similarity"] <= 0]
    assert far and all(item["distance"] is None and item["reason"] is None for item in far)


def test_undefined_networks_come_last_with_the_reason(model_map):
    model_map.insert({"lab/dead": member("lab/dead", dead=True)})
    last = views.neighbours(model_map, "lab/res-a")[-1]
    assert last["model"] == "lab/dead" and last["similarity"] is None and "a map is zero" in last["reason"]
    assert views.rows(model_map)[-1]["nearest"] is None


def test_distances_are_symmetric_and_zero_to_oneself(tmp_path):
    found = views.distances(make(tmp_path / "p", choose_method("pwcca", components=3)))
    assert found.values == pytest.approx(found.values.T)
    assert (np.diag(found.values) == 0).all() and (found.values >= 0).all()


def test_what_cannot_be_compared_is_left_out_of_pictures_or_put_far_away(model_map):
    model_map.insert({"lab/dead": member("lab/dead", dead=True)})
    table = model_map.tables["attribution"]
    table[0, 2] = table[2, 0] = np.nan
    found = views.distances(model_map)
    assert found.names == tuple(FAMILIES) and found.left_out == ("lab/dead",) and found.filled == 1
    assert found.values[0, 2] == found.values.max()
    assert "lab/dead" in found.notes[0] and "1 pairs" in found.notes[1]


def test_a_space_of_which_nothing_can_be_drawn(tmp_path):
    model_map = make(tmp_path / "dead", dead=True)
    with pytest.raises(Undefined, match=r"no two of its 5 models can be compared \(on all but 0"):
        views.distances(model_map)


def test_families_are_branches_of_the_tree(model_map):
    made = views.tree(views.distances(model_map))
    leaves = [made.names[leaf] for leaf in made.order]
    places = {name: leaves.index(name) for name in leaves}
    assert abs(places["lab/res-a"] - places["lab/res-b"]) == 1
    assert abs(places["lab/vit-a"] - places["lab/vit-b"]) == 1
    assert made.newick.endswith(");") and made.newick.count("(") == 4 and "'lab/next'" in made.newick


def test_mean_linkage_by_hand():
    found = views.Distances(("a", "b", "c"), np.array([[0, 1.0, 4], [1, 0, 6], [4, 6, 0]]), (), 0)
    made = views.tree(found)
    assert made.links[:, 2].tolist() == [1.0, 5.0]
    assert made.newick in (
        "(('a':1,'b':1):4,'c':5);",
        "(('b':1,'a':1):4,'c':5);",
        "('c':5,('a':1,'b':1):4);",
        "('c':5,('b':1,'a':1):4);",
    )


def test_points_of_a_plane_are_found_again():
    points = np.random.default_rng(0).normal(size=(7, 2))
    placed = views.plane(views.Distances(tuple("abcdefg"), squareform(pdist(points)), (), 0))
    assert pdist(placed.points) == pytest.approx(pdist(points))
    assert placed.kept == pytest.approx(1)


def test_two_networks_lie_on_a_line():
    placed = views.plane(views.Distances(("a", "b"), np.array([[0, 2.0], [2, 0]]), (), 0))
    assert pdist(placed.points) == pytest.approx([2])


def test_an_unknown_network_has_near_names(model_map):
    with pytest.raises(UsageError, match="did you mean lab/res-"):
        views.neighbours(model_map, "lab/res-c")
