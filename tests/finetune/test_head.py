import numpy as np
import pytest
import torch
from finetune.test_training import blots, candidate, save_tiny_timm, split, timm_folder

from hubscore.errors import CandidateError, UsageError
from hubscore.finetune.head import train_head
from hubscore.finetune.recipe import HEAD, Recipe, Split
from hubscore.finetune.training import finetune

__all__ = ["blots", "save_tiny_timm", "split", "timm_folder"]


def bumps(count: int, seed: int) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    """Three classes of points in the plane, of which two lie on either side of the third."""
    labels = torch.arange(count) % 3
    places = torch.tensor([[-2.0, 0.0], [0.0, 1.0], [2.0, 0.0]])
    noise = torch.randn(count, 2, generator=torch.Generator().manual_seed(seed))
    return {"features": places[labels] + 0.3 * noise}, labels


def test_a_head_alone_learns_what_the_network_tells_apart_already(timm_folder, split: Split) -> None:
    result = finetune(candidate(), timm_folder, split, train="head")
    assert result.accuracy >= 0.9 and result.train == "head" and len(result.epochs) == HEAD.epochs
    assert result.epochs[-1] == result.accuracy and result.f1 == pytest.approx(result.accuracy, abs=0.05)
    assert finetune(candidate(), timm_folder, split, train="head").epochs == result.epochs


def test_the_network_stands_still_and_its_statistics_with_it(timm_folder, split: Split) -> None:
    """The head of a network in evaluation mode sees the very features that scores are computed from."""
    from hubscore.finetune.head import features_of
    from hubscore.finetune.prepared import prepared
    from hubscore.models.load import load_network

    network = load_network(candidate(), timm_folder)
    network.module.eval()
    before = {name: value.clone() for name, value in network.module.state_dict().items()}
    data = prepared(network, split.train, "cpu")
    made, labels = features_of(network, data, mirrored=True)
    assert made["features"].shape == made["mirrored"].shape == (48, network.forward(network.example())[0].shape[1])
    assert not torch.equal(made["features"], made["mirrored"]) and torch.equal(labels, data[1])
    after = network.module.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_accuracies_after_each_epoch_rise_to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = train_head([bumps(90, 0), bumps(60, 1)], Recipe(epochs=20, flip=False), 0.05)
    assert outcome is not None and outcome.accuracies[0] >= 0.95 and outcome.epochs[-1] == outcome.accuracies[-1]
    assert outcome.epochs[0] < outcome.epochs[-1] and len(outcome.epochs) == 20


def test_mirrored_features_are_trained_on_where_there_are_some() -> None:
    (items, labels), held_out = bumps(90, 0), bumps(60, 1)
    both = {**items, "mirrored": -items["features"]}  # mirrored, the outer classes change sides
    plain = train_head([(both, labels), held_out], Recipe(epochs=20, flip=False), 0.05)
    torn = train_head([(both, labels), held_out], Recipe(epochs=20, flip=True), 0.05)
    assert plain is not None and torn is not None and plain.accuracies[0] - torn.accuracies[0] > 0.2


def test_features_that_are_not_finite_are_an_error_with_words(timm_folder, split: Split) -> None:
    with pytest.raises(CandidateError, match=r"the loss was not finite at 1e\+38"):
        finetune(candidate(), timm_folder, split, recipe=Recipe(3, 12, (1e38,)), train="head")


@pytest.mark.parametrize("words", [{"anew": True}, {"frozen": ("conv1.",)}])
def test_what_only_the_whole_network_has_is_refused(timm_folder, split: Split, words: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="stays as it is"):
        finetune(candidate(), timm_folder, split, train="head", **words)


def test_labels_of_every_part_count_as_classes() -> None:
    train, (items, labels) = bumps(30, 0), bumps(9, 1)
    outcome = train_head([train, (items, labels + 4)], Recipe(epochs=1, flip=False), 0.05)
    assert outcome is not None and outcome.accuracies == (0.0,) and np.isclose(outcome.f1, 0.0)
