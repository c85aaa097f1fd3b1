"""What attribution maps cost beside one plain forward and backward pass over the same images.

    python benchmarks/attribution.py            # 16 images, five alternated rounds, one thread: some three minutes
    python benchmarks/attribution.py --quick    # 8 images, three rounds
    python benchmarks/attribution.py --weights  # beside a backward pass as in training

Both sides have the same prepared images, batch size, threads and channel layout. The plain side computes the gradient
of the mean representation with respect to the images, and with ``--weights`` of the weights as well (which makes it
slower and the ratios look better). Our side is everything from prepared images to normalised maps in float16 on the 64
x 64 grid; disk writes are in neither. Times are CPU time of this process, and the ratio of two sides is the median over
rounds. Prints a table on stderr and JSON on stdout. The goal: one method at most 1.25, all three at most 2.5 (3.0 where
activations are SiLU or hard-swish).
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from timm.models import save_for_hf

from hubscore.attribution.explainer import METHODS, fixed
from hubscore.attribution.grid import Grid
from hubscore.attribution.network import attribute
from hubscore.models.load import load_network
from hubscore.models.network import Network
from hubscore.types import Candidate

ARCHITECTURES = {
    "resnet18": "relu",
    "vit_tiny_patch16_224": "gelu",
    "convnext_atto": "gelu",
    "efficientnet_b0": "silu",
    "mobilenetv3_large_100": "hardswish",
}
MOST = {"one": 1.25, "all": 2.5, "all, SiLU or hard-swish": 3.0}


@dataclass(frozen=True)
class Line:
    """One architecture's ratios, each to one plain forward and backward pass."""

    architecture: str
    activation: str
    plain_ms_an_image: float
    saliency: float
    gradient_x_input: float
    epsilon_lrp: float
    all_three: float
    within_goal: bool


def prepared(name: str, images: Sequence[Image.Image]) -> tuple[Network, torch.Tensor]:
    """Return a network of random weights whose transform is done already; norms have uneven weights, as trained ones
    do.
    """
    module = timm.create_model(name)
    for part in module.modules():
        if isinstance(part, torch.nn.LayerNorm):
            torch.nn.init.normal_(part.weight, 1.0, 0.1)
    with tempfile.TemporaryDirectory() as place:
        save_for_hf(module, place, safe_serialization=True)
        network = load_network(Candidate("bench/model", "0" * 40, "timm", path=place), Path(place))
    batch = network.transform_all(images)
    return replace(network, transform_all=lambda some: batch[: len(some)]), batch


def plain(network: Network, batch: torch.Tensor, weights: bool) -> None:
    """Run forwards and backwards to the images, and to the weights as well as in training."""
    leaf = batch.detach().requires_grad_()
    with nullcontext() if weights else fixed(network.module):
        wanted = [leaf, *(one for one in network.module.parameters() if one.requires_grad)]
        torch.autograd.grad(network.forward({"pixel_values": leaf})[0].mean(dim=1).sum(), wanted, allow_unused=True)


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(name: str, images: Sequence[Image.Image], batch_size: int, rounds: int, weights: bool) -> Line:
    network, batch = prepared(name, images[:batch_size])
    grid, some = Grid.for_items(images[:batch_size], 64), images[:batch_size]
    repeats = len(images) // batch_size
    ways = [*((method,) for method in METHODS), METHODS]

    def ours(methods: Sequence[str]) -> None:
        for _ in range(repeats):
            attribute(network, some, grid, methods=methods, batch_size=batch_size)

    def bare() -> None:
        for _ in range(repeats):
            plain(network, batch, weights)

    bare()
    ours(METHODS)  # the first pass of a process is slow on either side
    times = [[seconds(bare), *(seconds(lambda way=way: ours(way)) for way in ways)] for _ in range(rounds)]
    ratios = [round(statistics.median(row[place] / row[0] for row in times), 3) for place in range(1, 5)]
    most = MOST["all" if ARCHITECTURES[name] in ("relu", "gelu") else "all, SiLU or hard-swish"]
    base = 1000 * statistics.median(row[0] for row in times) / len(images)
    return Line(
        name, ARCHITECTURES[name], round(base, 1), *ratios, max(ratios[:3]) <= MOST["one"] and ratios[3] <= most
    )


def pictures(count: int) -> list[Image.Image]:
    random = np.random.default_rng(0)
    return [
        Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=np.uint8)).resize((320, 240)) for _ in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="8 images, three rounds")
    parser.add_argument(
        "--weights", action="store_true", help="compare with a backward pass to the weights as well, as in training"
    )
    parser.add_argument("--batch-size", type=int, default=8)
    parser.add_argument("--only", nargs="+", choices=ARCHITECTURES, default=list(ARCHITECTURES))
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, rounds = pictures(8 if options.quick else 16), 3 if options.quick else 5
    print(
        f"{'architecture':<24}{'ms/image':>9}{'saliency':>10}{'grad x in':>10}{'eps-LRP':>10}{'all':>10}",
        file=sys.stderr,
    )
    lines = []
    for name in options.only:
        line = measure(name, images, min(options.batch_size, len(images)), rounds, options.weights)
        lines.append(asdict(line))
        ratios = (line.saliency, line.gradient_x_input, line.epsilon_lrp, line.all_three)
        numbers = f"{line.plain_ms_an_image:>9.1f}" + "".join(f"{ratio:>10.2f}" for ratio in ratios)
        print(f"{name:<24}{numbers}  {'ok' if line.within_goal else 'ABOVE THE GOAL'}", file=sys.stderr)
    machine = {
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "timm": timm.__version__,
        "weights": options.weights,
    }
    print(
        json.dumps({"attribution": lines, "goal": MOST, "images": len(images), "rounds": rounds, **machine}, indent=2)
    )
    sys.exit(not all(line["within_goal"] for line in lines))


if __name__ == "__main__":
    main()
