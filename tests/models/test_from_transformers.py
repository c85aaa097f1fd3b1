"""Which class is loaded, which weights must be there, and what is refused by name."""

import json
import shutil
import threading

import pytest
import torch
import transformers
from models.checkpoints import SIZE, batch_of, candidate, photos
from safetensors.torch import load_file, save_file

from hubscore.errors import CandidateError
from hubscore.models.load import load_network


def loaded(folder, **options):
    return load_network(candidate(folder, "transformers"), folder, **options)


@pytest.fixture
def changed(saved, tmp_path):
    """Copies a checkpoint with another config or other weights."""

    def copy(kind, weights=None, **config):
        shutil.copytree(saved(kind), tmp_path, dirs_exist_ok=True)
        told = json.loads((tmp_path / "config.json").read_text()) | config
        (tmp_path / "config.json").write_text(
            json.dumps({key: value for key, value in told.items() if value is not None})
        )
        if weights is not None:
            tensors = load_file(tmp_path / "model.safetensors")
            weights(tensors)
            save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
        return tmp_path

    return copy


def refused(folder, **options):
    with pytest.raises(CandidateError) as error:
        loaded(folder, **options)
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"model_type": "vit_from_mars"},
            "does not know the model type 'vit_from_mars'\nTry: pip install --upgrade transformers",
        ),
        ({"model_type": None}, "does not know the model type None"),
        ({"architectures": ["ViTForMars"]}, "does not know the architecture 'ViTForMars'"),
        ({"architectures": ["Trainer"]}, "does not know the architecture 'Trainer'"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "its weights are quantised"),
    ],
)
def test_what_transformers_does_not_know(changed, change, words):
    assert words in refused(changed("vit", **change))


def test_a_missing_head_is_a_mismatch(changed):
    folder = changed("vit", weights=lambda tensors: tensors.pop("classifier.weight"))
    assert "its weights do not fit ViTForImageClassification: 1 missing (classifier.weight)" in refused(folder)


def test_more_layers_than_the_config_says_are_a_mismatch(changed):
    words = refused(changed("vit", num_hidden_layers=1))
    assert "its weights do not fit ViTForImageClassification: " in words and "unexpected (vit." in words


def test_fewer_layers_than_the_config_says_are_a_mismatch(changed):
    words = refused(changed("vit", num_hidden_layers=3))
    assert "its weights do not fit ViTForImageClassification: " in words and "missing (vit." in words


def test_a_counter_that_only_training_reads_may_be_missing(changed):
    folder = changed(
        "resnet", weights=lambda tensors: [tensors.pop(key) for key in list(tensors) if "num_batches" in key]
    )
    assert loaded(folder).has_head


def test_a_statistic_that_the_features_need_may_not(changed):
    folder = changed(
        "resnet", weights=lambda tensors: [tensors.pop(key) for key in list(tensors) if "running_mean" in key]
    )
    assert "6 missing (resnet." in refused(folder) and "running_mean" in refused(folder)


def test_a_leftover_pooler_is_no_mismatch(changed):
    network = loaded(
        changed("vit", weights=lambda tensors: tensors.update({"vit.pooler.dense.weight": torch.zeros(32, 32)}))
    )
    assert network.has_head


def test_another_shape_is_a_mismatch(changed):
    words = refused(changed("vit", weights=lambda tensors: tensors.update({"classifier.bias": torch.zeros(9)})))
    assert (
        "its weights do not fit ViTForImageClassification: 1 of another shape (classifier.bias)\nTry: choose another"
        in words
    )


def test_an_encoder_without_its_weights_is_refused_by_name(changed):
    folder = changed("dinov2", weights=lambda tensors: tensors.pop("layernorm.weight"))
    assert "its weights do not fit Dinov2Model: 1 missing (layernorm.weight)" in refused(folder)


def test_a_missing_pooler_does_not_matter_and_the_features_do_not_depend_on_chance(saved, changed):
    folder = changed("vit", architectures=["ViTModel"])  # as DINO repos are: the pooler was never trained
    images = loaded(folder).transform_all(photos(2))
    with torch.inference_mode():
        first, second = (loaded(folder).forward(batch_of(images))[0] for _ in range(2))
        body = transformers.ViTForImageClassification.from_pretrained(saved("vit")).vit
        torch.testing.assert_close(first, body(images).last_hidden_state[:, 0], atol=1e-5, rtol=1e-5)
    assert torch.equal(first, second)
    assert all(torch.isfinite(weight).all() for weight in loaded(folder).module.parameters())


def test_a_missing_decoder_does_not_matter(changed):
    folder = changed("segformer", weights=lambda tensors: tensors.pop("decode_head.classifier.weight"))
    assert not loaded(folder).has_head


