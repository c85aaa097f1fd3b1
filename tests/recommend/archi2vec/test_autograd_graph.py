"""The graph of one forward pass."""

from collections import Counter

import pytest
import torch
from models.checkpoints import candidate, save_timm
from recommend.archi2vec.architectures import graph_of
from torch import nn

from hubscore.errors import UsageError
from hubscore.models.load import load_network
from hubscore.recommend.archi2vec.autograd_graph import architecture_graph


def test_a_small_network_by_hand():
    graph = architecture_graph(nn.Sequential(nn.Linear(2, 2, bias=False), nn.ReLU()), torch.zeros(1, 2))
    assert graph.names == ("ReluBackward", "MmBackward", "TBackward", "Variable")
    assert graph.edges == ((0, 1), (1, 2), (2, 3))


def test_resnet_18_has_its_operations_and_every_parameter_as_a_leaf():
    counts = Counter(graph_of("resnet18").names)
    assert (counts["ConvolutionBackward"], counts["BatchNormBackward"], counts["AddBackward"]) == (20, 20, 8)
    assert counts["Variable"] == 20 + 2 * 20 + 2


def test_the_meta_device_gives_the_graph_of_the_cpu():
    from torchvision.models import squeezenet1_1

    assert architecture_graph(squeezenet1_1(), torch.zeros(1, 3, 64, 64)) == graph_of("squeezenet1_1")


def test_a_network_of_the_loaders_brings_its_batch(tmp_path):
    network = load_network(candidate(save_timm(tmp_path), "timm"), tmp_path)
    graph = architecture_graph(network)
    assert graph.names[0].endswith("Backward") and "ConvolutionBackward" in graph.names


def test_frozen_parameters_count_and_modes_are_put_back():
    module = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout()).train()
    module[1].eval()
    module[0].weight.requires_grad_(False)
    before = [part.training for part in module.modules()]
    assert Counter(architecture_graph(module, torch.ones(3, 2)).names)["Variable"] == 4
    assert [part.training for part in module.modules()] == before
    assert not module[0].weight.requires_grad and module[0].bias.requires_grad


def test_shared_weights_are_one_leaf_and_nested_outputs_are_followed():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(2, 2, bias=False)

        def forward(self, x):
            return {"deep": [self.layer(self.layer(x))], "flat": (self.layer(x), None, 3)}

    counts = Counter(architecture_graph(Twice(), torch.ones(1, 2)).names)
    assert (counts["MmBackward"], counts["Variable"]) == (3, 1)


def test_named_inputs_and_integers_reach_a_text_network():
    from transformers import BertConfig, BertModel

    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 8}
    module = BertModel(BertConfig(vocab_size=9, **sizes))
    graph = architecture_graph(module, {"input_ids": torch.tensor([[1, 2, 3]])})
    assert "EmbeddingBackward" in graph.names


def test_inference_mode_around_it_does_not_matter_and_deep_networks_need_no_stack():
    deep, batch = nn.Sequential(nn.Linear(1, 1), *(nn.ReLU() for _ in range(3000))), torch.zeros(1, 1)
    with torch.inference_mode():
        assert len(architecture_graph(deep, batch).names) > 3000


def test_a_module_without_a_batch_and_one_without_parameters_are_refused():
    with pytest.raises(UsageError, match="batch"):
        architecture_graph(nn.Linear(1, 1))
    with pytest.raises(UsageError, match="parameter"):
        architecture_graph(nn.ReLU(), torch.zeros(1))
