"""Small pictures and data sets for the tests of the probe."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, Image, Value
from PIL import Image as Pillow

from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.stored_items import ItemStore, StoredItem


def noise(seed: int, size: tuple[int, int] = (8, 6), mode: str = "RGB") -> Pillow.Image:
    """A picture of random pixels; its size is width and height."""
    channels = {"L": (), "RGB": (3,), "RGBA": (4,), "CMYK": (4,)}[mode]
    return Pillow.fromarray(
        np.random.default_rng(seed).integers(0, 256, (size[1], size[0], *channels), dtype=np.uint8), mode
    )


def encoded(picture: Pillow.Image, form: str = "PNG", **options: Any) -> bytes:
    """A picture as the bytes of a file."""
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def png(seed: int, size: tuple[int, int] = (8, 6)) -> bytes:
    """A random picture as PNG bytes."""
    return encoded(noise(seed, size))


def class_files(classes: Mapping[str, int], start: int = 0) -> dict[str, bytes]:
    """Files of a folder with one sub-folder a class; every picture differs."""
    files: dict[str, bytes] = {}
    for name, count in classes.items():
        files |= {f"{name}/{number:03}.png": png(start + len(files) + number) for number in range(count)}
    return files


def write(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def labelled(images: Sequence[bytes], labels: Sequence[Any], classes: Sequence[str] | None = None) -> Dataset:
    """A data set with the columns image and label."""
    features = Features({"image": Image(), "label": ClassLabel(names=list(classes)) if classes else Value("string")})
    return Dataset.from_dict(
        {"image": [{"bytes": data, "path": None} for data in images], "label": list(labels)}, features
    )


def parquet_bytes(data: Dataset, row_group_size: int | None = None) -> bytes:
    """A data set as the bytes of a Parquet file."""
    buffer = io.BytesIO()
    table = data.with_format("arrow")[:]
    pq.write_table(
        table.replace_schema_metadata(data.features.arrow_schema.metadata), buffer, row_group_size=row_group_size
    )
    return buffer.getvalue()


def zipped(files: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Files as the bytes of a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        archive.mkdir("cat")
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def stored(images: Sequence[bytes]) -> list[StoredItem]:
    """Encoded pictures as a probe keeps them."""
    store = ItemStore(IMAGE)
    return [store.add(data) for data in images]


def parquet_set(root: Path, data: Dataset, name: str = "data/train-00000-of-00001.parquet") -> Path:
    """A folder that holds a data set as one file."""
    return write(root, {name: parquet_bytes(data)})


FILES = class_files({"ant": 6, "bee": 10, "cat": 8})
NAMES = sorted(FILES)
DATA = labelled([FILES[name] for name in NAMES], [name.split("/")[0] for name in NAMES])
"""Three classes as files and as a table."""
