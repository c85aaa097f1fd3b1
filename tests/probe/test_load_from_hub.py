"""Probes of data sets on the Hub: what is downloaded of them, and what the Hub answers."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import ClassLabel, Features, Image
from hubfixture import add_dataset
from PIL import Image as Pillow
from probe.pictures import DATA, encoded, noise, parquet_bytes

from hubscore.errors import DatasetError, HubError
from hubscore.probe.load import load_probe


@pytest.fixture
def no_waiting(monkeypatch, hub):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    yield
    hub.faults.clear()


def large_set(rows=2_000, group=10, side=60):
    """About 22 MB of pictures that do not compress, in many row groups."""
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
    assert len(content) > 21_000_000 and len(probe) == 20 and probe.population == 2_000
    # Twenty row groups of ten pictures are a tenth of the file; the labels and the footer come on top.
    assert served < len(content) / 9 and abs(served - probe.bytes_read) < 20_000

    before = len(hub.log)
    probe = load_probe("load/large", samples=20, probe_bytes=360_000)
    served = sum(entry[3] for entry in list(hub.log)[before:])
    assert len(probe) == 20 and served < 700_000
    assert probe.notes[1:] == ("rows come from 3 row groups drawn at random of 200, to read at most 360,000 bytes",)


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
