import numpy as np
import pytest

from hubscore.extract.layer_values import LayerValues
from hubscore.models.layer_runs import LayerRun

LAYERS = [LayerRun("first", 0, 0, 1, 3), LayerRun("first", 1, 0, 1, 2), LayerRun("last", 0, 0, 1, 4)]


@pytest.mark.parametrize("most_bytes", [10_000, 100])
def test_rows_are_where_they_were_put_in_memory_and_on_disk(tmp_path, most_bytes):
    values = LayerValues(LAYERS, 5, tmp_path / "scratch", most_bytes=most_bytes)
    assert values.on_disk == (most_bytes == 100)
    whole = {layer.key: np.random.default_rng(0).normal(size=(5, layer.width)) for layer in LAYERS}
    for rows in ([4, 1], [0], [3, 2]):
        for layer in LAYERS:
            values.put(layer, rows, whole[layer.key][rows])
    for layer in LAYERS:
        np.testing.assert_array_equal(values.of(layer), whole[layer.key].astype(np.float32))
    assert not list(tmp_path.glob("scratch/*"))  # nothing to clean up, whatever ends the process
