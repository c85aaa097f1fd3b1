import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.modelmap.task2vec import embed_task
from hubscore.models.network import Network
from hubscore.similarity.api import similarity
from hubscore.types import Probe


class Tiny(nn.Module):
    """A convolution with batch norm, then a linear layer that gives the features; one layer is never used."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.out = nn.Linear(4, 5)
        self.idle = nn.Linear(5, 9)

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, None]:
        return self.out(self.norm(self.conv(images)).relu().mean(dim=(2, 3))), None


def network(module: nn.Module | None = None) -> Network:
    module = (module or Tiny()).eval()

    def transform(images):
        return torch.stack([torch.from_numpy(np.asarray(image, np.float32) / 255).permute(2, 0, 1) for image in images])

    return Network(
        "org/tiny",
        module,
        transform,
        {"channels": 3, "input_size": [8, 8]},
        lambda batch: module(batch["pixel_values"]),
        False,
        "mean",
    )


def probe(kind: int = 0, classes: int = 2, n: int = 24) -> Probe:
    """Pictures whose class is a colour (kind 0), or a direction of stripes (kind 1)."""
    rng, labels = np.random.default_rng(kind), np.arange(n) % classes
    pixels = rng.integers(0, 60, size=(n, 8, 8, 3))
    for picture, label in zip(pixels, labels, strict=True):
        if kind == 0:
            picture[..., label] += 150
        elif label:
            picture[::2] += 150
        else:
            picture[:, ::2] += 150
    images = [Image.fromarray(picture.astype(np.uint8)) for picture in pixels]
    names = tuple(map(str, range(classes)))
    return Probe("here", None, "train", None, tuple(range(n)), labels, names, "classification", "f", 0, items=images)


def test_against_the_definition_image_by_image():
    net, data = network(), probe(classes=3)
    found = embed_task(net, data, draws=400)
    assert found.filters == {"conv": 4, "out": 5} and found.images == 24 and found.accuracy > 0.9
    # Exactly, over all labels instead of drawn ones, for the last layer: d ln p / dW = (head' (e_y - p)) h'.
    from hubscore.modelmap.task2vec import _features, _head

    features = _features(net, data.items)
    weights, bias, _ = _head(features, data.labels)
    logits = features @ weights.T + bias
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs /= probs.sum(axis=1, keepdims=True)
    with torch.no_grad():
        hidden = net.module.norm(net.module.conv(net.transform_all(data.items))).relu().mean(dim=(2, 3)).numpy()
    expected = np.zeros(5)
    for p, h in zip(probs, hidden, strict=True):
        for label in range(3):
            gradient = np.outer(weights.T @ (np.eye(3)[label] - p), h)
            expected += p[label] * (gradient**2).mean(axis=1) / len(hidden)
    assert found.values[4:] == pytest.approx(expected, rel=0.1)


def test_other_samples_of_a_task_are_nearer_than_another_task():
    net = network()
    colour, more, stripes = (
        embed_task(net, probe(kind, n=n), draws=4).values for kind, n in ((0, 24), (0, 36), (1, 24))
    )
    assert similarity("task2vec", colour, colour) == pytest.approx(0, abs=1e-12)
    assert similarity("task2vec", colour, more) < similarity("task2vec", colour, stripes)


def test_the_same_seed_gives_the_same_embedding_and_the_network_stays_as_it_was():
    net = network()
    net.module.conv.weight.requires_grad_(False)
    before = {name: value.clone() for name, value in net.module.state_dict().items()}
    first, second = embed_task(net, probe()), embed_task(net, probe())
    assert np.array_equal(first.values, second.values)
    assert all(torch.equal(before[name], value) for name, value in net.module.state_dict().items())
    assert not net.module.conv.weight.requires_grad and net.module.conv.weight.grad is None


def test_what_cannot_be_embedded():
    from dataclasses import replace

    data = probe()
    with pytest.raises(DatasetError, match="needs class labels"):
        embed_task(network(), replace(data, labels=None, target=None))
    with pytest.raises(DatasetError, match="same label"):
        embed_task(network(), replace(data, labels=np.zeros(24, int)))
    with pytest.raises(UsageError, match="at least 1"):
        embed_task(network(), data, draws=0)


def test_a_network_without_weights_that_matter():
    class Pixels(nn.Module):
        def forward(self, images):
            return images.mean(dim=(2, 3)).requires_grad_(), None

    with pytest.raises(CandidateError, match="no convolution or linear layer"):
        embed_task(network(Pixels()), probe())


def test_on_a_real_checkpoint(hub, tiny_repos):
    from hubscore.models.load import load_network
    from hubscore.types import Candidate

    net = load_network(Candidate("tiny/resnet", "0" * 40, "timm"), hub.root / "models" / tiny_repos.timm)
    found = embed_task(net, probe(n=8))
    assert (
        len(found.values) == sum(found.filters.values()) > 100
        and np.isfinite(found.values).all()
        and (found.values >= 0).all()
    )
    assert not any(name.endswith("fc") for name in found.filters)
