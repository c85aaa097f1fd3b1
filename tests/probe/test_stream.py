import io
import tarfile

import pytest
from hubfixture import add_dataset
from probe.pictures import png, write

from hubscore.errors import DatasetError, HubError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.layout import read_layout
from hubscore.probe.source import locate_dataset
from hubscore.probe.stream import stream_rows


def tarred(count):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(count):
            for ending, data in (("png", png(number)), ("cls", str(number % 2).encode())):
                entry = tarfile.TarInfo(f"{number:04}.{ending}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def rows(dataset, samples=3, budget=10**9, seed=0):
    place = locate_dataset(dataset)
    files = place.files()
    return stream_rows(
        place,
        files,
        read_layout(place, files, modalities=[IMAGE]),
        modalities=[IMAGE],
        samples=samples,
        budget=budget,
        seed=seed,
    )


def test_a_webdataset_gives_the_first_rows_of_a_shuffled_stream(tmp_path):
    found = rows(write(tmp_path / "set", {"train.tar": tarred(40)}), samples=5)
    assert found.population is None and len(found.numbers) == 20
    assert found.notes[0].startswith(
        "webdataset data cannot be read in part: rows come from the first 20 of a stream shuffled among 1000"
    )
    images = found.items("png", range(20), IMAGE)
    assert len({image.data for image in images}) == 20 and {image.data for image in images} < {
        png(number) for number in range(40)
    }
    assert found.column("cls").to_pylist() == [
        [png(number) for number in range(40)].index(image.data) % 2 for image in images
    ]


def test_the_seed_and_the_budget_decide(tmp_path):
    root = write(tmp_path / "set", {"train.tar": tarred(40)})
    first, again, other = (rows(root, seed=seed).items("png", range(12), IMAGE) for seed in (0, 0, 1))
    assert first == again != other
    assert 3 < len(rows(root, samples=10, budget=1_500).numbers) < 12


def test_formats_that_do_not_say_where_images_are(tmp_path):
    with pytest.raises(
        DatasetError, match=r"cannot be read as images: its json files do not say.*\nTry: save it with .*to_parquet"
    ):
        rows(write(tmp_path / "set", {"a.json": '[{"image": "x", "label": 1}]'}))


def test_a_damaged_archive_is_named(tmp_path):
    with pytest.raises(DatasetError, match=r"'.*set' cannot be read as webdataset"):
        rows(write(tmp_path / "set", {"train.tar": b"junk" * 1_000}))


def test_a_failing_hub_is_told(hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)
    add_dataset(hub.root, "stream/broken", {"train.tar": tarred(3)})
    hub.faults.add(path="train.tar", method="*", status=500, times=None)
    try:
        with pytest.raises(HubError, match="the Hub failed"):
            rows("stream/broken")
    finally:
        hub.faults.clear()


def test_a_webdataset_on_the_hub(hub):
    add_dataset(hub.root, "stream/cats", {"train.tar": tarred(10)})
    assert len(rows("stream/cats").numbers) == 10
