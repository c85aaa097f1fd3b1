"""Shares of a run; several real processes are started in test_runner."""

import os

import pytest

from hubscore.errors import UsageError
from hubscore.extract.distributed import (
    ProcessGroup,
    assign_candidates,
    is_main_process,
    join_process_group,
    launched_processes,
    leave_process_group,
    resolve_device,
)
from hubscore.types import Candidate


def candidates(*sizes):
    return [Candidate(f"org/{at}", "a" * 40, "timm", bytes=size) for at, size in enumerate(sizes)]


def shares(found, count):
    return [
        [one.repo_id for one in assign_candidates(found, ProcessGroup(index, count, "cpu"))] for index in range(count)
    ]


def test_the_device_is_what_was_asked_for():
    assert resolve_device("cpu") == "cpu"
    assert resolve_device("auto") in {"cpu", "cuda", "cuda:0", "mps", "mps:0", "xpu", "xpu:0"}


def test_work_is_balanced_by_size():
    found = candidates(90, 10, 40, 30, 20, 10)
    assert shares(found, 2) == [["org/0", "org/1"], ["org/2", "org/3", "org/4", "org/5"]]


def test_every_candidate_has_exactly_one_process_and_keeps_its_order():
    found = candidates(*range(1, 20))
    for count in (1, 2, 3, 7, 30):
        parts = shares(found, count)
        assert sorted(name for part in parts for name in part) == sorted(one.repo_id for one in found)
        assert all(part == sorted(part, key=lambda name: int(name[4:])) for part in parts)


def test_sizes_that_are_not_known():
    found = [
        Candidate("org/a", "a", "timm"),
        Candidate("org/b", "a", "timm", parameters=10),
        Candidate("org/c", "a", "timm", bytes=5),
    ]
    assert shares(found, 2) == [["org/a"], ["org/b", "org/c"]]


def test_alone_nothing_is_initialised():
    import torch.distributed

    assert launched_processes() == 1 and is_main_process()
    ranks = join_process_group("cpu")
    assert ranks == ProcessGroup(0, 1, "cpu") and ranks.gather([1, 2]) == [1, 2]
    assert not torch.distributed.is_initialized() and "MASTER_ADDR" not in os.environ
    leave_process_group()


def test_automatic_device_on_this_machine():
    import torch

    expected = str(torch.accelerator.current_accelerator()) if torch.accelerator.is_available() else "cpu"
    assert join_process_group("auto").device == expected


def test_a_device_that_is_not_there():
    with pytest.raises(UsageError, match=r"Cannot run on the device 'cuda:99': .*\nTry: --device auto"):
        join_process_group("cuda:99")


@pytest.mark.parametrize(
    ("named", "meant"), [("gpu", "cuda"), ("GPU:1", "cuda:1"), ("cdua", "cuda"), ("abacus", "auto"), ("cuda:x", "cuda")]
)
def test_a_device_that_there_is_not_has_a_near_name(named, meant):
    with pytest.raises(UsageError) as caught:
        join_process_group(named)
    assert caught.value.fix == f"--device {meant}" and "auto, cpu, cuda, cuda:1, mps" in caught.value.why
