import json

import pytest
from hubfixture import add_model
from huggingface_hub import HfApi


def test_tiny_repos_are_described(tiny_repos):
    api = HfApi()
    timm = api.model_info(tiny_repos.timm, files_metadata=True)
    assert (timm.library_name, timm.pipeline_tag, timm.card_data.license) == ("timm", "image-classification", "mit")
    assert timm.config["architecture"] == "test_resnet" and timm.safetensors.total == sum(
        timm.safetensors.parameters.values()
    )
    weights = next(it for it in timm.siblings if it.rfilename == "model.safetensors")
    assert weights.size == weights.lfs.size > 1000 and len(weights.lfs.sha256) == 64
    vit = api.model_info(tiny_repos.transformers)
    assert vit.library_name == "transformers" and {"vit", "safetensors", "license:apache-2.0"} <= set(vit.tags)
    assert (vit.transformers_info.auto_model, vit.transformers_info.processor) == (
        "AutoModelForImageClassification",
        "AutoImageProcessor",
    )


def test_parameters_agree_with_the_clients_own_count(tiny_repos):
    api = HfApi()
    for repo in (tiny_repos.timm, tiny_repos.transformers, tiny_repos.headless):
        assert api.model_info(repo).safetensors.parameters == api.get_safetensors_metadata(repo).parameter_count


@pytest.mark.parametrize(
    ("card", "config", "library", "task"),
    [
        ("", {"architecture": "resnet18", "pretrained_cfg": {"num_classes": 0}}, "timm", "image-feature-extraction"),
        ("", {"architecture": "resnet18", "num_classes": 7, "pretrained_cfg": {}}, "timm", "image-classification"),
        (
            "",
            {"architectures": ["SegformerForSemanticSegmentation"], "model_type": "segformer"},
            "transformers",
            "image-segmentation",
        ),
        ("", {"architectures": ["MobileNetV1Model"]}, "transformers", None),
        ("library_name: keras\npipeline_tag: depth-estimation", {"model_type": "vit"}, "keras", "depth-estimation"),
        ("tags: [timm, object-detection]", {"model_type": "vit"}, "timm", "object-detection"),
        ("tags: [", {"model_type": "vit"}, "transformers", None),
        ("", None, None, None),
    ],
)
def test_library_and_task_come_from_the_card_then_from_the_configuration(hub, request, card, config, library, task):
    name = f"inferred/m{abs(hash(request.node.name))}"
    files = {"README.md": f"---\n{card}\n---\n# Card\n"} | ({"config.json": json.dumps(config)} if config else {})
    add_model(hub.root, name, files)
    info = HfApi().model_info(name)
    assert (info.library_name, info.pipeline_tag) == (library, task)


@pytest.mark.parametrize(
    "damage", [b"", b"\xff" * 40, (10**9).to_bytes(8, "little") + b"{}", (2).to_bytes(8, "little") + b"[]"]
)
def test_damaged_weights_have_no_parameter_count(hub, damage):
    name = f"damaged/m{len(damage)}x{damage[:1].hex()}"
    add_model(hub.root, name, {"config.json": "{", "model.safetensors": damage})
    info = HfApi().model_info(name)
    assert info.safetensors is None and info.config is None


def test_sharded_weights_are_counted_together(hub):
    header = json.dumps({"w": {"dtype": "F16", "shape": [2, 3], "data_offsets": [0, 12]}}).encode()
    shard = len(header).to_bytes(8, "little") + header + bytes(12)
    index = json.dumps({"metadata": {}, "weight_map": {"w": "model-1.safetensors", "v": "model-2.safetensors"}})
    other = shard.replace(b'"w"', b'"v"')
    add_model(
        hub.root,
        "sharded/m",
        {
            "model.safetensors.index.json": index,
            "model-1.safetensors": shard,
            "model-2.safetensors": other,
            "x.safetensors": shard,
        },
    )
    assert HfApi().model_info("sharded/m").safetensors.parameters == {"F16": 12}
    assert HfApi().get_sharded_safetensors_metadata("sharded/m").parameter_count == {"F16": 18}


def test_custom_code_bases_and_evaluations(hub):
    card = "---\nbase_model: [a/b, c/d]\nmodel-index:\n- name: m\n  results: []\n---\n"
    entry = "- dataset:\n    id: hubscore/bench\n    task_id: hubscore/beans\n  value: 96.5\n"
    config = json.dumps({"model_type": "x", "auto_map": {"AutoModel": "code.Model"}})
    add_model(hub.root, "cards/m", {"README.md": card, "config.json": config, ".eval_results/hubscore.yaml": entry})
    info = HfApi().model_info("cards/m", expand=["tags", "baseModels", "evalResults", "model-index"])
    assert {"custom_code", "base_model:a/b", "base_model:finetune:c/d"} <= set(info.tags)
    assert [it["id"] for it in info.base_models["models"]] == ["a/b", "c/d"]
    assert info.eval_results[0].value == 96.5 and info.model_index[0]["name"] == "m"
