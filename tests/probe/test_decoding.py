import numpy as np
import pytest
from probe.pictures import encoded, noise, png, write

from hubscore.errors import DatasetError
from hubscore.modalities.image.modality import IMAGE
from hubscore.probe.decoding import decode_rows
from hubscore.probe.files import LocalFiles
from hubscore.probe.stratified import sample_in_rounds, sample_uniformly
from hubscore.probe.table import read_tables


def shelf(tmp_path, images):
    files = {f"{number:02}.png": data for number, data in enumerate(images)}
    listed = "file\n" + "\n".join(f"{number:02}.png" for number in range(len(images)))
    return read_tables(LocalFiles(write(tmp_path, {**files, "list.csv": listed})), ["list.csv"], modalities=[IMAGE])


def rng():
    return np.random.default_rng(0)


def test_sound_rows_come_as_they_were_drawn(tmp_path):
    rows = shelf(tmp_path, [png(seed) for seed in range(6)])
    draw = sample_uniformly(range(6), 4, rng())
    found = decode_rows(rows, "file", draw, modality=IMAGE, budget=10**9)
    assert found.positions == draw.rows and list(found.encoded) == [png(place) for place in found.positions]
    assert len(found.items) == 4 and found.dropped == []
    assert (np.asarray(found.items[2].decoded(None)) == np.asarray(noise(found.positions[2]))).all()


def test_broken_rows_are_named_and_replaced_by_their_kind(tmp_path):
    images = [png(seed) for seed in range(20)]
    images[3], images[12] = b"", encoded(noise(1, (64, 64)))[:200]
    rows = shelf(tmp_path, images)
    kinds = {0: np.arange(10), 1: np.arange(10, 20)}
    found = decode_rows(rows, "file", sample_in_rounds(kinds, 18, rng()), modality=IMAGE, budget=10**9)
    assert [place // 10 for place in found.positions] == found.groups and len(found.positions) == 18
    assert not {3, 12} & set(found.positions)
    assert {item["row"]: item["file"] for item in found.dropped} == {3: "03.png", 12: "12.png"}


def test_a_broken_row_with_nothing_to_replace_it_is_left_out(tmp_path):
    rows = shelf(tmp_path, [png(0), b"broken", png(2)])
    found = decode_rows(rows, "file", sample_uniformly([0, 1, 2], 3, rng()), modality=IMAGE, budget=10**9)
    assert (
        sorted(found.positions) == [0, 2]
        and found.dropped[0]["reason"] == "not an image, or of a kind that Pillow does not know"
    )
    assert len(found.items) == 2


def test_no_replacement_beyond_the_budget(tmp_path):
    rows = shelf(tmp_path, [b"broken", *[png(seed) for seed in range(20)]])
    draw = sample_uniformly([0, 1, 2], 3, rng())
    draw.spare[0].extend([5, 6])
    assert len(decode_rows(rows, "file", draw, modality=IMAGE, budget=1).positions) == 2


def test_too_many_broken_images_are_an_error_that_names_the_first(tmp_path):
    rows = shelf(tmp_path, [b"broken"] * 15 + [png(seed) for seed in range(20)])
    with pytest.raises(DatasetError) as error:
        decode_rows(rows, "file", sample_uniformly(range(35), 35, rng()), modality=IMAGE, budget=10**9)
    assert error.value.what == "15 of the 35 images read are broken"
    assert (
        error.value.why.count("row ") == 3
        and ".png): not an image" in error.value.why
        and "--input-column" in error.value.fix
    )


def test_when_all_are_broken(tmp_path):
    with pytest.raises(DatasetError, match="2 of the 2 images read are broken"):
        decode_rows(
            shelf(tmp_path, [b"x", b"y"]), "file", sample_uniformly([0, 1], 2, rng()), modality=IMAGE, budget=10**9
        )


def test_rows_are_read_and_decoded_a_portion_after_the_other(tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.probe.rows.FIRST_PORTION", 2)
    monkeypatch.setattr("hubscore.probe.rows.PORTION_BYTES", 1)
    rows, draw = (
        shelf(tmp_path, [png(0), b"broken", *[png(seed) for seed in range(2, 7)]]),
        sample_uniformly(range(7), 7, rng()),
    )
    read, asked = rows.items, []
    rows.items = lambda name, positions, modality: asked.append(len(positions)) or read(name, positions, modality)
    found = decode_rows(rows, "file", draw, modality=IMAGE, budget=10**9)
    assert asked == [2, 2, 2, 1] and [item["row"] for item in found.dropped] == [1]
    assert list(found.encoded) == [png(place) for place in found.positions] and len(found.positions) == 6


def test_keeping_some_rows_keeps_their_pictures(tmp_path):
    rows, draw = shelf(tmp_path, [png(seed) for seed in range(5)]), sample_uniformly(range(5), 5, rng())
    found = decode_rows(rows, "file", draw, modality=IMAGE, budget=10**9)
    some = found.keep([1, 4])
    assert some.positions == [found.positions[1], found.positions[4]]
    assert some.items == [found.items[1], found.items[4]] and all(item.kept for item in some.items)
