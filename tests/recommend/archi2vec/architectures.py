"""Graphs of known architectures, without weights: on the meta device."""

from functools import cache

import timm
import torch
import torchvision
from torchvision.models.resnet import BasicBlock, ResNet

from hubscore.recommend.archi2vec.autograd_graph import architecture_graph


@cache
def graph_of(name):
    """Graph of an architecture of torchvision, of timm (``timm/NAME``), or of a ResNet-10 in torchvision's blocks."""
    with torch.device("meta"):
        if name == "resnet10":
            module = ResNet(BasicBlock, [1, 1, 1, 1])
        elif name.startswith("timm/"):
            module = timm.create_model(name.removeprefix("timm/"), pretrained=False)
        else:
            module = getattr(torchvision.models, name)()
        return architecture_graph(module, torch.zeros(1, 3, 224, 224))
