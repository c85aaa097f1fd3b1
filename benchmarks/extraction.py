"""What extraction costs beside a bare loop: decode, the model's own transform, forward, over the same images.

    python benchmarks/extraction.py            # 500 images, five alternated runs, several minutes
    python benchmarks/extraction.py --quick    # 64 images, three runs
    python benchmarks/extraction.py --layers   # what the second pass, for the kernel of the layers, costs as well

Both sides have the same images, batch size, threads and channel layout; loading the network is in neither. Prints a
table on stderr and JSON on stdout. The goal is a ratio of at most 1.10, or 0.3 s more where the bare loop is short.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import timm
import torch
import transformers
from PIL import Image
from timm.models import save_for_hf

from hubscore.extract.batch_size import initial_batch_size
from hubscore.extract.forward_pass import run_network
from hubscore.extract.layer_pass import run_layers
from hubscore.models.layer_runs import layer_runs
from hubscore.models.load import load_network
from hubscore.types import Candidate


@dataclass(frozen=True)
class Line:
    """One architecture's times."""

    architecture: str
    batch_size: int
    bare_seconds: float
    hubscore_seconds: float
    ratio: float
    within_goal: bool


class Encoded(Sequence):
    """JPEG pictures, decoded on access, as often as they are asked for."""

    def __init__(self, count: int) -> None:
        random = np.random.default_rng(0)
        self.files = [self._encode(random.integers(0, 256, (24, 32, 3), dtype=np.uint8)) for _ in range(count)]

    @staticmethod
    def _encode(coarse: np.ndarray) -> bytes:
        file = io.BytesIO()
        Image.fromarray(coarse).resize((480, 360), Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
        return file.getvalue()

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, at: int) -> Image.Image:
        return Image.open(io.BytesIO(self.files[at])).convert("RGB")


def save_timm(folder: Path, name: str) -> str:
    save_for_hf(timm.create_model(name), folder, safe_serialization=True)
    return "timm"


def save_transformers(folder: Path, name: str, config: transformers.PreTrainedConfig) -> str:
    getattr(transformers, f"{name}ForImageClassification")(config).save_pretrained(folder)
    getattr(transformers, f"{name}ImageProcessor")().save_pretrained(folder)
    return "transformers"


ARCHITECTURES: dict[str, Callable[[Path], str]] = {
    "timm resnet50": lambda folder: save_timm(folder, "resnet50"),
    "transformers ViT-base": lambda folder: save_transformers(folder, "ViT", transformers.ViTConfig(num_labels=1000)),
    "transformers MobileNetV2": lambda folder: save_transformers(
        folder, "MobileNetV2", transformers.MobileNetV2Config(num_labels=1000)
    ),
    "timm mobilenetv3_small_100": lambda folder: save_timm(folder, "mobilenetv3_small_100"),
    "timm test_resnet": lambda folder: save_timm(folder, "test_resnet"),
}


def bare(folder: Path, library: str, images: Encoded, batch_size: int, channels_last: bool) -> Callable[[], None]:
    """Return the plain loop that one would write for this one network."""
    if library == "timm":
        model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
        one = timm.data.create_transform(**timm.data.resolve_model_data_config(model), is_training=False)

        def transform(batch: list[Image.Image]) -> torch.Tensor:
            return torch.stack([one(image) for image in batch])
    else:
        model = transformers.AutoModelForImageClassification.from_pretrained(folder).eval()
        processor = transformers.AutoImageProcessor.from_pretrained(folder)

        def transform(batch: list[Image.Image]) -> torch.Tensor:
            return processor(images=batch, return_tensors="pt")["pixel_values"]

    layout = torch.channels_last if channels_last else torch.contiguous_format
    model = model.to(memory_format=layout)

    def loop() -> None:
        with torch.inference_mode():
            for start in range(0, len(images), batch_size):
                batch = [images[at] for at in range(start, min(start + batch_size, len(images)))]
                model(transform(batch).contiguous(memory_format=layout))

    return loop


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(name: str, images: Encoded, rounds: int) -> Line:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        library = ARCHITECTURES[name](folder)
        network = load_network(Candidate("bench/model", "0" * 40, library, path=place), folder)
        batch_size = initial_batch_size(network, "cpu", len(images))
        plain = bare(folder, library, images, batch_size, network.layout is not None)
        run_network(network, [images[0], images[1]])  # the first pass of a process is slow on either side
        pairs = [
            (seconds(plain), seconds(lambda: run_network(network, images, batch_size=batch_size)))
            for _ in range(rounds)
        ]
    base, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    return Line(
        name, batch_size, round(base, 3), round(ours, 3), round(ours / base, 3), ours <= max(1.10 * base, base + 0.3)
    )


