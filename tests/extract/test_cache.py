"""The cache on disk: whole files or none, whatever happens."""

import os
import resource
import shutil
import stat
import subprocess
import sys
import textwrap
import threading
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from extract.blocks import block, ids, letters
from smalldisk import small_files

from hubscore.errors import StorageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_files import write_file
from hubscore.extract.unwritten import Unwritten
from hubscore.types import Extraction


def extraction(key="k" * 64, *, rows=4, **changed):
    features = np.random.default_rng(0).normal(size=(rows, 3)).astype(np.float32)
    whole = Extraction.from_json(
        {
            "key": key,
            "model": "org/net",
            "revision": "a" * 40,
            "features": {"penultimate": features},
            "logits": features[:, :2],
            "seconds": {"load": 0.5},
            "transform": {"input_size": [32, 32]},
            "versions": {"torch": "2"},
            "input_size": [32, 32],
            "layers": 18,
        }
    )
    return replace(whole, **changed)


@pytest.fixture
def store(tmp_path):
    return FeatureCache(tmp_path)


def test_what_is_put_comes_back_to_the_last_bit(store):
    one = extraction(attributions=np.array([[[[np.nan, 1.0]]]]), parameters=7, device="cpu")
    store.write_maps(one)
    back = store.read_maps(one.key)
    assert np.array_equal(back.features["penultimate"], one.features["penultimate"])
    assert back.features["penultimate"].dtype == np.float32 and np.array_equal(back.logits, one.logits)
    assert np.array_equal(back.attributions, one.attributions, equal_nan=True)
    plain = {
        name: getattr(one, name)
        for name in ("key", "model", "revision", "seconds", "transform", "versions", "input_size", "layers")
    }
    assert {name: getattr(back, name) for name in plain} == plain


def test_no_head_no_logits(store):
    store.write_maps(extraction(logits=None))
    assert store.read_maps("k" * 64).logits is None


def test_rows_that_are_no_block_of_memory_are_stored_too(store):
    features = np.arange(12, dtype=np.float32).reshape(3, 4).T
    store.write_maps(extraction(features={"penultimate": features}))
    assert np.array_equal(store.read_maps("k" * 64).features["penultimate"], features)


def test_an_unknown_key_is_none(store):
    assert store.read_maps("0" * 64) is None


@pytest.mark.parametrize("damage", [lambda content: content[:-7], lambda content: b"", lambda content: b"x" * 500])
def test_a_damaged_file_is_removed_with_a_warning_and_the_others_stay(store, damage):
    store.write_maps(extraction("a" * 64))
    store.write_maps(extraction("b" * 64))
    path = store.root / "maps" / f"{'a' * 64}.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(RuntimeWarning, match=r"Removed the damaged cache file .*; it will be computed again"):
        assert store.read_maps("a" * 64) is None
    assert not path.exists() and store.read_maps("b" * 64) is not None


def test_a_single_bit_is_noticed_wherever_it_is(store):
    store.write_maps(extraction())
    (path,) = store.root.rglob("*.safetensors")
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    for place in (header, len(content) - 3, content.index(b"org/name") if b"org/name" in content else header + 9):
        flipped = bytearray(content)
        flipped[place] ^= 1
        path.write_bytes(flipped)
        with pytest.warns(RuntimeWarning, match="Removed the damaged cache file"):
            assert store.read_maps("k" * 64) is None
    path.write_bytes(content)
    assert store.read_maps("k" * 64) is not None


def test_a_file_under_another_ones_name_is_damaged(store):
    store.write_maps(extraction("a" * 64))
    folder = store.root / "maps"
    (folder / f"{'a' * 64}.safetensors").rename(folder / f"{'b' * 64}.safetensors")
    with pytest.warns(RuntimeWarning, match="it holds another"):
        assert store.read_maps("b" * 64) is None


def test_entries_size_and_clear(store):
    store.write_maps(extraction("b" * 64, model="org/b"))
    store.write_maps(extraction("a" * 64, model="org/a"))
    (store.root / "maps" / "half.part").write_bytes(b"left by a run that was killed")
    (store.root / "maps" / f"{'c' * 64}.safetensors").write_bytes(b"damaged")
    assert [(entry.model, entry.key[0]) for entry in store.entries()] == [
        ("(damaged)", "c"),
        ("org/a", "a"),
        ("org/b", "b"),
    ]
    on_disk = sum(path.stat().st_size for path in (store.root / "maps").glob("*.safetensors"))
    assert store.size() == on_disk == sum(entry.bytes for entry in store.entries())
    store.clear()
    assert store.entries() == () and list((store.root / "maps").iterdir()) == []


def test_an_empty_place_has_no_entries(tmp_path):
    assert FeatureCache(tmp_path / "nothing").entries() == () and FeatureCache(tmp_path / "nothing").size() == 0
    FeatureCache(tmp_path / "nothing").clear()


def test_where_it_is(monkeypatch, tmp_path):
    assert FeatureCache("~/here").root == Path.home() / "here"
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path))
    assert FeatureCache().root == tmp_path
    monkeypatch.delenv("HUBSCORE_CACHE")
    assert FeatureCache().root == Path.home() / ".cache" / "hubscore"


