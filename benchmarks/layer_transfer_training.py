"""The training behind benchmarks/layer_transfer.py: target networks, and what lies behind each cut point, from new
weights.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

from hubscore.candidates.resolve import resolve_candidates
from hubscore.hub.client import hub_api
from hubscore.layers.select import list_layers
from hubscore.layers.split_points import SplitPoint, find_split_points
from hubscore.models.activations import capture_activations
from hubscore.models.batch import take_rows
from hubscore.models.load import load_network
from hubscore.models.network import Network
from hubscore.probe.load import load_probe
from hubscore.run.options import RunOptions

V1 = "mobilenet_v1."
POINTWISE = (f"{V1}conv_stem", *(f"{V1}layer.{at}" for at in range(1, 26, 2)))


class Source(NamedTuple):
    """A checkpoint: its folder, the size at which it runs, its cut points, the name of its architecture, and where
    the zoo has networks of it that were trained from scratch on targets.
    """

    folder: str
    size: int
    layers: str | tuple[str, ...]
    architecture: str
    scratch: str = ""


class Target(NamedTuple):
    """A task: its data set, and whether mirrored images mean the same."""

    dataset: str
    flip: bool


class Amount(NamedTuple):
    """How many target images the rest of the network is trained on, how long, how often, and how many a step."""

    images: int
    epochs: int
    seeds: int
    batch: int


SOURCES = {
    "ImageNet": Source("google/mobilenet_v1_0.25_128", 64, POINTWISE, "mobilenet"),
    "CIFAR-10": Source("zoo/mini-convnext_cifar10", 48, "blocks", "convnext", "zoo/mini-convnext_{}"),
    "person": Source("tflite-micro/mobilenet_v1_0.25_96_person", 64, POINTWISE, "mobilenet"),
}
TARGETS = {"scenes6": Target("scenes6", True), "mnist": Target("mnist", False), "rsscn7": Target("rsscn7", True)}
AMOUNTS = {"many": Amount(240, 10, 1, 30), "few": Amount(30, 30, 2, 10)}
SCRATCH = Amount(1200, 16, 1, 30)
TEST, RATE, DECAY = 300, 3e-3, 0.01
Rows = tuple[dict[str, torch.Tensor], torch.Tensor]


class Data(NamedTuple):
    """Prepared images of one target for one architecture, with labels: to train on, in an order in which every
    beginning is balanced, and to measure on.
    """

    train: Rows
    test: Rows
    classes: int


def load(folder: Path, size: int) -> Network:
    """Load a checkpoint; its BatchNorms adapt as torch's do, some carry values that would never."""
    (candidate,) = resolve_candidates([str(folder)], api=hub_api()).candidates
    network = load_network(candidate, folder, input_size=size)
    network.module.requires_grad_(True)
    for module in network.module.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.momentum = 0.1
    return network


def prepare(network: Network, zoo: Path, target: Target) -> Data:
    """Draw and prepare the images of a target."""
    made = []
    for split, count in (("train", SCRATCH.images), ("test", TEST)):
        probe = load_probe(zoo / "datasets" / target.dataset, split=split, samples=count)
        labels = np.asarray(probe.labels)
        rows = balanced(labels)
        ((batch, _),) = network.collate(list(network.transform_all([probe.items[row] for row in rows])))
        made.append((dict(batch), torch.as_tensor(labels[rows])))
    return Data(*made, classes=1 + max(int(labels.max()) for _, labels in made))


def balanced(labels: np.ndarray) -> np.ndarray:
    """Return the rows class by class in turn."""
    turn = np.zeros(len(labels), dtype=int)
    for one in np.unique(labels):
        turn[labels == one] = np.arange((labels == one).sum())
    return np.lexsort((labels, turn))


def beginning(rows: Rows, count: int, *, mirrored: bool) -> Rows:
    """Return the first rows, and their mirror images where these mean the same."""
    batch, labels = take_rows(rows[0], slice(count)), rows[1][:count]
    if not mirrored:
        return dict(batch), labels
    return {name: torch.cat([part, part.flip(-1)]) for name, part in batch.items()}, torch.cat([labels, labels])


