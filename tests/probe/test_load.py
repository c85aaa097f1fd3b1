import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Value
from hubfixture import add_dataset
from PIL import Image as Pillow
from probe.pictures import (
    DATA,
    FILES,
    NAMES,
    class_files,
    encoded,
    noise,
    parquet_bytes,
    parquet_set,
    png,
    write,
)

from hubscore.errors import DatasetError, UsageError
from hubscore.probe.load import load_probe, preview_probe
from hubscore.run.options import DataOptions
from hubscore.types import Probe

FOLDERS = "label: label (the names of the class folders, 3 classes)"


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "pictures", FILES)


def pixels(probe):
    return [np.asarray(image) for image in probe.items]


def test_a_folder_of_images(folder):
    probe = load_probe(folder, samples=12, seed=3)
    assert (probe.split, probe.config, probe.revision, probe.target) == ("train", None, None, "classification")
    assert probe.classes == ("ant", "bee", "cat") and Counter(probe.labels.tolist()) == {0: 4, 1: 4, 2: 4}
    assert probe.labels[:3].tolist() * 4 == probe.labels.tolist()  # rows cycle through the classes
    assert (probe.input_column, probe.label_column, probe.population, probe.seed) == ("image", "label", 24, 3)
    for index, label, image in zip(probe.indices, probe.labels, probe.items, strict=True):
        name = NAMES[index]
        assert probe.classes[label] == name.split("/")[0]
        assert image.mode == "RGB" and (np.asarray(image) == np.asarray(Pillow.open(folder / name))).all()
    assert (
        probe.notes == (FOLDERS,)
        and probe.dropped == ()
        and probe.bytes_read == sum(len(FILES[NAMES[index]]) for index in probe.indices)
    )


def test_it_survives_json(folder):
    probe = load_probe(folder, samples=6)
    again = Probe.from_json(json.loads(json.dumps(probe.to_json())))
    assert (
        again.fingerprint == probe.fingerprint
        and (again.labels == probe.labels).all()
        and again.indices == probe.indices
    )


def test_the_same_rows_come_by_every_road(folder, tmp_path, hub):
    add_dataset(hub.root, "load/folder", FILES)
    add_dataset(hub.root, "load/parquet", {"data/train-00000-of-00001.parquet": parquet_bytes(DATA, 5)})
    table = "".join(f"pictures/{name},{name.split('/')[0]}\n" for name in NAMES)
    write(tmp_path, {"list.csv": "file,kind\n" + table})
    roads = [
        folder,
        parquet_set(tmp_path / "set", DATA),
        tmp_path / "list.csv",
        "load/folder",
        "load/parquet",
        "hf://datasets/load/parquet",
    ]
    probes = [load_probe(road, samples=9, seed=1) for road in roads]
    assert len({probe.fingerprint for probe in probes}) == 1
    assert len({probe.indices for probe in probes}) == 1
    assert len(probes[3].revision) == 40 and probes[3].dataset == "load/folder" and probes[5].dataset == "load/parquet"


def test_the_seed_decides(folder):
    first, again, other = (load_probe(folder, samples=9, seed=seed) for seed in (0, 0, 1))
    assert first.fingerprint == again.fingerprint and first.indices == again.indices
    assert first.indices != other.indices and first.fingerprint != other.fingerprint


def test_more_samples_than_rows(folder):
    probe = load_probe(folder)
    assert len(probe) == 24 and probe.notes[1:] == ("all 24 usable rows were taken, fewer than the 500 asked for",)


def test_another_split(tmp_path):
    root = write(tmp_path, {f"{split}/{name}": data for split in ("train", "test") for name, data in FILES.items()})
    assert load_probe(root, split="test", samples=6).split == "test"


def test_columns_by_name(tmp_path):
    data = DATA.add_column("other", ["x", "y"] * 12).add_column("second", [{"bytes": png(99), "path": None}] * 24)
    probe = load_probe(parquet_set(tmp_path, data), input_column="second", label_column="other", samples=6)
    assert (probe.input_column, probe.label_column, probe.classes) == ("second", "other", ("x", "y"))
    assert (pixels(probe)[0] == np.asarray(noise(99))).all()


