import json

import numpy as np
import pytest

from hubscore.cli.main import main
from hubscore.extract.cache import FeatureCache
from hubscore.extract.cache_files import pack, write_file
from hubscore.extract.row_block import RowBlock
from hubscore.types import Extraction


@pytest.fixture
def cache(tmp_path, capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(["cache", "--cache-dir", str(tmp_path), *words])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return run


def stored(tmp_path):
    values = Extraction("a" * 64, "org/net", "b" * 40, {"penultimate": np.zeros((2, 3), np.float32)})
    FeatureCache(tmp_path).write_rows("a" * 64, RowBlock(("0" * 64, "1" * 64), values))


def test_an_empty_cache_says_so(cache):
    assert cache("--format", "json") == (0, "[]\n", cache()[2])
    code, _, err = cache("--clear")
    assert not code and "Nothing is stored" in err


def test_lists_and_clears_what_is_stored(cache, tmp_path):
    stored(tmp_path)
    code, out, err = cache("--format", "agent")
    assert not code and "org/net" in out and "1 entries" in err
    code, _, err = cache("--clear")
    assert code == 2 and "--yes" in err and FeatureCache(tmp_path).entries()
    code, _, err = cache("--clear", "--yes")
    assert not code and "Deleted 1 entries" in err and not FeatureCache(tmp_path).entries()


def test_what_people_look_for_is_there_at_80_columns(cache, tmp_path, monkeypatch):
    stored(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    head = cache("--format", "human")[1].splitlines()[0]
    assert head.split() == ["MODEL", "KIND", "ROWS", "BYTES", "REVISION", "KEY"]
    monkeypatch.setenv("COLUMNS", "50")
    assert cache("--format", "human")[1].split()[:5] == ["MODEL", "KIND", "ROWS", "BYTES", "KEY"]


def test_what_an_earlier_version_stored_is_shown_and_cleared(cache, tmp_path):
    values = Extraction("c" * 64, "org/before", "b" * 40, {"penultimate": np.zeros((2, 3), np.float32)})
    write_file(tmp_path / "extractions" / f"{'c' * 64}.safetensors", pack(values))
    code, out, err = cache("--format", "json")
    assert not code and [(row["model"], row["kind"], row["rows"]) for row in json.loads(out)] == [
        ("org/before", "old", None)
    ]
    assert "not read any more" in err
    assert not cache("--clear", "--yes")[0] and FeatureCache(tmp_path).entries() == ()
