from dataclasses import replace

import numpy as np
import pytest
import torch
from finetune.test_training import blots, candidate, timm_folder

from hubscore.errors import CandidateError
from hubscore.finetune.loop import Outcome
from hubscore.finetune.prepared import count_classes, finite, prepared
from hubscore.finetune.recipe import Sample
from hubscore.models.load import load_network

__all__ = ["timm_folder"]


def test_items_are_held_as_the_network_takes_them(timm_folder) -> None:
    items, labels = prepared(load_network(candidate(), timm_folder), blots(70, 0), "cpu")
    assert items["pixel_values"].shape == (70, 3, 32, 32) and labels.tolist() == [0, 1] * 35


def test_labels_count_from_nought_in_every_part() -> None:
    parts = [({}, torch.tensor(labels)) for labels in ([0, 1], [4])]
    assert count_classes(parts) == 5


def test_one_finite_rate_suffices_and_none_is_an_error_that_names_them() -> None:
    outcome = Outcome((0.5,), 0.5)
    assert finite({1e30: None, 1e-3: outcome}, candidate()) == {1e-3: outcome}
    with pytest.raises(CandidateError, match=r"not finite at 1e\+30, 0.003"):
        finite({1e30: None, 3e-3: None}, candidate())


def test_images_of_several_sizes_are_refused_with_what_to_type(timm_folder) -> None:
    network = replace(
        load_network(candidate(), timm_folder),
        transform_all=lambda items: [torch.zeros(3, 8 * n, 8) for n in range(1, len(items) + 1)],
    )
    with pytest.raises(CandidateError, match="images of several sizes"):
        prepared(network, Sample(blots(2, 0).items, np.array([0, 1])), "cpu")
