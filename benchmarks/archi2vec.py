"""The picture of ``docs/recommend.md``: sixty architectures by how they are built, without weights.

python benchmarks/archi2vec.py --write docs/architectures.svg
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import torch
from matplotlib.figure import Figure
from torchvision import models as torchvision_models
from torchvision.models.resnet import BasicBlock, ResNet

from hubscore.models.without_weights import empty_timm
from hubscore.recommend.archi2vec.autograd_graph import architecture_graph
from hubscore.recommend.archi2vec.embedding import fit_embedding
from hubscore.recommend.archi2vec.graph import Graph
from hubscore.report.label_placement import place_labels
from hubscore.report.map_pictures import COLOURS, INK, STYLE, encoded

TORCHVISION = {
    "plain": "alexnet vgg11 vgg16 vgg13_bn vgg19_bn squeezenet1_0 squeezenet1_1",
    "ResNet": "resnet10 resnet18 resnet34 resnet50 resnet101 wide_resnet50_2 resnext50_32x4d",
    "dense and inception": "densenet121 densenet169 googlenet inception_v3",
    "mobile": "mobilenet_v2 mobilenet_v3_small mobilenet_v3_large mnasnet1_0 shufflenet_v2_x1_0",
    "EfficientNet": "efficientnet_b0 efficientnet_b3 efficientnet_v2_s",
    "ConvNeXt": "convnext_tiny convnext_base",
    "transformer": "vit_b_16 vit_b_32 vit_l_16 swin_t swin_v2_t",
}
TIMM = {
    "ResNet": "resnet26 seresnet50 resnetv2_50 resnest50d res2net50_26w_4s ecaresnet50d",
    "dense and inception": "xception41 inception_v4 dla34",
    "mobile": "regnety_004 regnetx_016 mobilenetv4_conv_small ghostnet_100 hardcorenas_a repvgg_a2",
    "EfficientNet": "tf_efficientnet_b0 rexnet_100 tf_efficientnetv2_b0",
    "ConvNeXt": "convnextv2_atto poolformer_s12 convmixer_768_32",
    "transformer": "deit_tiny_patch16_224 beit_base_patch16_224 cait_xxs24_224 pit_s_224 mixer_s32_224 coat_tiny",
}


def graph_of(name: str) -> Graph:
    """Return the graph of an architecture of torchvision, or of a ResNet-10 in its blocks."""
    with torch.device("meta"):
        made: Any = ResNet(BasicBlock, [1, 1, 1, 1]) if name == "resnet10" else getattr(torchvision_models, name)()
        side = 299 if name == "inception_v3" else 224
        return architecture_graph(made.eval(), torch.zeros(1, 3, side, side))


def graph_of_timm(name: str) -> Graph:
    """Return the graph of an architecture of timm."""
    made = empty_timm(name)
    if made is None:
        raise SystemExit(f"timm does not know {name}")
    return architecture_graph(made.module, made.example)


def main() -> None:
    """Draw the picture, and print the cosines of Fennec's Fig. 3."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, default=Path("architectures.svg"))
    options = parser.parse_args()
    graphs, kinds = {}, {}
    for listed, look in ((TORCHVISION, graph_of), (TIMM, graph_of_timm)):
        for kind, names in listed.items():
            for name in names.split():
                graphs[name], kinds[name] = look(name), kind
    embedding = fit_embedding(list(graphs.values()))
    vectors = np.array([embedding.transform(graph) for graph in graphs.values()], dtype=np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    place = {name: number for number, name in enumerate(graphs)}
    for one, other in (
        ("resnet18", "resnet10"),
        ("resnet18", "alexnet"),
        ("resnet18", "resnet50"),
        ("resnet18", "vit_b_16"),
    ):
        print(f"{one} and {other}: cosine {vectors[place[one]] @ vectors[place[other]]:.2f}")
    options.write.write_bytes(picture(list(graphs), [kinds[name] for name in graphs], vectors))
    print(f"{len(graphs)} architectures in {options.write}")


def picture(names: list[str], kinds: list[str], vectors: np.ndarray) -> bytes:
    """Return the plane of smallest stress between the distances 1 - cosine, as SVG."""
    from sklearn.manifold import smacof

    apart = np.clip(1 - vectors @ vectors.T, 0, None)
    centred = apart - apart.mean(axis=0) - apart.mean(axis=1)[:, None] + apart.mean()
    values, axes_of = np.linalg.eigh(-centred / 2)
    start = axes_of[:, -2:] * np.sqrt(values[-2:])  # no chance: from the two strongest axes
    points, _ = smacof(apart, n_components=2, init=start, n_init=1, max_iter=500, normalized_stress=False)
    order = list(dict.fromkeys(kinds))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(9.5, 7.6), layout="constrained")
        axes = figure.add_subplot()
        for number, kind in enumerate(order):
            mine = [place for place, one in enumerate(kinds) if one == kind]
            axes.scatter(points[mine, 0], points[mine, 1], s=26, color=COLOURS[number], label=kind)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.set_aspect("equal", "datalim")
        axes.spines[["left", "bottom"]].set_visible(False)
        title = (
            f"{len(names)} architectures without weights: near what is built of the same parts (archi2vec, 1 - cosine)"
        )
        axes.set_title(title, loc="left", fontsize=10, color=INK)
        figure.legend(loc="outside lower center", ncols=len(order), frameon=False, fontsize=8)
        place_labels(figure, axes, points, names, [COLOURS[order.index(kind)] for kind in kinds], 7)
        return encoded(figure, "svg")


if __name__ == "__main__":
    main()
