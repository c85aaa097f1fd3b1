"""`accelerate launch -m hubscore rank`: two real processes, each with its worker, share the candidates, and one of them
answers.
"""

import json
import os
import subprocess

import pytest

LAUNCH = "-m accelerate.commands.launch --multi_gpu --num_processes 2 --num_machines 1 --mixed_precision no"
LAUNCH += " --dynamo_backend no --main_process_port 0 -m hubscore"


@pytest.mark.slow
def test_two_launched_processes_give_one_answer_and_the_same(run, colours, tiny_repos, warm_python, tmp_path):
    words = ["rank", colours, "--models", tiny_repos.timm, tiny_repos.transformers, "--scores", "logme,knn"]
    words += ["--subsamples", "3", "--device", "cpu"]
    alone = run(*words, "--format", "json")
    assert alone.code == 0, alone.err
    environment = {**os.environ, "HUBSCORE_CACHE": str(tmp_path / "shared"), "HUBSCORE_ISOLATE": "auto"}
    environment["PYTHON_EXEC"] = warm_python  # with which the launcher starts its processes
    out = tmp_path / "r.json"
    together = subprocess.run(
        [warm_python, *LAUNCH.split(), *words, "--format", "json", "--out", str(out)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert together.returncode == 0, together.stderr
    assert "Traceback" not in together.stderr and "destroy_process_group" not in together.stderr
    rows = json.loads(together.stdout)
    for one, other in zip(alone.rows, rows, strict=True):
        assert one["scores"] == other["scores"] and one["consensus_ci"] == other["consensus_ci"]
    assert json.loads(out.read_text())["record"]["forward_images"] == 2 * 36
