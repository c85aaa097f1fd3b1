import io

import numpy as np
from PIL import Image

from hubscore.modalities.image.remarks import notes_on


def saved(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


RED = Image.new("RGB", (4, 4), (255, 0, 0))
GLASS = Image.new("RGBA", (4, 4), (0, 0, 0, 0))


def test_ordinary_pictures_need_no_word():
    assert notes_on([saved(RED), saved(RED, "JPEG"), saved(RED.convert("RGBA")), b"broken", b""]) == []
    assert notes_on([saved(Image.fromarray(np.full((4, 4), 60_000, "uint16")))]) == []


def test_frames_glass_and_dark_grey():
    pages = saved(RED, "TIFF", save_all=True, append_images=[RED])
    loop = saved(RED, "GIF", save_all=True, append_images=[GLASS.convert("RGB")])
    assert notes_on([pages, loop, saved(RED)]) == [
        "2 of 3 images have several frames or pages, of which the first is read"
    ]
    said = "1 image is transparent in places: the colours beneath are shown, often black"
    assert notes_on([saved(GLASS), saved(RED)]) == [said]
    assert (
        "hold values up to 4,000 of 65,535" in notes_on([saved(Image.fromarray(np.full((4, 4), 4_000, "uint16")))])[0]
    )
