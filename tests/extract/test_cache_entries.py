"""What a folder of features or of files lists."""

from extract.blocks import block
from extract.test_cache import extraction

from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_entries import block_entries, file_entries


def test_blocks_of_one_network_are_one_entry_and_damage_is_listed(tmp_path):
    store = FeatureCache(tmp_path)
    store.write_rows("a" * 64, block("ab"))
    store.write_rows("a" * 64, block("c"))
    (one,) = block_entries(tmp_path / "features")
    assert (one.key, one.model, one.rows, one.kind) == ("a" * 64, "org/net", 3, "features")
    for path in (tmp_path / "features").rglob("*.safetensors"):
        path.write_bytes(b"0")
    (one,) = block_entries(tmp_path / "features")
    assert (one.model, one.rows, one.bytes) == ("(damaged)", 0, 2)


def test_files_are_an_entry_each(tmp_path):
    store = FeatureCache(tmp_path)
    store.write_maps(extraction("a" * 64))
    (one,) = file_entries(tmp_path / "maps", "maps")
    assert (one.key, one.kind, one.rows) == ("a" * 64, "maps", None) and one.bytes > 0
    assert list(file_entries(tmp_path / "nowhere", "maps")) == []
