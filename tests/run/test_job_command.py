"""What a job is told to do, and what no job can do."""

import subprocess
from dataclasses import replace

import pytest

from hubscore.errors import UsageError
from hubscore.run.job_command import SCRIPT, check_can_travel, job_command, job_environment, option_words
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.rank_options import RankOptions
from hubscore.types import Candidate

NET = Candidate("org/net", "0" * 40, "timm")


def test_options_are_told_where_they_are_not_as_by_default():
    assert option_words(RankOptions()) == []
    ranking = RankOptions(scores=("logme", "knn"), layers=False, subsamples=3, resample=["nleep", "parc"])
    assert option_words(ranking) == [
        *("--scores", "logme", "--scores", "knn", "--subsamples", "3"),
        *("--resample", "nleep", "--resample", "parc", "--no-layers"),
    ]


def test_what_is_about_this_machine_stays_here():
    run = RunOptions(cache_dir="/here", token="hf_secret", yes=True, device="cpu", input_size=64, evict=True)
    words = job_command("user/birds", ["a/b@1"], "o.json", data=DataOptions(), ranking=RankOptions(), run=run)
    words = [word for word in words if word != "--no-race"]
    assert words[4:] == ["user/birds", "--input-size", "64", *"--models a/b@1 --evict --yes --out o.json".split()]
    assert "hf_secret" not in " ".join([*words, *job_environment("o.json", "user/runs").values()])


def test_the_shell_passes_words_on_as_they_are(tmp_path):
    (tmp_path / "python").write_text('#!/bin/sh\nprintf "[%s]" "$@" >> told\n')
    (tmp_path / "python").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", **job_environment("o.json", "user/runs")}
    words = ["sh", "-c", SCRIPT, "hubscore", "user/birds", "--label-column", "what is; it $(x)?"]
    subprocess.run(words, cwd=tmp_path, env=environment, check=True)
    told = (tmp_path / "told").read_text()
    assert "[-m][hubscore][rank][user/birds][--label-column][what is; it $(x)?]" in told
    assert "[publish][o.json][--to][results][--results-repo][user/runs][--private]" in told


@pytest.mark.parametrize(
    ("candidate", "ranking"),
    [
        (replace(NET, path="/here/net"), RankOptions()),
        (replace(NET, input_size=64), RankOptions()),
        (NET, RankOptions(finetune_top=3)),
        (NET, RankOptions(capacity=True)),
        (NET, RankOptions(calibration="mine.json")),
    ],
)
def test_what_a_job_cannot_do_is_refused(candidate, ranking):
    with pytest.raises(UsageError):
        check_can_travel("user/birds", [candidate], ranking)


def test_data_of_this_machine_is_refused(tmp_path):
    with pytest.raises(UsageError, match="jobs see the Hub only"):
        check_can_travel(str(tmp_path), [], RankOptions())
    check_can_travel("user/birds", [NET], RankOptions())
