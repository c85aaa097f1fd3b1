import doctest
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from hubfixture import save_tiny_backbone, save_tiny_timm, save_tiny_vit
from PIL import Image

from hubscore.errors import CandidateError, UsageError
from hubscore.finetune import recipe as recipe_module
from hubscore.finetune.loop import accuracy_of, train_model
from hubscore.finetune.recipe import FineTuneResult, Recipe, Sample, Split
from hubscore.finetune.training import finetune
from hubscore.types import Candidate

QUICK = Recipe(epochs=4, batch_size=12, learning_rates=(3e-3,))


def blots(count: int, seed: int) -> Sample:
    """Dark and light pictures, which any network can tell apart."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    return Sample(
        [Image.fromarray((rng.integers(0, 90, (32, 32, 3)) + 160 * label).astype(np.uint8)) for label in labels], labels
    )


@pytest.fixture(scope="module")
def split() -> Split:
    return Split(blots(48, 0), blots(12, 1), blots(24, 2))


@pytest.fixture(scope="module")
def timm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_timm(tmp_path_factory.mktemp("timm") / "net")


def save_headless(folder: Path) -> Path:
    """Save a ResNet as a detection or segmentation repo would hold it: an encoder and no head."""
    from transformers import ResNetConfig, ResNetModel, ViTImageProcessor

    torch.manual_seed(0)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic")
    ResNetModel(config).save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def candidate(library: str = "timm") -> Candidate:
    return Candidate("tiny/net", "a" * 40, library, weights="model.safetensors")


def test_a_tiny_network_learns_what_can_be_told_apart(timm_folder: Path, split: Split) -> None:
    result = finetune(candidate(), timm_folder, split, recipe=QUICK)
    assert result.accuracy >= 0.9
    assert (result.model, result.lr, result.test_images) == ("tiny/net", 3e-3, 24)
    assert 0 < result.standard_error < 0.07


def test_the_same_seed_gives_the_same_accuracy_and_leaves_the_callers_random_numbers_alone(
    timm_folder: Path, split: Split
) -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    short = Recipe(epochs=1, batch_size=12, learning_rates=(3e-3, 1e-3))
    first = finetune(candidate(), timm_folder, split, recipe=short)
    assert torch.equal(torch.rand(3), expected)
    second = finetune(candidate(), timm_folder, split, recipe=short)
    assert (first.accuracy, first.val_accuracy, first.lr) == (second.accuracy, second.val_accuracy, second.lr)


@pytest.mark.parametrize("save", [save_tiny_vit, save_headless])
def test_transformers_with_and_without_a_head_are_trained(tmp_path: Path, split: Split, save) -> None:
    folder = save(tmp_path / "net")
    result = finetune(
        candidate("transformers"), folder, split, recipe=Recipe(epochs=10, batch_size=12, learning_rates=(3e-3,))
    )
    assert result.accuracy >= 0.8


def test_validation_chooses_the_learning_rate(timm_folder: Path, split: Split) -> None:
    result = finetune(
        candidate(), timm_folder, split, recipe=Recipe(epochs=4, batch_size=12, learning_rates=(1e-9, 3e-3))
    )
    assert result.lr == 3e-3


def test_every_weight_is_trained(timm_folder: Path) -> None:
    from hubscore.finetune.training import ModelWithNewHead
    from hubscore.models.load import load_network

    network = load_network(candidate(), timm_folder)
    network.module.requires_grad_(True)
    model = ModelWithNewHead(network, network.forward(network.example())[0].shape[1], 2)
    used = {name for name, _ in model.named_parameters() if "fc" not in name}
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    data = {"pixel_values": torch.rand(24, 3, 32, 32)}, torch.arange(24) % 2
    assert train_model(model, data, Recipe(epochs=1, batch_size=12), 1e-2)
    still = {name for name, value in model.named_parameters() if torch.equal(value, before[name])}
    assert not still & used


def test_what_is_frozen_stands_still_with_its_statistics_and_the_rest_is_trained(timm_folder: Path) -> None:
    from hubscore.finetune.training import ModelWithNewHead, _freeze
    from hubscore.models.load import load_network

    network, frozen = load_network(candidate(), timm_folder), ("conv1.", "bn1.", "layer1.")
    _freeze(network, frozen)
    model = ModelWithNewHead(network, network.forward(network.example())[0].shape[1], 2, frozen)
    before = {name: value.detach().clone() for name, value in network.module.state_dict().items()}
    train_model(
        model,
        ({"pixel_values": torch.rand(24, 3, 32, 32)}, torch.arange(24) % 2),
        Recipe(epochs=1, batch_size=12),
        1e-2,
    )
    still = {name for name, value in network.module.state_dict().items() if torch.equal(value, before[name])}
    behind = {name for name in before if not name.startswith(frozen)}
    assert {name for name in before if name.startswith(frozen)} <= still
    assert not still & {name for name in behind if "fc" not in name}


def test_beginning_anew_keeps_what_is_frozen(timm_folder: Path, split: Split) -> None:
    from hubscore.finetune.training import _reset
    from hubscore.models.load import load_network

    module = load_network(candidate(), timm_folder).module
    before = {name: value.detach().clone() for name, value in module.named_parameters()}
    _reset(module, ("conv1.", "bn1."))
    changed = {name for name, value in module.named_parameters() if not torch.equal(value, before[name])}
    assert "layer4.0.conv1.weight" in changed and not any(name.startswith(("conv1.", "bn1.")) for name in changed)
    with pytest.raises(UsageError, match=r"none of its parameters begins with 'layer9.'"):
        finetune(candidate(), timm_folder, split, recipe=QUICK, frozen=("layer9.",))


def test_batch_norms_adapt_whatever_the_checkpoint_says(tmp_path: Path, split: Split) -> None:
    from hubscore.finetune.prepared import prepared
    from hubscore.finetune.training import _at
    from hubscore.models.load import load_network

    network = load_network(candidate("transformers"), save_tiny_backbone(tmp_path / "net"))
    parts = [prepared(network, part, "cpu") for part in split]
    _at(1e-3, network, parts, Recipe(epochs=1))
    momenta = {module.momentum for module in network.module.modules() if isinstance(module, torch.nn.BatchNorm2d)}
    assert momenta == {0.1}


class Linear(torch.nn.Module):
    """A linear classifier of pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.head = torch.nn.Linear(192, 2)

    def forward(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        return self.head(batch["pixel_values"].flatten(1))


def test_mirroring_takes_left_and_right_away() -> None:
    pictures = torch.zeros(64, 3, 8, 8)
    labels = torch.arange(64) % 2
    pictures[labels == 0, :, :, :4], pictures[labels == 1, :, :, 4:] = 1.0, 1.0
    reached: list[float] = []
    losses: list[float] = []
    for flip in (False, True):
        torch.manual_seed(0)
        model = Linear()
        data = {"pixel_values": pictures}, labels
        train_model(model, data, Recipe(epochs=5, batch_size=16, flip=flip), 1e-2)
        reached.append(accuracy_of(model, data))
        losses.append(torch.nn.functional.cross_entropy(model(data[0]), labels).item())
    assert reached[0] == 1.0
    assert losses[1] > 10 * losses[0]


def test_a_last_batch_of_one_image_is_left_out(timm_folder: Path) -> None:
    odd = Split(blots(13, 0), blots(4, 1), blots(4, 2))
    assert (
        finetune(candidate(), timm_folder, odd, recipe=Recipe(epochs=1, batch_size=12, learning_rates=(1e-3,))).lr
        == 1e-3
    )


def test_a_loss_that_is_not_finite_is_an_error_with_words(timm_folder: Path, split: Split) -> None:
    with pytest.raises(CandidateError, match=r"'tiny/net' cannot be fine-tuned: the loss was not finite at 1e\+30"):
        finetune(candidate(), timm_folder, split, recipe=Recipe(epochs=2, batch_size=12, learning_rates=(1e30,)))


def test_one_learning_rate_that_explodes_does_not_count(timm_folder: Path, split: Split) -> None:
    assert (
        finetune(
            candidate(), timm_folder, split, recipe=Recipe(epochs=2, batch_size=12, learning_rates=(1e30, 3e-3))
        ).lr
        == 3e-3
    )


def test_a_part_without_images_is_refused(timm_folder: Path, split: Split) -> None:
    with pytest.raises(UsageError, match="with 0 validation items and 0 labels"):
        finetune(candidate(), timm_folder, split._replace(validation=Sample([], np.array([]))))
    with pytest.raises(UsageError, match="it needs a learning rate"):
        finetune(candidate(), timm_folder, split, recipe=Recipe(learning_rates=()))


def test_a_broken_checkpoint_is_an_error_with_words(tmp_path: Path, split: Split) -> None:
    folder = save_tiny_timm(tmp_path / "net")
    (folder / "config.json").write_text(json.dumps({"architecture": "no_such_net"}))
    with pytest.raises(CandidateError, match="tiny/net"):
        finetune(candidate(), folder, split, recipe=QUICK)


def test_results_are_plain_values() -> None:
    assert FineTuneResult("a", 1.0, 1.0, 1e-3, 1.0, 96).standard_error == pytest.approx(0.0139, abs=1e-3)
    assert doctest.testmod(recipe_module).failed == 0