def test_classes_as_annotation_vectors(folder):
    probe = load_probe(folder, target="annotation", samples=6)
    assert probe.target == "annotation" and probe.labels.sum(axis=1).tolist() == [1.0] * 6


def test_images_of_every_kind(tmp_path):
    grey, deep = noise(1, mode="L"), Pillow.fromarray(np.array([[0, 65535]], dtype=np.uint16))
    exif = Pillow.Exif()
    exif[0x0112] = 6
    files = {
        "a/grey.png": encoded(grey),
        "a/alpha.png": encoded(noise(2, mode="RGBA")),
        "a/print.tif": encoded(noise(3, mode="CMYK"), "TIFF"),
        "b/deep.png": encoded(deep),
        "b/turned.jpg": encoded(noise(4, (8, 6)), "JPEG", exif=exif.tobytes()),
        "b/palette.gif": encoded(noise(5).convert("P"), "GIF"),
    }
    probe = load_probe(write(tmp_path, files))
    found = {sorted(files)[index]: image for index, image in zip(probe.indices, probe.items, strict=True)}
    assert len(found) == 6 and {image.mode for image in found.values()} == {"RGB"}
    assert np.asarray(found["b/deep.png"])[0, :, 0].tolist() == [0, 255] and found["b/turned.jpg"].size == (6, 8)


def test_broken_images_are_named_and_replaced(folder):
    (folder / "ant/001.png").write_bytes(b"<html>")
    (folder / "bee/002.png").write_bytes((folder / "bee/002.png").read_bytes()[:60])
    probe = load_probe(folder, samples=15)
    assert Counter(probe.labels.tolist()) == {0: 5, 1: 5, 2: 5}
    assert {item["row"] for item in probe.dropped} <= {NAMES.index("ant/001.png"), NAMES.index("bee/002.png")}
    whole = load_probe(folder)
    assert {item["file"] for item in whole.dropped} == {"001.png", "002.png"} and len(whole) == 22
    assert all(item["reason"] for item in whole.dropped)


def test_without_labels(tmp_path):
    root = write(tmp_path, {f"{number}.png": png(number) for number in range(6)})
    with pytest.raises(DatasetError) as error:
        load_probe(root)
    assert (
        error.value.what == "The data set is unlabeled" and "the images are not sorted into folders" in error.value.why
    )
    assert error.value.fix.startswith("put each class in a sub-folder of its own")
    probe = load_probe(root, samples=4, labels_required=False)
    assert probe.labels is None and probe.target is None and probe.classes == () and len(set(probe.indices)) == 4


def test_labels_that_are_not_required_are_used_where_they_are_clear(folder, tmp_path):
    assert load_probe(folder, samples=6, labels_required=False).target == "classification"
    unclear = DATA.rename_column("label", "person").add_column("place", ["x", "y"] * 12)
    root = parquet_set(tmp_path / "set", unclear)
    probe = load_probe(root, samples=6, labels_required=False)
    assert probe.labels is None and probe.label_column is None and "no labels were read" in probe.notes[0]
    with pytest.raises(UsageError, match="Several columns could be the label: person, place"):
        load_probe(root)
    with pytest.raises(UsageError, match="has no column 'gone'"):
        load_probe(root, label_column="gone", labels_required=False)


def test_one_class_without_labels_required(tmp_path):
    root = write(tmp_path, class_files({"cat": 5}))
    with pytest.raises(DatasetError, match="The data set has one class: every label is 'cat'"):
        load_probe(root)
    assert load_probe(root, labels_required=False).labels is None


