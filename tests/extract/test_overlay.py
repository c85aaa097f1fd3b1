import numpy as np
import pytest
from extract.test_cache import extraction

from hubscore.extract.cache import FeatureCache
from hubscore.extract.overlay import overlay


def test_what_is_there_is_read_and_what_is_new_goes_elsewhere(tmp_path):
    kept = FeatureCache(tmp_path / "kept")
    kept.write_maps(extraction())
    before = sorted((tmp_path / "kept").rglob("*"))
    overlay(tmp_path / "kept", tmp_path / "over")
    seen = FeatureCache(tmp_path / "over")
    seen.prepare()
    found = seen.read_maps("k" * 64)
    assert found is not None and np.array_equal(found.attributions, extraction().attributions)
    seen.write_maps(extraction("n" * 64))
    seen.write_maps(extraction())
    seen.clear()
    assert sorted((tmp_path / "kept").rglob("*")) == before and kept.read_maps("k" * 64) is not None


def test_a_damaged_file_below_is_passed_over_and_stays(tmp_path):
    kept = FeatureCache(tmp_path / "kept")
    kept.write_maps(extraction())
    (path,) = (tmp_path / "kept").rglob("*.safetensors")
    path.write_bytes(path.read_bytes()[:-1])
    overlay(tmp_path / "kept", tmp_path / "over")
    with pytest.warns(RuntimeWarning, match="damaged"):
        assert FeatureCache(tmp_path / "over").read_maps("k" * 64) is None
    assert path.exists()


def test_neither_locks_nor_what_other_runs_fetch_is_linked(tmp_path):
    root, over = tmp_path / "root", tmp_path / "over"
    for name in ("locks/a.lock", "evict/run/a.json", "evict/run.lock", "features/a"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    overlay(root, over)
    assert [path.relative_to(over).as_posix() for path in over.rglob("*") if not path.is_dir()] == ["features/a"]
