"""How long one image takes by architecture family, beside a standard workload: the table in
hubscore/modalities/image/cost.py.

Run on an idle machine: `python benchmarks/plan.py`. Random weights, one thread, batches of 8, 224 pixels, best of five
batches.
"""

from __future__ import annotations

import argparse
import time

import timm
import torch

from hubscore.candidates.family import family_of
from hubscore.extract.machine_speed import measure

NETWORKS = (
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "regnety_004",
    "densenet121",
    "vgg11",
    "mobilenetv2_100",
    "mobilenetv3_large_100",
    "efficientnet_b0",
    "convnext_nano",
    "mobilevit_s",
    "deit_tiny_patch16_224",
    "vit_small_patch16_224",
    "swin_tiny_patch4_window7_224",
    "tiny_vit_5m_224",
    "mobilenetv4_conv_small",
    "ghostnet_100",
    "edgenext_small",
    "poolformer_s12",
    "inception_v3",
    "repvgg_a0",
    "maxvit_nano_rw_256",
    "levit_128",
    "xcit_nano_12_p16_224",
    "efficientformer_l1",
    "fastvit_t8",
    "rexnet_100",
)


def seconds_per_image(network: torch.nn.Module, images: torch.Tensor) -> float:
    """Return the shortest processor time of five batches, an image."""
    times = []
    with torch.inference_mode():
        network(images)
        for _ in range(5):
            started = time.process_time()
            network(images)
            times.append(time.process_time() - started)
    return min(times) / len(images)


def main() -> None:
    """Print one line per network: family, parameters, milliseconds, and seconds per parameter as multiples of
    ResNet-18's.
    """
    torch.set_num_threads(1)
    unit = None
    print(f"standard workload: {measure('cpu') * 1e3:.2f} ms an image")
    for name in NETWORKS:
        network = timm.create_model(name, num_classes=1000).eval()
        parameters = sum(parameter.numel() for parameter in network.parameters())
        side = network.pretrained_cfg["input_size"][-1]
        seconds = seconds_per_image(network, torch.randn(8, 3, side, side)) * (224 / side) ** 2
        unit = unit or seconds / parameters
        family = family_of({"architecture": name}, name, "timm")
        print(
            f"{name:32} {family:16} {parameters / 1e6:6.1f} M {seconds * 1e3:7.1f} ms"
            f" {seconds / parameters / unit:6.2f}",
            flush=True,
        )


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    main()
