import numpy as np
import pytest

from hubscore.cli.main import main
from hubscore.extract.cache import FeatureCache
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
    FeatureCache(tmp_path).put(Extraction("a" * 64, "org/net", "b" * 40, {"penultimate": np.zeros((2, 3), np.float32)}))


def test_an_empty_cache_says_so(cache):
    assert cache("--format", "json") == (0, "[]\n", cache()[2])
    code, _, err = cache("--clear")
    assert not code and "Nothing is stored" in err


def test_lists_and_clears_what_is_stored(cache, tmp_path):
    stored(tmp_path)
    code, out, err = cache("--format", "agent")
    assert not code and "org/net" in out and "1 extractions" in err
    code, _, err = cache("--clear")
    assert code == 2 and "--yes" in err and FeatureCache(tmp_path).entries()
    code, _, err = cache("--clear", "--yes")
    assert not code and "Deleted 1 extractions" in err and not FeatureCache(tmp_path).entries()
