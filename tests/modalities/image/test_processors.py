"""Image processors as transforms."""

import json

import pytest
import torch
import transformers as tf
from models.checkpoints import SQUARE, candidate, photos, save_transformers
from PIL import Image

from hubscore.errors import CandidateError
from hubscore.modalities.image.processors import load_processor


@pytest.fixture
def made(tmp_path):
    """Saves a processor and loads it as a transform."""

    def load(processor, **options):
        processor.save_pretrained(tmp_path)
        return load_processor(candidate(tmp_path, "transformers"), tmp_path, **options)

    return load


def test_one_image_or_many_give_the_same_numbers(made):
    transform, spec = made(tf.CLIPImageProcessor(size={"shortest_edge": 36}, crop_size={"height": 32, "width": 32}))
    many = transform(photos())
    assert many.shape == (6, 3, 32, 32) and not spec["varies"] and spec["input_size"] == [32, 32]
    for at, image in enumerate(photos()):
        torch.testing.assert_close(transform([image])[0], many[at])


def test_images_of_varying_size_are_never_padded_to_their_neighbours(made):
    transform, spec = made(tf.DetrImageProcessor(size={"shortest_edge": 40, "longest_edge": 64}))
    assert spec["varies"] and spec["input_size"] == [40, 40]
    shapes = [tuple(image.shape[1:]) for image in transform(photos(4))]
    assert shapes == [(40, 56), (53, 40), (40, 40), (23, 64)]


def test_the_spec_holds_all_settings_as_json(made):
    processor = tf.ViTImageProcessor(**SQUARE, image_mean=[0.1, 0.2, 0.3], resample=3)
    _, spec = made(processor)
    assert json.loads(json.dumps(spec)) == spec
    assert (
        spec["interpolation"] == "bicubic"
        and spec["mean"] == [0.1, 0.2, 0.3]
        and spec["rescale"] == pytest.approx(1 / 255)
    )
    _, other = made(tf.ViTImageProcessor(**SQUARE, image_mean=[0.1, 0.2, 0.3], resample=3, rescale_factor=1 / 127.5))
    assert other != spec


def test_without_normalisation_there_is_no_mean(made):
    _, spec = made(tf.ViTImageProcessor(**SQUARE, do_normalize=False))
    assert spec["mean"] is None and spec["std"] is None


def test_the_share_of_the_crop_is_kept_at_another_size(made):
    _, spec = made(
        tf.MobileNetV1ImageProcessor(size={"shortest_edge": 146}, crop_size={"height": 128, "width": 128}),
        input_size=96,
    )
    assert spec["resize"] == {"mode": "shortest_edge", "size": 109} and spec["crop"]["size"] == spec["input_size"] == [
        96,
        96,
    ]


def test_a_size_that_the_processor_does_not_make(made):
    with pytest.raises(CandidateError, match="does not run at 35 x 35 pixels: its image processor makes 32 x 32 of it"):
        made(tf.DPTImageProcessor(**SQUARE, ensure_multiple_of=8), input_size=35)


def test_no_processor_is_refused_rather_than_guessed(tmp_path):
    save_transformers(tmp_path, "vit")
    (tmp_path / "preprocessor_config.json").unlink()
    with pytest.raises(
        CandidateError, match=r"it has no preprocessor_config\.json, so nobody can tell how its images are prepared"
    ):
        load_processor(candidate(tmp_path, "transformers"), tmp_path)


def test_a_processor_that_transformers_lacks(tmp_path):
    (tmp_path / "preprocessor_config.json").write_text('{"image_processor_type": "MarsImageProcessor"}')
    with pytest.raises(CandidateError, match="its image processor cannot be made"):
        load_processor(candidate(tmp_path, "transformers"), tmp_path)


def test_a_processor_that_makes_no_pixel_images(made):
    with pytest.raises(
        CandidateError, match=r"its image processor makes 2 axes of an image instead of \(channels, height, width\)"
    ):
        made(tf.Siglip2ImageProcessor(patch_size=16, max_num_patches=4))


def test_a_nested_processor_config_is_read(tmp_path):
    settings = tf.ViTImageProcessor(**SQUARE).to_dict()
    (tmp_path / "processor_config.json").write_text(json.dumps({"image_processor": settings}, default=str))
    transform, _ = load_processor(candidate(tmp_path, "transformers"), tmp_path)
    assert transform([Image.new("RGB", (9, 7))]).shape == (1, 3, 32, 32)
