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
import json, pickle, sys, time
from dataclasses import replace
import numpy as np
from hubscore import rank
from hubscore.cli.output import Mode, Output
from hubscore.cli.run_progress import ProgressReporter
from hubscore.extract import machine_speed
from hubscore.extract.layer_request import LayerRequest
from hubscore.run.options import RunOptions
from hubscore.run.session import Session

place, HEAVY = sys.argv[1:]
candidates, probe = pickle.load(open(place + "/given", "rb"))
run = RunOptions(device="cpu", cache_dir=place + "/store", isolate="always")
outcome = Session(run=run).extract(candidates, probe, layers=LayerRequest(batch=4))
speed = {machine_speed._machine("cpu"): {"seconds": 1e-9, "measured": time.time()}}  # else torch would measure it
open(place + "/store/speed.json", "w").write(json.dumps(speed))
labelled = replace(probe, labels=np.arange(len(probe)) % 2, classes=("a", "b"), target="classification")
names = [one.path for one in candidates]
with ProgressReporter(Output(Mode.human)) as reporter:
    ranking = rank(labelled, models=names, scores="logme,knn", layers=False, run=run, watcher=reporter)
heavy = [name for name in HEAVY.split() if name in sys.modules]
pickle.dump((outcome, heavy, ranking.to_json()["rows"]), open(place + "/made", "wb"))
"""
HEAVY = "torch torchvision transformers timm accelerate sklearn scipy.stats scipy.optimize matplotlib gradio starlette"
"""What a run whose workers compute does not import."""
WARM = f"{HEAVY} scipy.linalg scipy.sparse"
"""What one that finds everything stored does not import either."""


def made(place, heavy):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, "-", str(place), heavy]
    ran = subprocess.run(words, input=SCRIPT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return pickle.loads((place / "made").read_bytes())


@pytest.mark.slow
def test_a_worker_gives_to_the_last_bit_what_the_run_itself_gives_and_the_run_needs_no_torch(tmp_path):
    found, rows = checkpoints(tmp_path)[:2], probe()
    (tmp_path / "given").write_bytes(pickle.dumps((found, rows)))
    (cold, *first), (warm, *second) = made(tmp_path, HEAVY), made(tmp_path, WARM)
    run = RunOptions(device="cpu", cache_dir=tmp_path / "here", isolate="never")
    here = Session(run=run).extract(found, rows, layers=LayerRequest(batch=4))
    assert first == second and first[0] == [] and len(first[1]) == 2
    assert (cold.forward_images, warm.forward_images) == (here.forward_images, 0)
    for outcome in (cold, warm):
        assert list(outcome.extractions) == [one.repo_id for one in found] and not outcome.skipped
        for name, expected in here.extractions.items():
            one = outcome.extractions[name]
            assert one.key == expected.key and one.notes == expected.notes
            np.testing.assert_array_equal(one.features["penultimate"], expected.features["penultimate"])
            np.testing.assert_array_equal(one.layer_kernel, expected.layer_kernel)
