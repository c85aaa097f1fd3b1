"""kill -9 in the middle of a run and of a publication: afterwards the same, and what was stored is used."""

import json
import os
import signal
import subprocess

import pytest
from huggingface_hub import HfApi

WORDS = ("--scores", "logme,knn", "--subsamples", "0", "--device", "cpu", "--isolate", "never")

AT_A_WRITE = """
import os, signal, sys
replace, left = os.replace, [{number}]
def counted(source, target, **more):
    replace(source, target, **more)
    left[0] -= str(target).startswith(os.environ["HUBSCORE_CACHE"]) and {kind!r} in str(target)
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
os.replace = counted
from hubscore.cli.main import main
main({words!r})
"""

AT_A_COMMIT = """
import os, signal
from huggingface_hub import HfApi
commit, before = HfApi.create_commit, {before!r}
def fatal(self, *words, **named):
    if not before:
        commit(self, *words, **named)
    os.kill(os.getpid(), signal.SIGKILL)
HfApi.create_commit = fatal
from hubscore.cli.main import main
main({words!r})
"""


@pytest.fixture
def killed(warm_python, tmp_path):
    """Run a piece of Python, with a feature cache of its own, that is killed before it ends."""

    def run(code):
        cache = tmp_path / "killed"
        environment = os.environ | {"HUBSCORE_CACHE": str(cache)}
        ran = subprocess.run([warm_python, "-c", code], env=environment, capture_output=True, text=True, timeout=280)
        assert ran.returncode == -signal.SIGKILL, ran.stderr
        return cache

    return run


@pytest.fixture
def words(colours, tiny_repos):
    return ["rank", colours, "--models", tiny_repos.timm, tiny_repos.transformers, *WORDS]


def values_of(ran):
    """What a run's rows say, but for the seconds that they took."""
    return [{name: value for name, value in row.items() if name != "seconds"} for row in ran.rows]


def test_a_run_that_is_killed_repeats_nothing_that_was_stored(run, killed, words, tmp_path, monkeypatch):
    undisturbed = values_of(run(*words, "--format", "json"))
    forward = []
    for kind, number in ((".safetensors", 1), (".safetensors", 2), ("scores", 2)):
        cache = killed(AT_A_WRITE.format(kind=kind, number=number, words=words))
        kept = tmp_path / f"{kind}{number}"
        cache.rename(kept)
        monkeypatch.setenv("HUBSCORE_CACHE", str(kept))
        out = tmp_path / "again.json"
        ran = run(*words, "--format", "json", "--out", out)
        assert ran.code == 0 and values_of(ran) == undisturbed, ran.err
        forward.append(json.loads(out.read_text())["record"]["forward_images"])
    assert forward == [36, 0, 0]


@pytest.mark.parametrize("before", [True, False], ids=["before the commit", "after it"])
def test_a_publication_that_is_killed_is_there_once_after_the_second(run, killed, words, tmp_path, monkeypatch, before):
    monkeypatch.setenv("HF_TOKEN", "hf_local")  # what --token sets in this process is taken back
    out, repo = tmp_path / "ranking.json", f"local/killed-{before}".lower()
    assert run(*words, "--out", out).code == 0
    asked = ["publish", str(out), "--to", "results", "--results-repo", repo, "--yes", "--token", "hf_local"]
    killed(AT_A_COMMIT.format(before=before, words=asked))
    assert run(*asked).code == 0
    runs = [
        path for path in HfApi(token="hf_local").list_repo_files(repo, repo_type="dataset") if path.startswith("runs/")
    ]
    assert len(runs) == 1