@torch.inference_mode()
def run(network: Network, batch: dict[str, torch.Tensor], layers: Sequence[str] = ()) -> dict[str, torch.Tensor]:
    """Return the outputs of modules for every image, and the representation under the name "features"."""
    network.module.eval()
    found: dict[str, list[torch.Tensor]] = {}
    for start in range(0, len(next(iter(batch.values()))), 100):
        with capture_activations(network, layers, torch.Tensor.clone) as caught:
            features, _ = network.forward(take_rows(batch, slice(start, start + 100)))
        for name, values in {**caught, "features": features}.items():
            found.setdefault(name, []).append(values.clone())
    return {name: torch.cat(values) for name, values in found.items()}


@contextmanager
def cut_off(network: Network, names: Sequence[str]) -> Iterator[None]:
    """Replace the modules before a cut point by nothing, so that the network takes that point's output."""
    kept = {name: network.module.get_submodule(name) for name in names}
    for name in names:
        network.module.set_submodule(name, torch.nn.Identity())
    try:
        yield
    finally:
        for name, module in kept.items():
            network.module.set_submodule(name, module)


def fit(network: Network, train: Rows, test: Rows, classes: int, epochs: int, batch_size: int, seed: int = 0) -> float:
    """Train the network from new weights under a new head, in place; return the accuracy on the test rows."""
    torch.manual_seed(seed)
    for part in network.module.modules():
        if hasattr(part, "reset_parameters"):
            part.reset_parameters()
    (batch, labels), order = train, torch.Generator().manual_seed(seed)
    head = torch.nn.Linear(run(network, take_rows(batch, slice(2)))["features"].shape[1], classes)
    weights = [*network.module.parameters(), *head.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=DECAY)
    steps = [part for _ in range(epochs) for part in torch.randperm(len(labels), generator=order).split(batch_size)]
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=RATE, total_steps=len(steps))
    network.module.train()
    for part in steps:
        loss = cross_entropy(head(network.forward(take_rows(batch, part))[0]), labels[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        cycle.step()
    with torch.inference_mode():
        return float((head(run(network, test[0])["features"]).argmax(1) == test[1]).double().mean())


class Outputs(NamedTuple):
    """What every cut point gives for the training images, their mirror images where these mean the same, and the
    test images; while all up to it is frozen this does not change. And the modules of the chain, in order.
    """

    train: dict[str, torch.Tensor]
    labels: torch.Tensor
    test: dict[str, torch.Tensor]
    chain: list[str]

    @classmethod
    def of(cls, network: Network, data: Data, target: Target, cuts: Sequence[SplitPoint]) -> Outputs:
        """Run the images through the network once."""
        names, most = [cut.name for cut in cuts], max(how.images for how in AMOUNTS.values())
        batch, labels = beginning(data.train, most, mirrored=target.flip)
        chain = [one.name for one in find_split_points(network)]
        return cls(run(network, batch, names), labels, run(network, data.test[0], names), chain)


def transfer(
    network: Network, cut: SplitPoint, found: Outputs, data: Data, target: Target, how: Amount, seed: int
) -> float:
    """Freeze all up to a cut point and train the rest anew, from the cut point's outputs."""
    (name,), most = data.test[0], len(found.labels) // (2 if target.flip else 1)
    rows = torch.cat([torch.arange(start, start + how.images) for start in range(0, len(found.labels), most)])
    test = {name: found.test[cut.name]}
    with cut_off(network, found.chain[: found.chain.index(cut.name) + 1]):
        if not torch.allclose(
            run(network, take_rows(test, slice(8)))["features"], found.test["features"][:8], atol=1e-3
        ):
            raise RuntimeError(f"{network.name} cannot be cut behind {cut.name}")
        train, epochs = (
            ({name: found.train[cut.name][rows]}, found.labels[rows]),
            how.epochs // (2 if target.flip else 1),
        )
        return fit(network, train, (test, data.test[1]), data.classes, epochs, how.batch, seed)


def target_network(source: Source, network: Network, data: Data, zoo: Path, target: Target, folder: Path) -> float:
    """Train the source's architecture from scratch on a target's training images, and save it as a checkpoint that
    runs at the same size.
    """
    chosen = beginning(data.train, SCRATCH.images, mirrored=target.flip)
    reached = fit(network, chosen, data.test, data.classes, SCRATCH.epochs // (2 if target.flip else 1), SCRATCH.batch)
    shutil.copytree(zoo / "models" / source.folder, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    processor = folder / "preprocessor_config.json"
    if processor.exists():
        words = json.loads(processor.read_text())
        edge = words["size"]["shortest_edge"] * source.size / words["crop_size"]["height"]
        words |= {"size": {"shortest_edge": round(edge)}, "crop_size": {"height": source.size, "width": source.size}}
        processor.write_text(json.dumps(words))
    weights = {name: value.clone().contiguous() for name, value in network.module.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return reached


class Results:
    """What was measured, in a file that grows line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.known: dict[str, dict[str, Any]] = {one["key"]: one for one in map(json.loads, lines)}

    def missing(self, *key: object) -> bool:
        """Say whether a result is not there yet."""
        return "|".join(map(str, key)) not in self.known

    def add(self, value: float, seconds: float, *key: object) -> None:
        """Keep a result."""
        line = {"key": "|".join(map(str, key)), "value": value, "seconds": round(seconds, 2)}
        self.known[str(line["key"])] = line
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(f"  {line['key']}: {value:.3f} ({seconds:.1f} s)", flush=True)

    def value(self, *key: object) -> float:
        """Return a result."""
        return float(self.known["|".join(map(str, key))]["value"])

    @property
    def minutes(self) -> float:
        """Processor time of all results."""
        return float(sum(one["seconds"] for one in self.known.values())) / 60


def train_all(zoo: Path, work: Path, results: Results) -> None:
    """Train every target network and, for every cut point, what lies behind it."""
    for wanted, source in SOURCES.items():
        cuts = cuts_of(zoo, source)
        for name, target in TARGETS.items():
            jobs = [
                (amount, cut, seed)
                for amount, how in AMOUNTS.items()
                for seed in range(how.seeds)
                for cut in cuts
                if results.missing(wanted, name, amount, cut.name, seed)
            ]
            if not jobs:
                continue
            network = load(zoo / "models" / source.folder, source.size)
            own = {key: value.clone() for key, value in network.module.state_dict().items()}
            data = prepare(network, zoo, target)
            folder = scratch_folder(zoo, work, source, name)
            if not (folder / "model.safetensors").exists():
                began = time.process_time()
                reached = target_network(source, network, data, zoo, target, folder)
                results.add(reached, time.process_time() - began, source.architecture, name, "scratch")
            network.module.load_state_dict(own)
            found = Outputs.of(network, data, target, cuts)
            for amount, cut, seed in jobs:
                network.module.load_state_dict(own)
                began = time.process_time()
                reached = transfer(network, cut, found, data, target, AMOUNTS[amount], seed)
                results.add(reached, time.process_time() - began, wanted, name, amount, cut.name, seed)


def scratch_folder(zoo: Path, work: Path, source: Source, target: str) -> Path:
    """Return where the network of a source's architecture is that was trained from scratch on a target."""
    ready = zoo / "models" / source.scratch.format(target)
    return ready if source.scratch and ready.exists() else work / f"{source.architecture}-{target}"


def cuts_of(zoo: Path, source: Source) -> Sequence[SplitPoint]:
    """Return the cut points of a checkpoint."""
    return list_layers(str(zoo / "models" / source.folder), layers=source.layers, run=RunOptions(device="cpu"))
