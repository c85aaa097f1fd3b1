"""The libraries that load models and data, unmodified, against the local Hub."""

import timm
import torch
from transformers import AutoImageProcessor, AutoModel, AutoModelForImageClassification


def test_timm_loads_by_hub_name(tiny_repos):
    model = timm.create_model(f"hf-hub:{tiny_repos.timm}", pretrained=True, num_classes=0).eval()
    assert model(torch.zeros(1, 3, 32, 32)).shape == (1, model.head_hidden_size)


def test_transformers_loads_classifier_and_processor(tiny_repos):
    model = AutoModelForImageClassification.from_pretrained(tiny_repos.transformers, use_safetensors=True)
    pixels = AutoImageProcessor.from_pretrained(tiny_repos.transformers)(torch.zeros(3, 40, 40), return_tensors="pt")
    assert model(**pixels).logits.shape == (1, 4)


def test_transformers_loads_backbone(tiny_repos):
    model, report = AutoModel.from_pretrained(tiny_repos.headless, output_loading_info=True)
    assert not report["missing_keys"]
    assert model(torch.zeros(1, 3, 32, 32)).last_hidden_state.ndim == 4
