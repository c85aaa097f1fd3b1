"""The demo's target as a data set repo: parquet files that `datasets` reads as images with class labels."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hubscore.demo.pictures import Pictures

if TYPE_CHECKING:
    from PIL.Image import Image


def save_dataset(folder: Path, splits: Mapping[str, Pictures], *, title: str) -> None:
    """Write a data set repo.

    Args:
        folder: made where it is missing.
        splits: pictures by split name, all with the same classes.
        title: the first line of its card.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "data").mkdir(parents=True, exist_ok=True)
    classes = next(iter(splits.values())).classes
    features = {"image": {"_type": "Image"}, "label": {"names": list(classes), "_type": "ClassLabel"}}
    schema = pa.schema(
        [("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])), ("label", pa.int64())],
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )
    for name, pictures in splits.items():
        images = [{"bytes": _png(image), "path": f"{row:04}.png"} for row, image in enumerate(pictures.images)]
        table = pa.table({"image": images, "label": pictures.labels.tolist()}, schema=schema)
        pq.write_table(table, folder / "data" / f"{name}-00000-of-00001.parquet", row_group_size=100)
    (folder / "README.md").write_text(_card(title, splits), encoding="utf-8")


def _png(image: Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def _card(title: str, splits: Mapping[str, Pictures]) -> str:
    sizes = ", ".join(f"{len(pictures.images)} {name}" for name, pictures in splits.items())
    return f"""---
license: cc-by-4.0
task_categories:
- image-classification
---
# {title}

Pictures ({sizes}) that `hubscore demo` drew from the handwritten digits of scikit-learn (UCI, Alpaydin and Kaynak 1998, CC BY 4.0).
"""
