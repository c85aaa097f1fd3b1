import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Dataset, Features, Image, List, Value
from hubfixture import add_dataset
from PIL import Image as Pillow
from probe.pictures import class_files, encoded, labelled, noise, parquet_bytes, png, write

from hubscore.errors import DatasetError, HubError, UsageError
from hubscore.probe.load import load_probe, preview_probe
from hubscore.run.options import DataOptions
from hubscore.types import Probe

FILES = class_files({"ant": 6, "bee": 10, "cat": 8})
NAMES = sorted(FILES)
FOLDERS = "label: label (the names of the class folders, 3 classes)"
DATA = labelled([FILES[name] for name in NAMES], [name.split("/")[0] for name in NAMES])


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "pictures", FILES)


@pytest.fixture
def no_waiting(monkeypatch, hub):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    yield
    hub.faults.clear()


def parquet_set(root, data, name="data/train-00000-of-00001.parquet"):
    return write(root, {name: parquet_bytes(data)})


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


def large_set(rows=2_000, group=10, side=100):
    """About 60 MB of pictures that do not compress, in many row groups."""
    rng = np.random.default_rng(0)
    head = encoded(Pillow.new("RGB", (side, side)), "BMP")[:54]
    schema = Features({"image": Image(), "label": ClassLabel(names=list("abcde"))}).arrow_schema
    images = [{"bytes": head + rng.bytes(3 * side * side), "path": None} for _ in range(rows)]
    table = pa.table([pa.array(images, schema.field("image").type), pa.array(rng.integers(0, 5, rows))], schema=schema)
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, row_group_size=group, use_dictionary=False, compression="none")
    return buffer.getvalue().to_pybytes()


def test_a_large_set_is_not_downloaded_to_draw_a_few_rows(hub):
    content = large_set()
    add_dataset(hub.root, "load/large", {"data/train-00000-of-00001.parquet": content})
    before = len(hub.log)
    probe = load_probe("load/large", samples=20)
    served = sum(entry[3] for entry in list(hub.log)[before:])
    assert len(content) > 60_000_000 and len(probe) == 20 and probe.population == 2_000
    # Twenty row groups of ten pictures are a tenth of the file; the labels and the footer come on top.
    assert served < len(content) / 9 and abs(served - probe.bytes_read) < 20_000

    before = len(hub.log)
    probe = load_probe("load/large", samples=20, probe_bytes=1_000_000)
    served = sum(entry[3] for entry in list(hub.log)[before:])
    assert len(probe) == 20 and served < 1_700_000
    assert probe.notes[1:] == ("rows come from 3 row groups drawn at random of 200, to read at most 1,000,000 bytes",)


def test_only_the_drawn_files_of_a_folder_are_downloaded(hub):
    files = {f"{'ab'[number % 2]}/{number}.bmp": encoded(noise(number, (60, 60)), "BMP") for number in range(60)}
    add_dataset(hub.root, "load/files", files)
    before = len(hub.log)
    probe = load_probe("load/files", samples=10)
    entries = list(hub.log)[before:]
    assert sum("/resolve/" in entry[1] for entry in entries) == 10 and len(probe) == 10
    assert load_probe("load/files", samples=10, probe_bytes=5 * 10_900).notes[1:] == (
        "only 5 of 10 drawn rows were read, to read at most 54,500 bytes",
        "all 5 usable rows were taken, fewer than the 10 asked for",
    )


def test_an_id_without_an_owner(hub):
    add_dataset(hub.root, "loadbare", {"data/train-00000-of-00001.parquet": parquet_bytes(DATA)})
    assert len(load_probe("loadbare", samples=6)) == 6


@pytest.mark.parametrize(
    ("status", "headers", "kind", "words"),
    [
        (401, {}, HubError, "refused the token"),
        (401, {"X-Error-Code": "RepoNotFound"}, DatasetError, "was not found"),
        (403, {}, HubError, "the token may not do this (403)"),
        (403, {"X-Error-Code": "GatedRepo"}, DatasetError, "is gated"),
        (429, {"RateLimit": '"resolvers";r=0;t=120'}, HubError, "in 120 seconds"),
        (500, {}, HubError, "the Hub failed (error 500)"),
    ],
)
@pytest.mark.parametrize("path", ["/tree/", "/resolve/"])
def test_what_the_hub_answers_in_the_middle(hub, no_waiting, status, headers, kind, words, path):
    add_dataset(hub.root, "load/fragile", {"data/train-00000-of-00001.parquet": parquet_bytes(DATA)})
    hub.faults.add(path=f"load/fragile{path}", status=status, headers=headers, times=None)
    with pytest.raises(kind, match="load/fragile") as error:
        load_probe("load/fragile", samples=6)
    assert words in str(error.value)


def test_a_cut_download_is_taken_up_again_or_told(hub, no_waiting):
    add_dataset(hub.root, "load/cut", {"data/train-00000-of-00001.parquet": parquet_bytes(DATA)})
    hub.faults.cut(path="load/cut/resolve", after=100, times=2)
    assert len(load_probe("load/cut", samples=6)) == 6
    hub.faults.cut(path="load/cut/resolve", after=100, times=None)
    with pytest.raises(HubError, match="Data set 'load/cut' was cut off while downloading"):
        load_probe("load/cut", samples=6)


def test_an_unknown_set(hub):
    with pytest.raises(DatasetError, match=r"Data set 'load/nothing' was not found at http.*\nTry: check the spelling"):
        load_probe("load/nothing")


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
