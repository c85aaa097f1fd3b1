import numpy as np
import pytest
import torch

from hubscore.finetune.head import features_of
from hubscore.finetune.held import HeldItems, batches_of, length_of, outputs, scale_of
from hubscore.finetune.loop import train_and_measure
from hubscore.finetune.prepared import prepared
from hubscore.finetune.recipe import HEAD, SHORT, Recipe, Sample, recipe_for
from hubscore.finetune.training import ModelWithNewHead
from hubscore.modalities.text.batches import IDS, MASK, collate
from hubscore.models.network import Network


class Words(torch.nn.Module):
    """The mean of its words' vectors."""

    def __init__(self, *, normalise: bool = False) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.table, self.normalise = torch.nn.Embedding(50, 8), normalise

    def forward(self, batch):
        weights = batch[MASK].unsqueeze(-1).float()
        mean = (self.table(batch[IDS]) * weights).sum(1) / weights.sum(1)
        return torch.nn.functional.normalize(mean) if self.normalise else mean


def network(*, normalise: bool = False) -> Network:
    module = Words(normalise=normalise)

    def tokens(items):
        return [{IDS: torch.tensor([ord(letter) - 96 for letter in text])} for text in items]

    spec = {"limit": 9, "example": {IDS: [1, 2]}}
    return Network("tiny/words", module, tokens, spec, lambda batch: (module(batch), None), False, "", modality="text")


def texts(count: int, seed: int) -> Sample:
    """Words of some length from the front or the back of the alphabet."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    found = ["".join(chr(97 + 13 * label + n) for n in rng.integers(0, 13, rng.integers(1, 9))) for label in labels]
    return Sample(found, labels)


def test_each_text_is_answered_in_its_place_whatever_its_length() -> None:
    held, labels = prepared(network(), texts(30, 0), "cpu")
    assert isinstance(held, HeldItems) and length_of(held) == len(labels) == 30
    rows, model = torch.tensor([7, 3, 20, 1]), network().module
    together = outputs(model, held, rows)
    for place, row in enumerate(rows.tolist()):
        assert torch.allclose(together[place], outputs(model, held, torch.tensor([row]))[0], atol=1e-6)


def test_long_texts_are_split_into_several_batches_and_come_back_in_order() -> None:
    items = [{IDS: torch.full((length,), length % 50)} for length in (3000, 2, 2500, 1)]
    held = HeldItems(items, collate, "cpu")
    assert len(batches_of(held, torch.arange(4))) > 1
    found = outputs(lambda batch: batch[IDS][:, :1], held, torch.tensor([3, 2, 1, 0]))
    assert found.flatten().tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize("normalise", [False, True])
def test_texts_of_several_lengths_are_learnt(normalise: bool) -> None:
    made = network(normalise=normalise)
    parts = [prepared(made, texts(count, count), "cpu") for count in (60, 20, 40)]
    scale = scale_of(made.forward(batches_of(parts[0][0], torch.arange(2))[0][0])[0])
    assert (scale > 1) == normalise
    model = ModelWithNewHead(made, 8, 2, scale=scale)
    outcome = train_and_measure(model, parts, Recipe(epochs=5, batch_size=12), 2e-2, each_epoch=True)
    assert outcome is not None and outcome.accuracies[-1] >= 0.9 and len(outcome.epochs) == 5


def test_features_of_texts_stand_in_the_order_of_the_texts() -> None:
    held, labels = prepared(network(), texts(30, 0), "cpu")
    made, _ = features_of(network(), (held, labels), mirrored=True)
    assert list(made) == ["features"]
    assert torch.allclose(made["features"], outputs(network().module, held, torch.arange(30)), atol=1e-6)


def test_each_kind_of_items_has_its_recipe() -> None:
    assert (recipe_for("image"), recipe_for("image", "short"), recipe_for("image", "head")) == (Recipe(), SHORT, HEAD)
    text = recipe_for("text", epochs=1)
    assert max(text.learning_rates) < min(Recipe().learning_rates) and not text.flip and text.epochs == 1
    short = recipe_for("text", "short")
    assert short.epochs == SHORT.epochs and len(short.learning_rates) == 1 and short.transform == "own"
