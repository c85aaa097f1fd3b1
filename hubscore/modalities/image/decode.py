"""Encoded bytes to an RGB picture, the way training code would see it."""

from __future__ import annotations

import codecs
import io

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile


def decode(data: bytes, *, shorter: int | None = None) -> Image.Image:
    """Decode an image of any kind to 8-bit RGB, upright.

    The first frame of an animation is taken, and the EXIF orientation is applied. Transparency is dropped, not laid
    over a colour: that is what ``convert("RGB")`` does in torchvision, timm and transformers, so the probe sees what
    fine-tuning would. 16-bit grey is scaled to 8 bits (65535 becomes 255), floats in 0..1 are scaled by 255, and other
    ranges from their least to their largest value.

    Args:
        data: the bytes of a file that Pillow can read.
        shorter: pixels that its shorter side is reduced to, of a larger picture: of a JPEG by its own scaling as far as
            that goes, which spares most of the work, then by averaging.

    Returns:
        A picture in mode RGB that no longer depends on ``data``.

    Raises:
        ValueError: larger than ``PIL.Image.MAX_IMAGE_PIXELS``, without a finite pixel, or a PostScript program.
        OSError: broken or cut off; damaged files also raise whatever else Pillow's readers raise.

    Example:
        >>> encoded = io.BytesIO()
        >>> Image.new("RGB", (4, 4)).save(encoded, "PNG")
        >>> decode(encoded.getvalue()).mode
        'RGB'
    """
    with Image.open(io.BytesIO(data)) as image:
        if image.format == "EPS":
            raise ValueError("it is a PostScript program, and nothing that a data set holds is run")
        width, height = image.size
        if Image.MAX_IMAGE_PIXELS is not None and width * height > Image.MAX_IMAGE_PIXELS:
            raise ValueError(f"{width} x {height} pixels are more than the limit of {Image.MAX_IMAGE_PIXELS}")
        size = None if shorter is None else _reduced(width, height, shorter)
        if size is not None and isinstance(image, JpegImageFile):
            image.draft(image.mode, size)
        image.load()
        upright = _rgb(_upright(image))
        if size is None:
            return upright
        turned = upright.size != image.size
        return upright.resize(size[::-1] if turned else size, Image.Resampling.BICUBIC, reducing_gap=3.0)


def instead(data: bytes) -> str:
    """Say what a file is that is no image, where its first bytes tell.

    Example:
        >>> instead(b"version https://git-lfs.github.com/spec/v1"), instead(b"?")
        ('a pointer of Git LFS, not the file itself: git lfs pull fetches it', '')
    """
    start = data[:64].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    known = {b"version https://git-lfs": "a pointer of Git LFS, not the file itself: git lfs pull fetches it"}
    known |= dict.fromkeys((b"<!doctype html", b"<html"), "a web page, not the image that it shows")
    if not data:
        return "the file is empty"
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in data[:4096].lower()):
        return "a drawing (SVG), of which no pixels are known: convert it to PNG"
    known[b"<?xml"] = "an XML document, such as a server's answer, not the image"
    return next((words for sign, words in known.items() if start.startswith(sign)), "")


def shorter_side(data: bytes) -> int | None:
    """Return how many pixels the shorter side of a picture has, from its header; none where it cannot be read."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            return min(image.size)
    except Exception:  # whatever is wrong, decoding says it
        return None


def _reduced(width: int, height: int, shorter: int) -> tuple[int, int] | None:
    """Return the size with so many pixels on the shorter side; none of a picture that is no larger."""
    least = min(width, height)
    if least <= shorter:
        return None
    return max(shorter, round(width * shorter / least)), max(shorter, round(height * shorter / least))


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # Pillow reads EXIF blocks of any origin; a damaged one says nothing about the pixels
        return image


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return Image.fromarray(_to_bytes(np.asarray(image), image.mode)).convert("RGB")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA").convert("RGB")  # straight to RGB, Pillow warns about transparent palettes
    return image if type(image) is Image.Image and image.mode == "RGB" else image.convert("RGB")


def _to_bytes(pixels: np.ndarray, mode: str) -> np.ndarray:
    """Scale deep grey values to 0..255."""
    finite = np.isfinite(pixels)
    if not finite.any():
        raise ValueError("no pixel has a finite value")
    low, high = float(pixels[finite].min()), float(pixels[finite].max())
    if mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    elif low >= 0:
        low, high = 0.0, next((bound for bound in _usual_bounds(mode) if high <= bound), high)
    scaled = (np.where(finite, pixels, low).astype(np.float64) - low) * (255.0 / (high - low or 1.0))
    return np.rint(scaled).astype(np.uint8)


def _usual_bounds(mode: str) -> tuple[float, ...]:
    """Return the white points in use: of floats 1 and 255, of 32-bit integers 255 and 65535."""
    return (1.0, 255.0) if mode == "F" else (255.0, 65535.0)
