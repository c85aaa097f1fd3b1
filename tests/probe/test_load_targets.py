"""Probes whose label is nested, a number, several labels or a vector."""

import numpy as np
from datasets import ClassLabel, Dataset, Features, Image, List, Value
from PIL import Image as Pillow
from probe.pictures import DATA, FILES, NAMES, encoded, parquet_set, png, write

from hubscore.probe.load import load_probe


def test_a_nested_label(tmp_path):
    data = DATA.map(lambda row: {"info": {"label": row["label"], "id": 3}}, remove_columns="label")
    probe = load_probe(parquet_set(tmp_path, data), samples=6)
    assert probe.label_column == "info.label" and probe.classes == ("ant", "bee", "cat")


def test_a_regression(tmp_path):
    rows = "".join(f"{name},{place / 7}\n" for place, name in enumerate(NAMES))
    write(tmp_path, {**FILES, "list.csv": "file,age\n" + rows + "ant/000.png,\n"})
    probe = load_probe(tmp_path / "list.csv", samples=10, label_column="age")
    assert probe.target == "regression" and probe.classes == () and probe.labels.dtype == float
    assert probe.labels.tolist() == [index / 7 for index in probe.indices]
    assert probe.notes == (
        "label: age (a column of numbers from 0 to 3.28571, as asked for)",
        "1 row without a label was left out",
    )


def test_several_labels_a_row(tmp_path):
    data = Dataset.from_dict(
        {
            "image": [{"bytes": png(seed), "path": None} for seed in range(12)],
            "tags": [[seed % 3, 3] if seed % 2 else [] for seed in range(12)],
        },
        Features({"image": Image(), "tags": List(ClassLabel(names=["a", "b", "c", "d", "e"]))}),
    )
    probe = load_probe(parquet_set(tmp_path, data), samples=12)
    assert probe.target == "multilabel" and probe.classes == ("a", "b", "c", "d") and probe.labels.shape == (12, 4)
    for index, row in zip(probe.indices, probe.labels, strict=True):
        assert {probe.classes[place] for place in np.flatnonzero(row)} == (
            {"abc"[index % 3], "d"} if index % 2 else set()
        )
    assert "1 label was left out: fewer than 2 drawn rows have it" in probe.notes


def test_annotation_vectors(tmp_path):
    boxes = [{"bbox": [[0, 0, 4, 6]], "category": [seed % 2]} for seed in range(6)]
    feature = {"bbox": List(List(Value("float32"))), "category": List(ClassLabel(names=["cat", "dog"]))}
    masks = [{"bytes": encoded(Pillow.new("L", (8, 6), seed % 2)), "path": None} for seed in range(6)]
    images = [{"bytes": png(seed), "path": None} for seed in range(6)]
    data = Dataset.from_dict(
        {"image": images, "objects": boxes, "mask": masks},
        Features({"image": Image(), "objects": feature, "mask": Image()}),
    )
    root = parquet_set(tmp_path / "a", data)
    found = load_probe(root, target="annotation")
    assert found.target == "annotation" and found.label_column == "objects" and found.classes == ("cat", "dog")
    assert found.labels.tolist() == [[0, 0.5] if index % 2 else [0.5, 0] for index in found.indices]
    found = load_probe(root, target="annotation", label_column="mask")
    assert found.labels.tolist() == [[0, 1] if index % 2 else [1, 0] for index in found.indices] and found.classes == (
        "0",
        "1",
    )
