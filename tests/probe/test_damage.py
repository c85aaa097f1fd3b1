import zlib

import pyarrow as pa
import pytest

from hubscore.errors import DatasetError
from hubscore.probe.damage import damage_named


@pytest.mark.parametrize(
    "error",
    [pa.ArrowInvalid("bad page\nand more"), zlib.error("bad page"), OSError("bad page"), EOFError("bad page")],
)
def test_what_readers_raise_over_damage_is_an_error_of_the_data_set(error):
    with pytest.raises(DatasetError) as told, damage_named("./mine"):
        raise error
    assert told.value.why == "bad page" and "./mine" in told.value.what


def test_an_error_without_words_is_named_by_its_kind():
    with pytest.raises(DatasetError) as told, damage_named("./mine"):
        raise EOFError
    assert told.value.why == "EOFError"


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), TypeError("a mistake of ours")])
def test_what_is_no_damage_stays_what_it_is(error):
    with pytest.raises(type(error)), damage_named("./mine"):
        raise error
