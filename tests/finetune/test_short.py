from pathlib import Path

import numpy as np
import pytest
import torch
from finetune.test_training import blots, candidate, save_tiny_timm

from hubscore.errors import CandidateError
from hubscore.finetune.recipe import SHORT, Recipe
from hubscore.finetune.short import measure
from hubscore.finetune.training import ModelWithNewHead


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_timm(tmp_path_factory.mktemp("short") / "net")


def test_the_recipe_is_the_one_that_was_measured() -> None:
    assert (SHORT.epochs, SHORT.batch_size, SHORT.learning_rates, SHORT.head_sd) == (2, 15, (2e-3,), 0.01)
    assert SHORT.batch_norm_momentum == 0.1 and not SHORT.flip and SHORT.transform == "whole"


def test_what_can_be_told_apart_is_learnt_and_measured_on_other_images(folder: Path) -> None:
    made = measure(candidate(), folder, blots(45, 0), blots(20, 1), recipe=Recipe(8, 15, (3e-3,), head_sd=0.01))
    assert made.accuracy >= 0.9 and (made.images, made.train_images, made.epochs) == (20, 45, 8) and made.seconds > 0
    swapped = blots(20, 1)
    swapped = swapped._replace(labels=1 - np.asarray(swapped.labels))
    again = measure(candidate(), folder, blots(45, 0), swapped, recipe=Recipe(8, 15, (3e-3,), head_sd=0.01))
    assert again.accuracy == pytest.approx(1 - made.accuracy)


def test_a_loss_that_is_not_finite_is_said_of_the_candidate(folder: Path) -> None:
    with pytest.raises(CandidateError, match=r"'tiny/net' cannot be fine-tuned: the loss was not finite at 1e\+30"):
        measure(candidate(), folder, blots(30, 0), blots(4, 1), recipe=Recipe(1, 15, (1e30,)))


def test_a_new_head_begins_small_and_without_bias(folder: Path) -> None:
    from hubscore.models.load import load_network

    torch.manual_seed(0)
    head = ModelWithNewHead(load_network(candidate(), folder), 500, 20, head_sd=0.01).head
    assert float(head.weight.detach().std()) == pytest.approx(0.01, rel=0.05) and not head.bias.detach().any()