@dataclass(frozen=True)
class LayerLine:
    """What one architecture's second pass costs."""

    architecture: str
    layers: int
    channels: int
    first_seconds: float
    second_seconds: float
    kernel_seconds: float
    ratio: float


def measure_layers(name: str, images: Encoded, rounds: int) -> LayerLine:
    """Time the ordinary pass, and the pass for the kernel of the layers with everything that belongs to it."""
    rows = [f"row {at}" for at in range(len(images))]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        library = ARCHITECTURES[name](folder)
        network = load_network(Candidate("bench/model", "0" * 40, library, path=place), folder)
        whole = network.with_transform("whole")
        found = layer_runs(network)
        run_network(network, [images[0], images[1]])
        firsts, seconds_, kernels = [], [], []
        for _ in range(rounds):
            firsts.append(seconds(lambda: run_network(network, images)))
            began = time.perf_counter()
            made = run_layers(whole, images, rows, folder=folder)
            seconds_.append(time.perf_counter() - began)
            kernels.append(made.seconds["layers_kernel"])
    first, second, kernel = (statistics.median(times) for times in (firsts, seconds_, kernels))
    channels = sum(layer.width for layer in found)
    return LayerLine(
        name, len(found), channels, round(first, 3), round(second, 3), round(kernel, 3), round(second / first, 2)
    )


def main_layers(names: Sequence[str], images: Encoded, rounds: int) -> None:
    """Print what second passes cost."""
    header = f"{'architecture':<28}{'layers':>7}{'channels':>9}{'first s':>9}{'second s':>9}{'kernel s':>9}{'ratio':>7}"
    print(header, file=sys.stderr)
    lines = []
    for name in names:
        line = measure_layers(name, images, rounds)
        lines.append(asdict(line))
        times = f"{line.first_seconds:>9.2f}{line.second_seconds:>9.2f}{line.kernel_seconds:>9.2f}{line.ratio:>7.2f}"
        print(f"{name:<28}{line.layers:>7}{line.channels:>9}{times}", file=sys.stderr)
    machine = {"threads": torch.get_num_threads(), "torch": torch.__version__, "images": len(images), "rounds": rounds}
    print(json.dumps({"layers": lines, **machine}, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="64 images, three runs each")
    parser.add_argument("--only", nargs="+", choices=ARCHITECTURES, default=list(ARCHITECTURES))
    parser.add_argument("--layers", action="store_true", help="what the kernel of the layers costs instead")
    options = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    images, rounds = Encoded(64 if options.quick else 500), 3 if options.quick else 5
    torch.manual_seed(0)
    if options.layers:
        main_layers(options.only, images, rounds)
        return
    print(f"{'architecture':<28}{'batch':>6}{'bare s':>9}{'hubscore s':>12}{'ratio':>7}", file=sys.stderr)
    lines = []
    for name in options.only:
        line = measure(name, images, rounds)
        lines.append(asdict(line))
        numbers = f"{line.batch_size:>6}{line.bare_seconds:>9.2f}{line.hubscore_seconds:>12.2f}{line.ratio:>7.2f}"
        print(f"{name:<28}{numbers}  {'ok' if line.within_goal else 'ABOVE THE GOAL'}", file=sys.stderr)
    machine = {"threads": torch.get_num_threads(), "torch": torch.__version__, "images": len(images), "rounds": rounds}
    print(json.dumps({"extraction": lines, **machine}, indent=2))
    sys.exit(not all(line["within_goal"] for line in lines))


if __name__ == "__main__":
    main()
