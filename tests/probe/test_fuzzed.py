"""Damaged data of people, a few of each kind; ``benchmarks/survival_data.py`` has the whole."""

import pytest
from fuzzed import BOMBS, fuzzed_pictures, fuzzed_tables, nested_tables
from probe.pictures import class_files, encoded, noise, write

from hubscore.errors import HubscoreError
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.stored_items import ItemStore, decode_all
from hubscore.probe.load import load_probe


@pytest.mark.filterwarnings("ignore")
def test_every_damaged_picture_is_a_picture_or_a_reason():
    store = ItemStore(IMAGE)
    items = [store.add(data) for data in fuzzed_pictures(150)]
    faults = list(decode_all(items))
    reasons = [str(fault) for fault in faults if fault is not None]
    assert len(reasons) > 60 and all(reason and "\n" not in reason for reason in reasons)
    for item, fault in zip(items, faults, strict=True):
        assert fault is not None or item.decoded(None).mode == "RGB"
    assert all(fault is not None for fault in faults[: len(BOMBS)])


def test_a_program_in_place_of_a_picture_is_not_run(monkeypatch):
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: pytest.fail("something was run"))
    (fault,) = decode_all([ItemStore(IMAGE).add(BOMBS["program.png"])])
    assert "program" in str(fault)


@pytest.mark.filterwarnings("ignore")
def test_every_damaged_table_is_a_probe_or_an_error_that_says_why(tmp_path):
    write(tmp_path, {f"{number:02}.png": encoded(noise(number)) for number in range(12)})
    read = 0
    for name, data in fuzzed_tables(60):
        (tmp_path / name).write_bytes(data)
        try:
            read += len(load_probe(tmp_path / name, samples=12)) > 0
        except HubscoreError as error:
            assert error.what and error.fix
        (tmp_path / name).unlink()
    assert 0 < read < 60 - len(nested_tables())


def test_damaged_pictures_among_sound_ones_change_no_row_of_the_rest(tmp_path):
    sound = class_files({"cat": 30, "dog": 30})
    broken = {f"cat/x{number}.png": data for number, data in enumerate(BOMBS.values())}
    alone, among = write(tmp_path / "alone", sound), write(tmp_path / "among", sound | broken)
    first, second = load_probe(alone, samples=100), load_probe(among, samples=100)
    assert sorted(first.row_ids) == sorted(second.row_ids) and len(second.dropped) == len(BOMBS)
    assert all(row["file"] and row["reason"] for row in second.dropped)