def test_too_few_images_in_a_class(tmp_path):
    with pytest.raises(
        DatasetError, match="Fewer than two classes have two images: 2 classes for 4 images, and 1 of them"
    ):
        load_probe(write(tmp_path / "a", class_files({"cat": 3, "dog": 1})))
    probe = load_probe(write(tmp_path / "b", class_files({"cat": 3, "dog": 3, "owl": 1})))
    assert probe.classes == ("cat", "dog") and "left out, fewer than 2 images: owl" in probe.notes


def test_more_classes_than_samples_allow(tmp_path):
    probe = load_probe(write(tmp_path, class_files({f"c{number:02}": 3 for number in range(12)})), samples=10)
    assert len(probe.classes) == 5 and Counter(probe.labels.tolist()) == {label: 2 for label in range(5)}
    assert probe.notes[1:] == (
        "7 of 12 classes were left out at random, so that each of the others has 2 images",
        "classes with fewer than 5 images: c00 (3), c01 (3), c02 (3), c03 (3), c04 (3) and 7 more",
    )


def test_no_images(tmp_path):
    pq.write_table(pa.table({"size": [1, 2], "label": [0, 1]}), tmp_path / "train.parquet")
    with pytest.raises(
        DatasetError,
        match=r"no image or text column, and hubscore reads images and texts: its columns are size \(int64\), label",
    ):
        load_probe(tmp_path)
    with pytest.raises(DatasetError, match="holds no images"):
        load_probe(write(tmp_path / "empty", {"notes.md": ""}))


def test_only_null_labels(tmp_path):
    data = DATA.remove_columns("label").add_column("label", [None] * 24, feature=Value("string"))
    with pytest.raises(DatasetError, match="The data set is unlabeled: all 24 labels are empty"):
        load_probe(parquet_set(tmp_path, data))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"target": "ranking"},
            "There is no target 'ranking': targets are classification, multilabel, regression, annotation",
        ),
        ({"samples": 1}, "samples must be at least 2"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"probe_bytes": 0}, "probe-bytes must be at least 1"),
        ({"samples": 3}, "3 samples are too few"),
        ({"probe_bytes": 10}, "Nothing of the data set fits into 10 bytes"),
        ({"input_column": "label"}, "Column 'label' holds no images"),
        ({"split": "gone"}, "has no split 'gone'"),
        ({"config": "gone"}, "has no configuration 'gone'"),
    ],
)
def test_options_that_make_no_sense(folder, options, words):
    with pytest.raises((UsageError, DatasetError)) as error:
        load_probe(folder, **options)
    assert words in str(error.value)


def test_a_home_folder_and_a_path_object(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    assert load_probe("~/pictures", samples=6).dataset == "~/pictures"
    assert load_probe(Path(folder), samples=6).dataset == str(folder)


@pytest.mark.zoo
@pytest.mark.skipif("HUBSCORE_ZOO" not in os.environ, reason="HUBSCORE_ZOO names no folder")
def test_every_set_of_the_zoo():
    folders = sorted((Path(os.environ["HUBSCORE_ZOO"]) / "datasets").iterdir())
    assert folders
    for folder in folders:
        probe = load_probe(folder, samples=100)
        if folder.name.startswith("text-"):
            assert (probe.modality, probe.input_column, len(probe)) == ("text", "text", 100)
            continue
        assert probe.modality == "image"
        counts = Counter(probe.labels.tolist()).values()
        assert (
            len(probe) == 100
            and max(counts) - min(counts) <= 1
            and not probe.dropped
            and probe.notes == (probe.label_note,)
        )


def test_a_preview_tries_a_few_local_files(tmp_path):
    files = {f"{name}/{number}.png": b"broken" for name in ("cat", "dog") for number in range(6)}
    root = write(tmp_path / "set", files)
    with pytest.raises(DatasetError, match="12 of the 12 images read are broken"):
        preview_probe(root, DataOptions())
    write(root, {f"{name}/{number}.png": png(number) for name in ("cat", "dog") for number in range(1, 6)})
    notes = preview_probe(root, DataOptions()).notes
    assert any("2 of the 12 images read are broken and not used: 0.png" in note for note in notes)
