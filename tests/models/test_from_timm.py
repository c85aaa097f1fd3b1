"""timm networks against timm's own way to features, and what does not fit."""

import json

import pytest
import timm
import torch
from models.checkpoints import CLASSES, SIZE, batch_of, candidate, photos, save_timm
from safetensors.torch import load_file, save_file

from hubscore.errors import CandidateError
from hubscore.models.load import load_network, transform_spec

ARCHITECTURES = ("test_resnet", "test_vit", "test_convnext", "test_efficientnet", "test_nfnet", "test_mambaout")


def loaded(folder, **options):
    known = {name: options.pop(name) for name in ("task", "weights") if name in options}
    return load_network(candidate(folder, "timm", **known), folder, **options)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_features_are_those_without_a_classifier_and_logits_those_with_one(saved, name):
    folder, network = saved(f"timm/{name}"), loaded(saved(f"timm/{name}"))
    whole = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    body = timm.create_model(f"local-dir:{folder}", pretrained=True, num_classes=0).eval()
    one = timm.data.create_transform(**timm.data.resolve_model_data_config(whole), is_training=False)
    images = torch.stack([one(image) for image in photos()])
    with torch.inference_mode():
        assert torch.equal(network.transform_all(photos()), images)
        features, logits = network.forward(batch_of(images))
        torch.testing.assert_close(features, body(images), atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(logits, whole(images), atol=1e-5, rtol=1e-5)
    assert (
        network.has_head
        and network.features == "pre-logits"
        and network.parameters == sum(p.numel() for p in whole.parameters())
    )


def test_the_two_heads_of_a_distilled_network_are_averaged_as_timm_does(tmp_path):
    save_timm(tmp_path, "deit_tiny_distilled_patch16_224", embed_dim=16, depth=1, num_heads=2, img_size=SIZE)
    network, images = loaded(tmp_path), torch.rand(2, 3, SIZE, SIZE)
    model = network.module
    with torch.inference_mode():
        tokens = model.forward_features(images)
        features, logits = network.forward(batch_of(images))
        torch.testing.assert_close(features, (tokens[:, 0] + tokens[:, 1]) / 2)
        torch.testing.assert_close(logits, (model.head(tokens[:, 0]) + model.head_dist(tokens[:, 1])) / 2)


def test_without_a_head_there_are_no_logits(tmp_path):
    network = loaded(save_timm(tmp_path, num_classes=0))
    features, logits = network.forward(network.example())
    assert features.shape == (1, 96) and logits is None and not network.has_head


def test_a_projection_into_an_embedding_space_is_no_source_head(saved, tmp_path):
    assert not loaded(saved("timm/test_resnet"), task="image-feature-extraction").has_head
    name = "vit_base_patch32_clip_224"  # timm ships its OpenAI weights with 512 "classes"
    save_timm(tmp_path, name, embed_dim=16, depth=1, num_heads=2, img_size=SIZE, num_classes=512)
    config = json.loads((tmp_path / "config.json").read_text())
    heads = {}
    for tag in ("openai", "laion2b_ft_in1k", "my_birds"):
        config["pretrained_cfg"]["tag"] = tag
        (tmp_path / "config.json").write_text(json.dumps(config))
        heads[tag] = loaded(tmp_path).has_head
    assert heads == {"openai": False, "laion2b_ft_in1k": True, "my_birds": True}
    config["pretrained_cfg"]["tag"] = "openai"
    (tmp_path / "config.json").write_text(json.dumps({**config, "label_names": [f"bird {at}" for at in range(512)]}))
    assert loaded(tmp_path).has_head  # classes with names are no embedding


def test_a_clip_tower_that_was_fine_tuned_to_classes_has_a_head(tmp_path):
    save_timm(tmp_path, "vit_base_patch32_clip_224", embed_dim=16, depth=1, num_heads=2, img_size=SIZE, num_classes=7)
    config = json.loads((tmp_path / "config.json").read_text())
    config["pretrained_cfg"]["tag"] = "openai"  # of the weights that it started from
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert all(loaded(tmp_path, task=task).has_head for task in (None, "image-feature-extraction"))


def test_a_pickle_gives_the_same_network(saved, tmp_path):
    folder = save_timm(tmp_path)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    same, images = loaded(saved("timm/test_resnet")), torch.rand(2, 3, SIZE, SIZE)
    with torch.inference_mode():
        assert torch.equal(loaded(folder).forward(batch_of(images))[0], same.forward(batch_of(images))[0])


@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_another_input_size(saved, name):
    network = loaded(saved(f"timm/{name}"), input_size=48)
    assert network.input_size == (48, 48) and network.transform(photos()[0]).shape == (3, 48, 48)
    assert network.spec["resize"]["size"] == 50  # 48 / 0.95: the crop keeps its share
    resized = timm.create_model(
        f"local-dir:{saved(f'timm/{name}')}", pretrained=True, **({"img_size": 48} if "vit" in name else {})
    )
    images = torch.rand(2, 3, 48, 48)
    with torch.inference_mode():
        torch.testing.assert_close(network.forward(batch_of(images))[1], resized.eval()(images), atol=1e-5, rtol=1e-5)


def test_a_size_that_the_network_does_not_take(saved):
    with pytest.raises(CandidateError, match=r"Cannot load 'org/net': .*\nTry: leave out --input-size"):
        loaded(saved("timm/test_vit"), input_size=8)


def test_grey_networks_see_grey_images(tmp_path):
    save_timm(tmp_path, in_chans=1)
    config = json.loads((tmp_path / "config.json").read_text())
    config["pretrained_cfg"] |= {"mean": [0.5], "std": [0.5]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    network = loaded(tmp_path)
    assert network.transform(photos()[0]).shape == (1, SIZE, SIZE)
    assert network.forward(batch_of(network.transform_all(photos(2))))[1].shape == (2, CLASSES)


def test_five_channels_are_refused(tmp_path):
    with pytest.raises(CandidateError, match="it takes images of 5 channels, and the probe's have three"):
        loaded(save_timm(tmp_path, in_chans=5))


def test_an_architecture_that_timm_lacks(saved, tmp_path):
    config = json.loads((saved("timm/test_resnet") / "config.json").read_text()) | {"architecture": "resnet_from_mars"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    words = (
        f"timm {timm.__version__} does not know the architecture 'resnet_from_mars'\nTry: pip install --upgrade timm"
    )
    for read in (loaded, lambda folder: transform_spec(candidate(folder, "timm"), folder)):
        with pytest.raises(CandidateError, match=words):
            read(tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda weights: weights.pop("fc.bias"), r"1 missing \(fc\.bias\)"),
        (lambda weights: weights.update(extra=torch.zeros(1)), r"1 unexpected \(extra\)"),
        (lambda weights: weights.update({"fc.weight": torch.zeros(7, 3)}), r"1 of another shape \(fc\.weight\)"),
    ],
)
def test_weights_that_do_not_fit(tmp_path, change, words):
    save_timm(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    change(weights)
    save_file(weights, tmp_path / "model.safetensors")
    with pytest.raises(CandidateError, match=f"its weights do not fit the architecture 'test_resnet': {words}"):
        loaded(tmp_path)


@pytest.mark.parametrize("mode", ["center", "squash", "border"])
@pytest.mark.parametrize("name", ["test_resnet", "test_vit"])
def test_the_transform_from_config_files_is_that_of_the_network(saved, tmp_path, name, mode):
    for file in saved(f"timm/{name}").iterdir():
        (tmp_path / file.name).symlink_to(file)
    config = json.loads((tmp_path / "config.json").read_text())
    config["pretrained_cfg"]["crop_mode"] = mode
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text(json.dumps(config))
    network = loaded(tmp_path)
    assert transform_spec(candidate(tmp_path, "timm"), tmp_path) == json.loads(json.dumps(network.spec)) == network.spec
    one = timm.data.create_transform(**timm.data.resolve_model_data_config(network.module), is_training=False)
    assert torch.equal(network.transform(photos()[0]), one(photos()[0]))
