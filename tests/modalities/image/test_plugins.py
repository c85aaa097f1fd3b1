import sys
import types

from hubscore.modalities.image import plugins


def test_a_package_is_used_where_it_is_installed(monkeypatch, tmp_path):
    (tmp_path / "pillow_heif.py").write_text("calls = []\ndef register_heif_opener():\n    calls.append(1)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "pillow_heif", raising=False)
    plugins.register_plugins.cache_clear()
    assert plugins.is_installed("pillow-heif") and "pillow-heif" in plugins.register_plugins()
    plugins.register_plugins()
    assert isinstance(sys.modules["pillow_heif"], types.ModuleType) and sys.modules["pillow_heif"].calls == [1]
    monkeypatch.delitem(sys.modules, "pillow_heif")
    plugins.register_plugins.cache_clear()
