import math

import pytest

from hubscore.errors import UsageError
from hubscore.ranking.columns import Column, choose, resampled_too, unlabeled_families
from hubscore.scores.info import SCORES


def names(*args, **kwargs):
    return [column.name for column in choose(*args, **kwargs)]


def test_all_is_every_score_and_no_baseline():
    chosen = set(names("all", lacking=()))
    assert {info.name for info in SCORES if not info.baseline} <= chosen
    assert not chosen & {"size", "popularity", "capacity", "random", "heuristic"}


def test_all_leaves_out_what_no_checkpoint_can_have():
    assert not {"attribution", "depara", "rsa", "cka"} & set(names("all"))
    with_reference = names("all", lacking=("reference_maps", "reference_nodes", "label_texts", "kernel"))
    assert set(with_reference) - set(names("all")) == {"rsa", "dds", "cka", "svcca", "pwcca"}
    with_layers = names("all", lacking=("reference", "reference_maps", "reference_nodes", "label_texts"))
    assert set(with_layers) - set(names("all")) == {"layer_kernel_probe", "layer_kernel_probe_loss"}
    assert "emms" not in names("all") and "emms" in names("all", lacking=()) and names("emms") == ["emms"]
    assert names("all", lacking=("labels", "reference", "reference_maps", "reference_nodes", "label_texts")) == [
        "energy"
    ]
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


def test_kernel_probes_stay_whole_unless_reduced_by_name():
    asked = choose("kernel_probe,kernel_probe_loss,layer_kernel_probe,kernel_probe@4,logme", reduce=8)
    assert [(column.name, column.reduce) for column in asked] == [
        ("kernel_probe", None),
        ("kernel_probe_loss", None),
        ("layer_kernel_probe", None),
        ("kernel_probe@4", 4),
        ("logme", 8),
    ]


def test_a_reduction_for_all_leaves_scores_that_read_no_features_as_they_are():
    columns = {column.name: column for column in choose("leep,nce,energy,logme", reduce=8)}
    assert {name: column.reduce for name, column in columns.items()} == {
        "leep": None,
        "nce": None,
        "energy": None,
        "logme": 8,
    }
    assert columns["leep"].describe().title == "LEEP" and "reduce" not in columns["leep"].describe().to_json()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("leep@32", "LEEP reads no features, so there is nothing to reduce"),
        ("energy@8", "energy reads the source head where there is one"),
    ],
)
def test_a_reduction_of_what_reads_no_features_is_refused(name, why):
    with pytest.raises(UsageError) as caught:
        choose(["knn", name])
    plain = name.partition("@")[0]
    assert f"Cannot reduce the features for '{plain}': {why}" in str(caught.value) and f'Try: scores="{plain}"' in str(
        caught.value
    )


def test_scores_to_recompute_are_names_of_columns():
    columns = choose("nleep,nleep@8,knn")
    assert (
        resampled_too("nleep, knn", columns, subsamples=20)
        == ("nleep", "knn")
        == resampled_too(["nleep", "knn,nleep"], columns, subsamples=2)
    )
    assert resampled_too((), columns, subsamples=0) == ()
    with pytest.raises(UsageError, match=r"Unknown score 'nlep': did you mean nleep"):
        resampled_too("nlep", columns, subsamples=20)
    with pytest.raises(UsageError, match=r"Cannot recompute 'logistic': it is not among the scores of this ranking"):
        resampled_too("logistic", columns, subsamples=20)
    with pytest.raises(UsageError, match="Cannot recompute 'nleep': there are no subsamples to recompute it on"):
        resampled_too("nleep", columns, subsamples=0)


def test_bounds_follow_the_target_and_what_a_score_is_made_of():
    knn, ped, logme, gbc = choose("knn,ped,logme,gbc")
    assert (
        knn.bounds(4, "classification") == (0.0, 1.0)
        and knn.bounds(4, "regression") == (-1.0, 1.0)
        and knn.bounds(0, None) == (0.0, 1.0)
    )
    assert ped.bounds(4, "classification") == (0.0, 1.0)  # SFDA's
    assert logme.bounds(4, "classification") == (-math.inf, math.inf) and gbc.bounds(4, "classification") == (
        -12.0,
        0.0,
    )
    assert Column("knn+l", knn.info, base="knn").bounds(4, "classification") == (-math.inf, math.inf)


def test_a_bound_in_another_packages_words_is_none(info):
    assert Column("mine", info("mine", low="-2 classes", high=0.0)).bounds(4, "classification") == (-math.inf, math.inf)


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
    assert reduced.describe().title.endswith("after exact PCA to 16")
    assert plain.describe().plain_words["measures"]
    assert plain.describe({"k": 3}).options == {"k": 3} and plain.describe().options == {"k": 1}
    assert (
        plain.describe({}, "regression").range == "-1.0 .. 1.0"
        and plain.describe({}, "multilabel").range == "0.0 .. 1.0"
    )
    ensemble = Column("knn+l", plain.info, base="knn").describe()
    assert ensemble.direction == "higher" and "Eq. 6" in ensemble.paper and ensemble.base == "knn"
