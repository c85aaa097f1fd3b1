"""Row blocks on disk, with several processes at work."""

import multiprocessing
import os
import threading
import warnings

import numpy as np
import pytest
from extract.blocks import block, ids, letters

from hubscore.extract import block_folder
from hubscore.extract.block_folder import MOST_BLOCKS, BlockFolder


@pytest.fixture
def folder(tmp_path):
    return BlockFolder(tmp_path / "network")


def files(folder):
    return sorted(folder.path.glob("*.safetensors"))


def test_an_empty_folder_has_no_rows(folder):
    assert folder.read(ids("ab")) is None and folder.read(()) is None


def test_rows_of_several_blocks_come_in_the_order_wanted_and_each_once(folder):
    for names in ("abc", "de", "cf"):
        folder.add(block(names))
    found = folder.read(ids("fazebea"))
    assert letters(found) == "faeb" and found.rows == ids("faeb")


def test_rows_that_were_computed_together_stay_together(folder):
    folder.add(block("ab", noise=0.25))
    folder.add(block("abcd", noise=0.5))
    folder.add(block("cd", noise=0.75))
    assert folder.read(ids("abcd")).values.features["penultimate"][:, 0].tolist() == [97.5, 98.5, 99.5, 100.5]
    assert folder.read(ids("abcd")).values.seconds == {"load": 1.0, "total": 8.0}


@pytest.mark.parametrize("at", [9, 40, -3], ids=["header", "ids", "numbers"])
def test_a_flipped_bit_costs_only_the_rows_of_its_block(folder, at):
    folder.add(block("abc"))
    damaged = files(folder)[0]
    folder.add(block("de"))
    content = bytearray(damaged.read_bytes())
    content[at] ^= 4
    damaged.write_bytes(content)
    with pytest.warns(RuntimeWarning, match=f"Removed the damaged cache file .*{damaged.name}.*; its rows will be"):
        found = folder.read(ids("abcde"))
    assert letters(found) == "de" and not damaged.exists()
    with warnings.catch_warnings(action="error"):
        assert letters(folder.read(ids("abcde"))) == "de"


@pytest.mark.parametrize("damage", [lambda content: content[:-7], lambda content: b"", lambda content: b"x" * 500])
def test_a_block_that_is_cut_short_is_removed(folder, damage):
    folder.add(block("abc"))
    (path,) = files(folder)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(RuntimeWarning, match="Removed the damaged cache file"):
        assert folder.read(ids("a")) is None
    assert files(folder) == []


def test_a_block_of_other_widths_is_not_mixed_in(folder):
    folder.add(block("abc"))
    folder.add(block("de", width=5))
    assert letters(folder.read(ids("abcde"))) == "abc"


def test_many_small_blocks_become_one_without_losing_a_row(folder):
    names = "".join(chr(ord("A") + at) for at in range(MOST_BLOCKS + 1))
    for name in names[:-1]:
        folder.add(block(name))
    assert len(files(folder)) == MOST_BLOCKS
    folder.add(block(names[-1]))
    assert len(files(folder)) == 1 and letters(folder.read(ids(names))) == names


def test_large_blocks_are_left_alone(folder, monkeypatch):
    folder.add(block("XYZ" * 1, width=4000))
    (large,) = files(folder)
    monkeypatch.setattr(block_folder, "SMALL_BYTES", large.stat().st_size - 1)
    for at in range(MOST_BLOCKS + 1):
        folder.add(block(chr(ord("a") + at)))
    assert large.exists() and len(files(folder)) == 2


def test_joining_that_fails_harms_nothing(folder, monkeypatch):
    def full(path, content):
        if len(files(folder)) > MOST_BLOCKS:
            raise OSError(28, "No space left on device")
        written(path, content)

    written = block_folder.write_file
    monkeypatch.setattr(block_folder, "write_file", full)
    for at in range(MOST_BLOCKS + 1):
        folder.add(block(chr(ord("A") + at)))
    assert len(files(folder)) == MOST_BLOCKS + 1 and letters(folder.read(ids("AC"))) == "AC"


def test_a_reader_looks_again_where_a_block_was_joined_meanwhile(folder, monkeypatch):
    folder.add(block("ab"))
    folder.add(block("cd"))
    load, calls = BlockFolder._load, []

    def joined_meanwhile(self, path):
        calls.append(path)
        if len(calls) == 1:
            before = files(folder)
            folder.add(block("abcd"))
            for one in before:
                one.unlink()
        return load(self, path)

    monkeypatch.setattr(BlockFolder, "_load", joined_meanwhile)
    assert letters(folder.read(ids("abcd"))) == "abcd" and len(calls) == 2


def _write(path, first):
    for at in range(first, first + 40):
        BlockFolder(path).add(block(chr(200 + at) + "s", noise=0.0))


def test_processes_that_write_at_once_lose_nothing(folder):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(folder.path, first)) for first in (0, 40)]
    for one in writers:
        one.start()
    seen, wanted = [], ids("s")
    while any(one.is_alive() for one in writers):
        found = folder.read(wanted)
        seen.append(found is not None)
    for one in writers:
        one.join()
        assert one.exitcode == 0
    names = "".join(chr(200 + at) for at in range(80)) + "s"
    assert letters(folder.read(ids(names))) == names
    assert len(files(folder)) <= 2 * MOST_BLOCKS and not list(folder.path.glob("*.part"))
    assert True not in seen or all(seen[seen.index(True) :])  # what was there once is always there


def test_threads_that_write_the_same_rows_agree(folder):
    writers = [threading.Thread(target=folder.add, args=(block("abc"),)) for _ in range(8)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert len(files(folder)) == 1 and letters(folder.read(ids("cab"))) == "cab"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_block_that_may_not_be_read_is_an_error_and_stays(folder):
    folder.add(block("a"))
    (path,) = files(folder)
    path.chmod(0)
    with pytest.raises(PermissionError):
        folder.read(ids("a"))
    assert path.exists()


def test_numbers_come_back_to_the_last_bit(folder):
    values = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    folder.add(block("abc", features={"penultimate": values}, logits=None))
    found = folder.read(ids("ca")).values.features["penultimate"]
    assert found.dtype == np.float32 and np.array_equal(found, values[[2, 0]])


def test_what_is_there_is_known_without_reading_it(folder):
    assert folder.known(ids("ab")) == frozenset()
    folder.add(block("abc"))
    folder.add(block("cd"))
    assert folder.known(ids("adx")) == frozenset(ids("ad"))
