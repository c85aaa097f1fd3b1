import pytest

from hubscore.errors import UsageError
from hubscore.ranking.columns import Column, choose, unlabeled_families
from hubscore.scores.info import SCORES


def names(*args, **kwargs):
    return [column.name for column in choose(*args, **kwargs)]


def test_all_is_every_score_and_no_baseline():
    chosen = set(names("all", lacking=()))
    assert {info.name for info in SCORES if not info.baseline} <= chosen
    assert not chosen & {"size", "popularity", "capacity", "random", "heuristic"}


def test_all_leaves_out_what_no_checkpoint_can_have():
    assert not {"attribution", "depara", "rsa", "cka"} & set(names("all"))
    assert set(names("all", lacking=("reference_maps", "reference_nodes"))) - set(names("all")) == {"rsa", "dds", "cka", "svcca", "pwcca"}
    assert names("all", lacking=("labels", "reference", "reference_maps", "reference_nodes")) == ["energy"]
    assert names("rsa,logme") == ["rsa", "logme"]  # what is named is tried, and its reason shown


def test_without_labels_comparisons_with_a_reference_count_before_energy():
    unlabeled = choose("all", lacking=("labels",))
    assert unlabeled_families(unlabeled) == ("attribution", "representation")
    assert unlabeled_families(choose("energy,logme")) == ("label-free",)


def test_parc_is_shown_after_pca_to_32_as_well():
    assert names("parc,logme") == ["parc", "parc@32", "logme"]


def test_any_score_takes_its_own_reduction():
    (column,) = choose(["knn@16"])
    assert (column.name, column.info.name, column.reduce) == ("knn@16", "knn", 16)


def test_a_reduction_for_all_leaves_names_alone_and_needs_no_second_parc():
    assert [(column.name, column.reduce) for column in choose("parc,logme", reduce=8)] == [("parc", 8), ("logme", 8)]


def test_a_score_named_twice_is_one_column():
    assert names(["parc", "parc@32", "parc"]) == ["parc", "parc@32"]


def test_baselines_may_be_named_but_rank_nothing():
    assert names("logme,size,random") == ["logme"]
    with pytest.raises(UsageError, match=r"No score was chosen: baselines stand beside every ranking"):
        choose("size,random")


def test_a_misspelt_name_is_answered_with_near_ones():
    with pytest.raises(UsageError, match=r"Unknown score 'logm': did you mean logme"):
        choose("knn,logm")


@pytest.mark.parametrize("name", ["parc@", "parc@x", "parc@0", "parc@-3"])
def test_what_stands_after_at_is_a_number_of_dimensions(name):
    with pytest.raises(UsageError, match=r"after @ stands the number of PCA dimensions"):
        choose([name])


def test_fewer_than_one_dimension_is_refused():
    with pytest.raises(UsageError, match="Cannot reduce to 0 dimensions"):
        choose("all", reduce=0)


def test_a_description_says_what_the_column_is():
    reduced, plain = choose(["knn@16", "knn"])
    assert reduced.describe()["title"].endswith("after exact PCA to 16")
    assert plain.describe()["plain_words"]["measures"]
    ensemble = Column("knn+l", plain.info, base="knn").describe()
    assert ensemble["direction"] == "higher" and "Eq. 6" in ensemble["paper"] and ensemble["base"] == "knn"
