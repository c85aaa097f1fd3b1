import doctest
import os

import numpy as np
import pytest

from hubscore.errors import StorageError
from hubscore.modelmap import files


def test_the_examples_in_the_docs_hold():
    assert doctest.testmod(files).failed == 0


@pytest.mark.parametrize(
    "name", ["org/net@abc1234", "/a/very/" + "long/" * 60 + "folder", "..", "Größe\n../../etc", "org/net"]
)
def test_file_names_stay_in_their_folder_and_differ(name):
    found = files.file_name(name)
    assert (
        found.startswith("models/")
        and found.count("/") == 1
        and ".." not in found.removesuffix(".safetensors").replace("..-", "")
    )
    assert len(found) < 110 and found != files.file_name(name + "2")


def test_maps_are_read_in_slices(tmp_path):
    values = np.random.default_rng(0).normal(size=(9, 2, 3, 4)).astype(np.float16)
    values[0, 0, 0, 0] = np.nan
    files.write_arrays(tmp_path / "models" / "x.safetensors", {"maps": values})
    saved = files.SavedMaps(tmp_path / "models" / "x.safetensors")
    assert saved.shape == (9, 2, 3, 4)
    assert np.array_equal(saved[2:5], values[2:5]) and np.array_equal(saved[slice(0, 9)], values, equal_nan=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="Cannot write"):
        files.write_manifest(tmp_path, {})


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "s").touch()
    with pytest.raises(StorageError, match="Cannot write") as told:
        files.write_manifest(tmp_path / "s" / "t", {})
    assert "--save DIR" in told.value.fix


def test_tables_survive_the_way_through_json():
    table = np.array([[1.0, np.nan], [0.123456789123, -1.0]])
    rows = files.table_to_json(table)
    assert rows == [[1.0, None], [0.123456789, -1.0]]
    np.testing.assert_allclose(files.table_from_json(rows, 2), table, atol=1e-9)
    assert files.table_from_json([], 0).shape == (0, 0)
