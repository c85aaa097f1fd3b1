import gc
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from hubscore.modalities.spill import Span, SpillFile, spill_folder


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def test_bytes_come_back_and_the_file_goes_with_its_owner(folder):
    file = SpillFile(100)
    first, second = file.write(b"abc"), file.write(b"defg")
    assert (first.read(), second.read()) == (b"abc", b"defg") and len(list(folder.iterdir())) == 1
    del file
    gc.collect()
    assert list(folder.iterdir()) == []


def test_no_file_before_there_is_something_to_keep(folder):
    SpillFile(100)
    assert list(folder.iterdir()) == []


def test_what_has_no_room_is_not_kept():
    file = SpillFile(5)
    assert file.write(b"123456") is None and file.write(b"12345").read() == b"12345" and file.write(b"1") is None


def test_never_more_than_a_share_of_the_disk(monkeypatch):
    monkeypatch.setattr("hubscore.modalities.spill._FREE", 0.0)
    file = SpillFile(100)
    file.write(b"first")
    assert file.write(b"x") is None


def test_a_disk_that_refuses_keeps_nothing(monkeypatch):
    monkeypatch.setattr("hubscore.modalities.spill.spill_folder", lambda: Path("/proc/nothing-there"))
    assert SpillFile(100).write(b"abc") is None


def test_what_is_written_in_parts_is_kept_whole(monkeypatch):
    write = os.pwrite
    monkeypatch.setattr("os.pwrite", lambda file, data, at: write(file, data[:2], at))
    file = SpillFile(100)
    first, second = file.write(b"abcde"), file.write(b"fg")
    assert (first.read(), second.read()) == (b"abcde", b"fg")


def test_a_full_disk_keeps_what_it_has(monkeypatch):
    file = SpillFile(100)
    kept = file.write(b"abc")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", full)
    assert file.write(b"def") is None and kept.read() == b"abc"


def test_another_process_reads_it():
    file = SpillFile(100)
    span = file.write(b"abc")
    code = f"import pickle; print(pickle.loads({pickle.dumps(span)!r}).read())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "b'abc'\n"


def test_a_file_that_ends_early_is_an_error(tmp_path):
    path = tmp_path / "short"
    path.write_bytes(b"ab")
    with pytest.raises(OSError, match="ends before"):
        Span(str(path), 0, 3).read()


def test_a_nameless_file_leaves_nothing_however_its_process_ends(folder):
    file = SpillFile(100, named=False)
    span = file.write(b"abc")
    assert list(folder.iterdir()) == [] and span.read() == b"abc" and file.write(b"de").read() == b"de"


def test_what_a_killed_run_left_is_swept_and_what_is_in_use_stays(folder):
    living = SpillFile(100)
    span = living.write(b"abc")
    (folder / "hubscore-dead.spill").write_bytes(b"left")
    (folder / "hubscore-new.spill").write_bytes(b"not locked yet")
    (folder / "hubscore-other.txt").write_bytes(b"not ours")
    for path in folder.iterdir():
        if path.name != "hubscore-new.spill":
            os.utime(path, (1, 1))
    other = SpillFile(100)
    other.write(b"x")
    assert not (folder / "hubscore-dead.spill").exists() and (folder / "hubscore-other.txt").exists()
    assert (folder / "hubscore-new.spill").exists()
    assert span.read() == b"abc" and os.path.exists(span.path)


def test_the_folder_is_the_one_that_is_named(folder, monkeypatch):
    assert spill_folder() == folder
    monkeypatch.delenv("TMPDIR")
    assert str(spill_folder()) == "/var/tmp" or not os.access("/var/tmp", os.W_OK)