def test_without_architectures_the_body_is_loaded(changed):
    network = loaded(changed("dinov2", architectures=None))
    assert not network.has_head and network.features == "input of the head of Dinov2ForImageClassification"


def test_a_pickle_gives_the_same_network_and_no_thread_talks_to_the_hub(saved, changed, monkeypatch):
    monkeypatch.delenv("DISABLE_SAFETENSORS_CONVERSION", raising=False)
    folder = changed("resnet")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    network = loaded(folder)
    assert transformers.utils.import_utils.is_env_variable_true("DISABLE_SAFETENSORS_CONVERSION")
    assert not [thread for thread in threading.enumerate() if "conversion" in thread.name]
    with torch.inference_mode():
        assert torch.equal(network.forward(network.example())[0], loaded(saved("resnet")).forward(network.example())[0])


def test_loading_is_silent(saved, changed, capfd):
    loaded(
        changed("vit", architectures=["ViTModel"])
    )  # missing and left-over weights: transformers would print a report
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("kind", ["vit", "mobilenet_v2", "swin", "convnext", "dinov2", "segformer", "clip", "mae"])
def test_another_input_size(saved, kind):
    network = loaded(saved(kind), input_size=48)
    assert network.input_size == (48, 48)
    images = network.transform_all(photos(3))
    assert images.shape == (3, 3, 48, 48)
    with torch.inference_mode():
        assert torch.isfinite(network.forward(batch_of(images))[0]).all()


def test_positions_are_interpolated(saved):
    network = loaded(saved("vit"), input_size=48)
    model = transformers.ViTForImageClassification.from_pretrained(saved("vit")).eval()
    with torch.inference_mode():
        expected = model(**network.example(), interpolate_pos_encoding=True).logits
        torch.testing.assert_close(network.forward(network.example())[1], expected)


def test_a_size_that_the_network_does_not_take(saved):
    words = refused(saved("dpt"), input_size=SIZE + 3)
    assert (
        "it does not run at 35 x 35 pixels: its image processor makes 32 x 32 of it\nTry: leave out --input-size"
        in words
    )


@pytest.fixture(scope="module")
def timm_detr(tmp_path_factory):
    """A DETR on a timm backbone."""
    folder = tmp_path_factory.mktemp("detr")
    backbone = {
        "model_type": "timm_backbone",
        "backbone": "test_resnet",
        "features_only": True,
        "out_indices": [1, 2, 3, 4],
    }
    heads = {"encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16}
    layers = {"encoder_layers": 1, "decoder_layers": 1, "d_model": 16, "num_queries": 3}
    transformers.DetrForObjectDetection(
        transformers.DetrConfig(backbone_config=backbone, **heads, **layers)
    ).save_pretrained(folder)
    transformers.DetrImageProcessor(size={"shortest_edge": 64, "longest_edge": 100}).save_pretrained(folder)
    return folder


OLD = {
    "backbone_config": None,
    "backbone": "test_resnet",
    "backbone_kwargs": {"out_indices": [1, 2, 3, 4], "in_chans": 3},
}


@pytest.mark.parametrize("change", [{}, OLD, {**OLD, "use_timm_backbone": True, "use_pretrained_backbone": True}])
def test_the_backbone_of_another_repo_is_neither_looked_up_nor_downloaded(timm_detr, tmp_path, monkeypatch, change):
    monkeypatch.setattr("huggingface_hub.HfApi.repo_exists", lambda *_, **__: pytest.fail("asked the Hub"))
    shutil.copytree(timm_detr, tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text()) | change
    (tmp_path / "config.json").write_text(json.dumps(config))
    network, expected = loaded(tmp_path), loaded(timm_detr)
    with torch.inference_mode():
        assert torch.equal(network.forward(network.example())[0], expected.forward(expected.example())[0])


def test_a_backbone_whose_configuration_is_elsewhere(timm_detr, tmp_path):
    shutil.copytree(timm_detr, tmp_path, dirs_exist_ok=True)
    elsewhere = {"backbone_config": None, "backbone": "org/backbone", "use_timm_backbone": False}
    config = json.loads((tmp_path / "config.json").read_text()) | elsewhere
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert "the configuration of its backbone is in another repo (org/backbone)" in refused(tmp_path)


def test_a_network_that_needs_more_than_images_is_named_with_the_librarys_words(tmp_path):
    config = transformers.ViltConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=SIZE
    )
    transformers.ViltModel(config).save_pretrained(tmp_path)
    transformers.ViTImageProcessor(size={"height": SIZE, "width": SIZE}).save_pretrained(tmp_path)
    words = refused(tmp_path)
    assert words.startswith("Cannot load 'org/net': ") and "input_ids" in words
