from pathlib import Path

import numpy as np

from hubscore.demo.dataset import save_dataset
from hubscore.demo.pictures import draw_shapes


def test_datasets_reads_images_and_class_names(tmp_path: Path) -> None:
    from datasets import ClassLabel, Image, load_dataset

    pictures = draw_shapes(12, np.random.default_rng(0))
    save_dataset(
        tmp_path / "shapes", {"train": pictures.part(range(8)), "test": pictures.part(range(8, 12))}, title="Shapes"
    )
    loaded = load_dataset(str(tmp_path / "shapes"))
    assert {name: len(split) for name, split in loaded.items()} == {"train": 8, "test": 4}
    assert isinstance(loaded["train"].features["image"], Image)
    assert loaded["train"].features["label"] == ClassLabel(names=list(pictures.classes))
    assert loaded["test"][1]["label"] == pictures.labels[9]
    assert np.array_equal(np.asarray(loaded["test"][1]["image"]), np.asarray(pictures.images[9]))
