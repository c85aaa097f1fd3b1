import io
import tarfile
import zipfile

import numpy as np
import pytest
from datasets import Image
from hubfixture import add_dataset
from probe.pictures import class_files, labelled, png, write

from hubscore.errors import DatasetError, HubError
from hubscore.probe.layout import read_layout
from hubscore.probe.locate import locate
from hubscore.probe.stream import stream_rows

FILES = class_files({"cat": 4, "dog": 3})


def zipped(files=FILES):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(count):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(count):
            for ending, data in (("png", png(number)), ("cls", str(number % 2).encode())):
                entry = tarfile.TarInfo(f"{number:04}.{ending}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def rows(dataset, samples=3, budget=10**9):
    place = locate(dataset)
    return stream_rows(place, read_layout(place, place.files()), samples=samples, budget=budget, seed=0)


def test_a_zip_file_gives_all_names_and_only_the_wanted_images(tmp_path):
    found = rows(write(tmp_path / "set", {"train.zip": zipped()}))
    assert found.population == 7 and found.notes == [] and isinstance(found.features["image"], Image)
    assert found.column("label").to_pylist() == [0] * 4 + [1] * 3 and found.features["label"].names == ["cat", "dog"]
    assert found.files.meter.total == 0
    assert [image.data for image in found.images("image", [6, 0])] == [FILES["dog/002.png"], FILES["cat/000.png"]]
    assert found.files.meter.total == len(FILES["dog/002.png"]) + len(FILES["cat/000.png"])
    assert found.within("image", [0, 1], 150, np.random.default_rng(0)).tolist() == []


def test_a_webdataset_gives_the_first_rows_of_a_shuffled_stream(tmp_path):
    root = write(tmp_path / "set", {"train.tar": tarred(40)})
    found = rows(root, samples=5)
    assert found.population is None and len(found.numbers) == 20
    assert found.notes[0].startswith("webdataset data cannot be read in part: rows come from the first 20 of a stream shuffled among 1000")
    assert {image.data for image in found.images("png", range(20))} < {png(number) for number in range(40)}
    assert len(rows(root, samples=5, budget=1_000).numbers) < 10


def test_arrow_files(tmp_path):
    labelled([png(0), png(1)], ["a", "b"]).save_to_disk(str(tmp_path / "set"))
    found = rows(tmp_path / "set")
    assert sorted(image.data for image in found.images("image", [0, 1])) == sorted([png(0), png(1)])


def test_formats_that_do_not_say_where_images_are(tmp_path):
    with pytest.raises(DatasetError, match=r"cannot be read as images: its json files do not say.*\n.*to_parquet"):
        rows(write(tmp_path / "set", {"a.json": '[{"image": "x", "label": 1}]'}))
    labelled([png(0)], ["a"]).remove_columns("image").save_to_disk(str(tmp_path / "texts"))
    with pytest.raises(DatasetError, match="has no image column, and hubscore reads images"):
        rows(tmp_path / "texts")


def test_a_damaged_archive_is_named(tmp_path):
    with pytest.raises(DatasetError, match="cannot be read as archive"):
        rows(write(tmp_path / "set", {"train.zip": zipped()[:200]}))


def test_a_zip_file_on_the_hub(hub, monkeypatch):
    add_dataset(hub.root, "stream/zipped", {"train.zip": zipped()})
    found = rows("stream/zipped")
    assert found.column("label").to_pylist() == [0] * 4 + [1] * 3
    assert found.images("image", [5])[0].data == FILES["dog/001.png"]


def test_a_failing_hub_is_told(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)
    add_dataset(hub.root, "stream/broken", {"train.tar": tarred(3)})
    place = locate("stream/broken")
    layout = read_layout(place, place.files())
    hub.faults.add(path="train.tar", method="*", status=500, times=None)
    try:
        with pytest.raises(HubError, match="the Hub failed"):
            stream_rows(place, layout, samples=3, budget=10**9, seed=0)
    finally:
        hub.faults.clear()
