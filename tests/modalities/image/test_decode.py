import io

import numpy as np
import pytest
from PIL import Image, ImageOps
from probe.pictures import encoded, noise

from hubscore.modalities.image.decode import decode
from hubscore.modalities.image.modality import IMAGE


def pixels(picture):
    return np.asarray(picture)


def test_a_plain_picture_is_untouched():
    picture = noise(0)
    assert (pixels(decode(encoded(picture))) == pixels(picture)).all()


def test_the_result_stands_alone():
    found = decode(encoded(noise(0), "JPEG"))
    assert type(found) is Image.Image and found.mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_every_mode_becomes_what_convert_makes_of_it(mode):
    picture = noise(1).convert(mode)
    found = decode(encoded(picture, "TIFF" if mode == "CMYK" else "PNG"))
    assert found.mode == "RGB" and (pixels(found) == pixels(picture.convert("RGB"))).all()


def test_transparency_is_dropped_and_colours_stay():
    hidden = Image.new("RGBA", (2, 2), (200, 10, 30, 0))
    assert pixels(decode(encoded(hidden))).tolist() == [[[200, 10, 30]] * 2] * 2


def test_a_transparent_palette_does_not_warn(recwarn):
    picture = noise(2).convert("P")
    assert (pixels(decode(encoded(picture, transparency=bytes(range(256))))) == pixels(picture.convert("RGB"))).all()
    assert not recwarn.list


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled_not_clipped(form):
    deep = Image.fromarray(np.array([[0, 257, 32896, 65535]], dtype=np.uint16))
    assert pixels(decode(encoded(deep, form)))[0, :, 0].tolist() == [0, 1, 128, 255]


def test_big_endian_sixteen_bits():
    deep = Image.frombytes("I;16B", (2, 1), np.array([0, 65535], dtype=">u2").tobytes())
    assert pixels(decode(encoded(deep, "TIFF")))[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 128.0, 255.0], [0, 128, 255]),
        ([-1.0, 0.0, 3.0], [0, 64, 255]),
        ([0.0, 500.0, 1000.0], [0, 128, 255]),
        ([np.nan, 0.0, 1.0], [0, 0, 255]),
        ([0.2, 0.2, 0.2], [51, 51, 51]),
    ],
)
def test_floats_are_scaled_by_their_range(values, expected):
    picture = Image.fromarray(np.array([values], dtype=np.float32))
    assert pixels(decode(encoded(picture, "TIFF")))[0, :, 0].tolist() == expected


@pytest.mark.parametrize(
    ("values", "expected"), [([0, 255], [0, 255]), ([0, 65535], [0, 255]), ([-5, 100_000], [0, 255])]
)
def test_32_bit_integers_are_scaled_by_their_range(values, expected):
    picture = Image.fromarray(np.array([values], dtype=np.int32))
    assert pixels(decode(encoded(picture, "TIFF")))[0, :, 0].tolist() == expected


def test_pixels_without_a_number_are_broken():
    with pytest.raises(ValueError, match="no pixel has a finite value"):
        decode(encoded(Image.fromarray(np.full((2, 2), np.nan, dtype=np.float32)), "TIFF"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_upright(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(noise(3, (7, 5)), exif=exif.tobytes())
    assert (pixels(decode(data)) == pixels(ImageOps.exif_transpose(Image.open(io.BytesIO(data))))).all()
    assert decode(data).size == ((5, 7) if orientation > 4 else (7, 5))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_says_nothing_about_the_pixels():
    data = encoded(noise(4), "JPEG", exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\x01\x12\x00\x99" + b"\xff" * 40)
    assert decode(data).size == (8, 6)


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation(form):
    black, white = Image.new("RGB", (4, 4)), Image.new("RGB", (4, 4), "white")
    data = encoded(black, form, save_all=True, append_images=[white])
    assert pixels(decode(data)).max() == 0


def test_cut_off_and_empty_files_are_broken():
    whole = encoded(noise(5, (64, 64)), "JPEG")
    for data in (whole[: len(whole) // 2], whole[:20], b"", b"<html>not found</html>"):
        with pytest.raises(OSError):
            decode(data)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 40)
    with pytest.raises(ValueError, match="8 x 6 pixels are more than the limit of 40"):
        decode(encoded(noise(6)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"version https://git-lfs", "git lfs pull"),
        (b"<!DOCTYPE html>", "web page"),
        (b"<svg/>", "SVG"),
        (b"<?xml version='1.0'?>\n<svg/>", "SVG"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "an XML document"),
    ],
)
def test_what_is_there_instead_of_an_image(data, why):
    with pytest.raises(OSError, match=why):
        IMAGE.decode(data)
