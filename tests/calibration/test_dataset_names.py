import pytest

from hubscore.calibration.dataset_names import plain_name, same_dataset


@pytest.mark.parametrize(
    "other", ["cifar10", "CIFAR-10", "uoft-cs/cifar10", "data/cifar10/", "cifar10@main", "cifar10.csv"]
)
def test_owners_folders_and_endings_do_not_count(other):
    assert same_dataset("cifar10", other)


@pytest.mark.parametrize("other", ["cifar100", "cifar", "cifar10/birds"])
def test_other_names_are_other_data_sets(other):
    assert not same_dataset("cifar10", other)


def test_only_the_ending_of_a_table_is_dropped():
    assert plain_name("photos.v2") == "photosv2"
