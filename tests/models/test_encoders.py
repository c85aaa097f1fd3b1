"""Networks without a head: features against the rule for each, written out by hand."""

import pytest
import torch
import transformers as tf
from models.checkpoints import batch_of, candidate, photos

from hubscore.models.encoders import (
    EMBEDDING,
    MEAN,
    POOLED,
    PROJECTION,
    Encoder,
    encoder_of,
    last_output,
    patches_only,
    pooled,
)
from hubscore.models.load import load_network

OWN = "input of the head of {}ForImageClassification"
ENCODERS = {
    "segformer": (lambda m, x: m.segformer(x).last_hidden_state.mean(dim=(2, 3)), OWN.format("Segformer")),
    "dpt": (lambda m, x: m.dpt(x).last_hidden_state[:, 1:].mean(dim=1), MEAN),
    "detr": (lambda m, x: m(x).encoder_last_hidden_state.mean(dim=1), MEAN),
    "dinov2": (lambda m, x: _class_and_patches(m(x).last_hidden_state), OWN.format("Dinov2")),
    "backbone": (lambda m, x: m(x).feature_maps[-1].mean(dim=(2, 3)), OWN.format("ResNet")),
    "convnextv2": (lambda m, x: m.layernorm(m(x).last_hidden_state.mean(dim=(2, 3))), OWN.format("ConvNextV2")),
    "clip_vision": (lambda m, x: m(x).pooler_output, POOLED),
    "clip_projected": (lambda m, x: m(x).image_embeds, PROJECTION),
    "siglip_vision": (lambda m, x: m(x).pooler_output, POOLED),
    "clip": (lambda m, x: m.visual_projection(m.vision_model(x).pooler_output), EMBEDDING),
    "yolos": (lambda m, x: m.vit(x).last_hidden_state[:, 1:17].mean(dim=1), MEAN),
}


def _class_and_patches(tokens):
    return torch.cat([tokens[:, 0], tokens[:, 1:].mean(dim=1)], dim=1)


def loaded(folder, **options):
    return load_network(candidate(folder, "transformers"), folder, **options)


@pytest.mark.parametrize("kind", ENCODERS)
def test_features_are_what_a_new_head_would_sit_on(saved, kind):
    by_hand, words = ENCODERS[kind]
    network = loaded(saved(kind))
    images = network.transform(photos()[0])[None]
    model = getattr(tf, network_class(saved(kind))).from_pretrained(saved(kind)).eval()
    with torch.inference_mode():
        features, logits = network.forward(batch_of(images))
        torch.testing.assert_close(features, by_hand(model, images), atol=1e-5, rtol=1e-5)
    assert logits is None and not network.has_head
    assert network.features == words


def network_class(folder):
    return tf.AutoConfig.from_pretrained(folder).architectures[0]


def test_mae_sees_the_whole_image_the_same_each_time(saved):
    network = loaded(saved("mae"))
    images = network.transform_all(photos(2))
    with torch.inference_mode():
        features = network.forward(batch_of(images))[0]
        assert torch.equal(features, network.forward(batch_of(images))[0])
        body = network.module
        patches = body.embeddings.patch_embeddings(images) + body.embeddings.position_embeddings[:, 1:]
        start = body.embeddings.cls_token + body.embeddings.position_embeddings[:, :1]
        tokens = torch.cat([start.expand(2, -1, -1), patches], dim=1)
        by_hand = body.layernorm(
            body.encoder(tokens).last_hidden_state if hasattr(body, "encoder") else _through(body.layers, tokens)
        )
        torch.testing.assert_close(features, by_hand[:, 1:].mean(dim=1), atol=1e-5, rtol=1e-5)


def _through(layers, tokens):
    for layer in layers:
        tokens = layer(tokens)
    return tokens


def test_the_text_tower_is_dropped(saved):
    whole = tf.CLIPModel.from_pretrained(saved("clip"))
    parts = sum(p.numel() for part in (whole.vision_model, whole.visual_projection) for p in part.parameters())
    assert loaded(saved("clip")).parameters == parts + 1  # and the temperature


def test_the_part_that_encodes(saved):
    model = tf.SegformerForSemanticSegmentation.from_pretrained(saved("segformer"))
    assert encoder_of(model) is model.segformer
    body = tf.Dinov2Model.from_pretrained(saved("dinov2"))
    assert encoder_of(body) is body


def test_a_task_network_without_a_base_model_has_a_backbone():
    class NetForDepth(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.backbone = torch.nn.Identity()

        @property
        def base_model(self):
            return self

    model = NetForDepth()
    assert encoder_of(model) is model.backbone


def test_which_output_is_the_last():
    first, last = torch.zeros(1), torch.ones(1)
    assert last_output(last) is last
    assert last_output({"last_hidden_state": first, "encoder_last_hidden_state": last}) is last
    assert last_output({"last_hidden_state": first, "feature_maps": (first, last)}) is last
    assert last_output({"last_hidden_state": last, "pooler_output": first}) is last
    with pytest.raises(ValueError, match="dict has no last hidden state and no feature maps"):
        last_output({"pooler_output": first})


def test_positions_are_averaged_whatever_their_layout():
    maps = torch.arange(24.0).reshape(1, 4, 2, 3)
    expected = torch.tensor([[2.5, 8.5, 14.5, 20.5]])
    assert torch.equal(pooled(maps), expected)
    assert torch.equal(pooled(maps.flatten(2).mT), expected)
    assert torch.equal(pooled(expected), expected)


def test_tokens_that_stand_for_no_patch_are_left_out():
    class Config:
        patch_size, num_detection_tokens = (8, 8), 2

    tokens, images = torch.arange(9.0).reshape(1, 9, 1), torch.zeros(1, 3, 16, 16)
    assert patches_only(tokens, Config, images).flatten().tolist() == [3, 4, 5, 6]
    assert patches_only(tokens[:, :2], Config, images) is not None and len(tokens[:, :2][0]) == 2
    assert torch.equal(patches_only(tokens[:, :2], Config, images), tokens[:, :2])  # merged patches, as in Swin
    maps = torch.zeros(1, 4, 2, 2)
    assert patches_only(maps, Config, images) is maps and patches_only(tokens, object(), images) is tokens


def test_a_pooled_output_is_taken_only_where_it_was_trained(saved):
    tower = tf.CLIPVisionModel.from_pretrained(saved("clip_vision"))
    image = batch_of(torch.zeros(1, 3, 32, 32))
    run = Encoder(tower, pools=False)
    run(image)
    assert run.features == MEAN


def test_an_encoder_is_not_masked_after_loading(saved):
    model = tf.ViTMAEForPreTraining.from_pretrained(saved("mae"))
    assert model.config.mask_ratio == 0.75
    assert Encoder(model).module.config.mask_ratio == 0.0