def test_a_file_that_grows_too_large_leaves_nothing_and_loses_nothing(store):
    """The operating system cuts the write in the middle, as a full disk does; and there is no room in memory."""
    store.write_maps(extraction("a" * 64))
    store.unwritten = Unwritten(lambda: 0)
    before = sorted(path.name for path in (store.root / "maps").iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(StorageError) as error:
            store.write_maps(extraction("b" * 64, rows=100_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (
        str(error.value)
        == f"Cannot store the features of 'org/net' in {store.root}: the disk is full or a limit is reached, and 2.0 MB"
        " are needed; what was stored before is safe\nTry: free some space (hubscore cache --clear, hf cache"
        " prune), or --cache-dir DIR on another disk"
    )
    assert sorted(path.name for path in (store.root / "maps").iterdir()) == before
    assert store.read_maps("a" * 64) is not None


def test_what_the_disk_does_not_take_is_read_from_memory_and_that_is_said_once(store):
    told, key = [], "a" * 64
    store.trouble = told.append
    store.write_rows(key, block("ab"))
    with small_files(10):
        store.write_maps(extraction(key))
        store.write_kernel(extraction("b" * 64))
        store.write_rows(key, block("c"))
        store.write_rows(key, block("bd"))
    assert letters(store.read_rows(key, ids("cadx"))) == "cad"
    assert np.array_equal(store.read_maps(key).logits, extraction().logits)
    assert store.read_kernel("b" * 64).key == "b" * 64
    assert np.array_equal(store.map_array(key, "features/penultimate"), extraction().features["penultimate"])
    with pytest.raises(StorageError):
        store.map_array(key, "attributions")
    assert [error.code for error in told] == ["disk-full"]
    another = FeatureCache(store.root)
    assert letters(another.read_rows(key, ids("abc"))) == "ab" and another.read_maps(key) is None
    store.write_maps(extraction(key, rows=2))  # there is room again
    assert len(another.read_maps(key).logits) == len(store.read_maps(key).logits) == 2


@pytest.mark.parametrize("what", ["file", "loop", "long", "gone"])
def test_a_place_that_cannot_be_written_costs_the_cache_alone(tmp_path, what):
    root = tmp_path / "cache"
    if what == "file":
        root.mkdir()
        (root / "features").write_text("in the way")
    elif what == "loop":
        root.mkdir()
        (root / "features").symlink_to(root / "features")
    elif what == "long":
        root = root / ("x" * 300)
    store = FeatureCache(root)
    if what == "gone":
        store.prepare()
        shutil.rmtree(root)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        store.write_rows("a" * 64, block("ab"))
        assert letters(store.read_rows("a" * 64, ids("ba"))) == "ba"
        if what != "long":
            assert store.entries() == () or what == "gone"
            store.clear()
    assert len(told) == (what != "gone")


def test_an_earlier_extraction_survives_a_failed_rewrite(store):
    store.write_maps(extraction("a" * 64))
    store.unwritten = Unwritten(lambda: 0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(StorageError):
            store.write_maps(extraction("a" * 64, rows=10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(store.read_maps("a" * 64).features["penultimate"]) == 4


def test_a_place_that_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"Not a directory\nTry: --cache-dir DIR, or HUBSCORE_CACHE=DIR"):
        store = FeatureCache(tmp_path / "file")
        store.unwritten = Unwritten(lambda: 0)
        store.write_maps(extraction())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(store):
    store.write_maps(extraction("a" * 64))
    folder = store.root / "maps"
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(StorageError, match="Permission denied"):
            store.write_maps(extraction("b" * 64))
        assert store.read_maps("a" * 64) is not None
    finally:
        folder.chmod(stat.S_IRWXU)


def test_a_run_killed_in_the_middle_of_a_write_leaves_no_half_file(tmp_path):
    program = f"""
        import os, signal
        from pathlib import Path
        from hubscore.extract import cache_files
        os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL)
        cache_files.write_file(Path({str(tmp_path)!r}) / "maps" / "key.safetensors", b"0" * 1000)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False, timeout=120)
    assert ended.returncode < 0
    store = FeatureCache(tmp_path)
    assert store.read_maps("key") is None and store.entries() == ()
    assert len(list((tmp_path / "maps").glob("*.part"))) == 1
    store.clear()
    assert list((tmp_path / "maps").iterdir()) == []


def test_writers_at_the_same_time_never_show_half_a_file(store):
    one = extraction(rows=2000)
    store.write_maps(one)
    stop, seen = threading.Event(), []

    def read():
        while not stop.is_set():
            seen.append(store.read_maps(one.key) is not None)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(30):
        store.write_maps(one)
    stop.set()
    reader.join()
    assert seen and all(seen)


def test_ctrl_c_in_the_middle_of_a_write_cleans_up(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "x" / "key.safetensors", b"0")
    assert list((tmp_path / "x").iterdir()) == []


def test_one_array_is_read_from_the_disk_when_it_is_sliced(store):
    maps = np.random.default_rng(0).normal(size=(4, 3, 5, 5)).astype(np.float16)
    maps[0, 0, 0] = np.nan
    one = extraction(attributions=maps, notes={"method": "saliency"})
    store.write_maps(one)
    found = store.map_array(one.key, "attributions")
    assert isinstance(found, np.memmap) and found.dtype == np.float16 and np.array_equal(found, maps, equal_nan=True)
    assert np.array_equal(store.map_array(one.key, "features/penultimate"), one.features["penultimate"])
    assert store.read_maps(one.key).notes == {"method": "saliency"}


@pytest.mark.parametrize(
    ("key", "name"), [("0" * 64, "attributions"), ("k" * 64, "attributions"), ("k" * 64, "features/layer9")]
)
def test_an_array_that_is_not_there(store, key, name):
    store.write_maps(extraction())
    with pytest.raises(StorageError, match=f"Cannot read the {name} in .*{key}.*\n.*run again"):
        store.map_array(key, name)
