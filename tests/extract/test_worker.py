"""A worker over real checkpoints, started by a script that has neither a file nor a guard for its main module."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from extract.probes import checkpoints, probe

from hubscore.extract.layer_request import LayerRequest
from hubscore.run.options import RunOptions
from hubscore.run.session import Session

SCRIPT = """
import pickle, sys
from hubscore.extract.layer_request import LayerRequest
from hubscore.run.options import RunOptions
from hubscore.run.session import Session

place = sys.argv[1]
candidates, probe = pickle.load(open(place + "/given", "rb"))
run = RunOptions(device="cpu", cache_dir=place + "/store", isolate="always")
outcomes = [Session(run=run).extract(candidates, probe, layers=LayerRequest(batch=4)) for _ in range(2)]
pickle.dump((outcomes, "torch" in sys.modules), open(place + "/made", "wb"))
"""


@pytest.mark.slow
def test_a_worker_gives_to_the_last_bit_what_the_run_itself_gives_and_the_run_needs_no_torch(tmp_path):
    found, rows = checkpoints(tmp_path)[:2], probe()
    (tmp_path / "given").write_bytes(pickle.dumps((found, rows)))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        [sys.executable, "-", str(tmp_path)], input=SCRIPT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    (cold, warm), knows_torch = pickle.loads((tmp_path / "made").read_bytes())
    run = RunOptions(device="cpu", cache_dir=tmp_path / "here", isolate="never")
    here = Session(run=run).extract(found, rows, layers=LayerRequest(batch=4))
    assert not knows_torch
    assert (cold.forward_images, warm.forward_images) == (here.forward_images, 0)
    for outcome in (cold, warm):
        assert list(outcome.extractions) == [one.repo_id for one in found] and not outcome.skipped
        for name, expected in here.extractions.items():
            one = outcome.extractions[name]
            assert one.key == expected.key and one.notes == expected.notes
            np.testing.assert_array_equal(one.features["penultimate"], expected.features["penultimate"])
            np.testing.assert_array_equal(one.layer_kernel, expected.layer_kernel)
