import numpy as np
import pytest

from hubscore import HubscoreError
from hubscore.errors import UsageError
from hubscore.numerics.workspace import Workspace, memoized, required_candidate, required_features
from hubscore.types import Candidate

FEATURES = np.random.default_rng(0).normal(size=(6, 10))


def test_labels_of_any_value_become_codes_in_order():
    workspace = Workspace(features=FEATURES, labels=[7, -3, 7, 100, -3, 7])
    assert workspace.labels.tolist() == [1, 0, 1, 2, 0, 1]
    assert workspace.classes.tolist() == [-3, 7, 100]
    assert workspace.target == "classification"


def test_names_are_classes():
    workspace = Workspace(labels=np.array(["owl", "lynx", "owl"]))
    assert workspace.labels.tolist() == [1, 0, 1]


@pytest.mark.parametrize("labels", [[0.5, 1.5], [[0, 1], [1, 0]], [["a"], ["b"]]])
def test_other_labels_must_be_explained(labels):
    with pytest.raises(HubscoreError, match="Cannot tell what labels of type"):
        Workspace(labels=labels)


def test_multilabel_labels_are_zeros_and_ones():
    with pytest.raises(HubscoreError, match="Multilabel labels must be 0 or 1"):
        Workspace(labels=[[0, 2]], target="multilabel")


def test_an_unknown_target_is_refused():
    with pytest.raises(
        HubscoreError, match="Unknown target 'ranking': there are classification, multilabel, regression, annotation"
    ):
        Workspace(labels=[0, 1], target="ranking")


def test_rows_must_agree():
    with pytest.raises(HubscoreError, match="features has 6 rows, labels has 5 rows"):
        Workspace(features=FEATURES, labels=[0, 1, 0, 1, 0])


@pytest.mark.parametrize(("bad", "told"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf")])
def test_a_value_that_is_no_number_is_named(bad, told):
    features = FEATURES.copy()
    features[4, 7] = features[5, 8] = bad
    with pytest.raises(
        HubscoreError,
        match=f"Cannot use features: column 7 is {told} in row 4: 2 of 10 columns hold values that are not finite",
    ):
        Workspace(features=features)


def test_features_are_a_table():
    with pytest.raises(HubscoreError, match=r"Cannot use features of shape \(6,\): it must be \(samples, columns\)"):
        Workspace(features=np.arange(6.0))


def test_probabilities_sum_to_one():
    with pytest.raises(HubscoreError, match="Row 1 of probs is not a distribution: it sums to 3"):
        Workspace(probs=[[0.5, 0.5], [1.0, 2.0]])


def test_either_logits_or_probabilities():
    with pytest.raises(HubscoreError, match="Both logits and probs were given"):
        Workspace(logits=np.zeros((2, 2)), probs=np.eye(2))


def test_shared_quantities_are_computed_once():
    calls = []

    @memoized
    def mean(workspace):
        calls.append(workspace)
        return workspace.features.mean()

    workspace = Workspace(features=FEATURES)
    assert mean(workspace) == mean(workspace)
    assert len(calls) == 1
    mean(workspace.subset(np.arange(3)))
    assert len(calls) == 2


def test_a_subset_keeps_rows_together():
    probs = np.eye(6)
    workspace = Workspace(features=FEATURES, probs=probs, labels=[5, 5, 9, 9, 7, 7], reference=FEATURES[:, :2])
    part = workspace.subset(np.array([0, 4, 5]))
    assert (part.features == FEATURES[[0, 4, 5]]).all()
    assert (part.probs == probs[[0, 4, 5]]).all()
    assert (part.reference == FEATURES[[0, 4, 5], :2]).all()
    assert part.labels.tolist() == [0, 1, 1]
    assert part.classes.tolist() == [5, 7]
    assert part.n == 3


def test_a_kernel_loses_rows_and_columns_and_no_rotation_touches_it():
    kernel = FEATURES @ FEATURES.T
    workspace = Workspace(features=FEATURES, kernel=kernel)
    rows = np.array([0, 4, 5])
    assert (workspace.subset(rows).kernel == kernel[np.ix_(rows, rows)]).all()
    assert (workspace.subset(slice(1, 3)).kernel == kernel[1:3, 1:3]).all()
    assert (workspace.rotated().kernel == kernel).all()
    assert Workspace(kernel=kernel).n == 6 and Workspace(kernel=kernel).has("kernel") and not Workspace().has("kernel")


def test_a_subset_of_several_labels_keeps_its_kind():
    workspace = Workspace(labels=[[0, 1], [1, 1], [0, 0]], target="multilabel")
    assert workspace.subset(np.array([1, 2])).labels.tolist() == [[1, 1], [0, 0]]


def test_a_rotation_keeps_inner_products_dimension_and_row_sums():
    workspace = Workspace(features=FEATURES, labels=[0, 0, 1, 1, 2, 2])
    turned = workspace.rotated()
    assert turned.features.shape == (6, 6)
    assert turned.d == 10
    assert turned.features @ turned.features.T == pytest.approx(FEATURES @ FEATURES.T)
    assert turned.row_sums == pytest.approx(FEATURES.sum(axis=1))
    assert turned.subset(np.array([2, 3])).row_sums == pytest.approx(FEATURES[[2, 3]].sum(axis=1))
    assert turned.subset(np.array([2, 3])).d == 10


def test_features_in_few_columns_are_not_rotated():
    workspace = Workspace(features=FEATURES.T)
    assert workspace.rotated() is workspace


def test_replaced_features_bring_their_own_dimension():
    other = Workspace(features=FEATURES, labels=[0, 0, 1, 1, 2, 2]).rotated().replaced(FEATURES[:, :3])
    assert other.d == 3
    assert other.row_sums == pytest.approx(FEATURES[:, :3].sum(axis=1))


def test_the_general_set_is_of_the_same_width():
    with pytest.raises(HubscoreError, match="it has 4 columns and the features have 10"):
        Workspace(features=FEATURES, general=np.eye(4))


def test_what_was_not_given_is_told_by_its_argument():
    with pytest.raises(UsageError, match=r"pass features=") as caught:
        required_features(Workspace(labels=[0, 1]))
    assert caught.value.what == "There are no features"
    with pytest.raises(UsageError, match=r"pass candidate="):
        required_candidate(Workspace(labels=[0, 1]))
    candidate = Candidate("timm/resnet18", "main", "timm")
    assert required_candidate(Workspace(candidate=candidate)) is candidate
