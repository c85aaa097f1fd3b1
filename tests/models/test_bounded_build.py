"""Networks that are counted before they are built."""

import threading

import pytest
import torch
from models.checkpoints import candidate

from hubscore.errors import CandidateError
from hubscore.models.bounded_build import Built, bounded, check_build, check_memory
from hubscore.models.memory import free_memory
from hubscore.models.weights_header import WeightsHeader

SMALL = WeightsHeader(tensors=4, numbers=200, largest=20, file_bytes=800)


def test_a_sound_network_is_counted_and_takes_no_memory(tmp_path):
    built = check_build(candidate(tmp_path, "timm"), SMALL, lambda: torch.nn.Sequential(torch.nn.Linear(20, 10)))
    assert built == Built(numbers=210, tensors=2, parts=1)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: torch.nn.Linear(30_000, 30_000), "makes 900M numbers and more, the other holds 200"),
        (lambda: [torch.nn.Linear(2, 2) for _ in range(100_000)], "makes 2.02k tensors and more, the other holds 4"),
        (
            lambda: torch.nn.Sequential(*[torch.nn.Identity()] * 100_000),
            r"makes 20\.1k parts and more, the other holds 4 tensors",
        ),
        (lambda: torch.nn.Module().register_buffer("a", torch.zeros(10**10)), "makes 10B numbers and more"),
    ],
)
def test_more_than_the_weights_hold_is_stopped(tmp_path, build, words):
    with pytest.raises(CandidateError, match=f"are not of one network: the one {words}"):
        check_build(candidate(tmp_path, "timm"), SMALL, build)


def test_a_network_that_fits_its_weights_and_not_the_memory_is_refused(tmp_path):
    numbers = free_memory()  # times four bytes
    header = WeightsHeader(tensors=1, numbers=numbers, largest=numbers, file_bytes=10)
    with pytest.raises(CandidateError, match=r"its weights in float32 and their file would take .* of memory, and"):
        check_build(candidate(tmp_path, "timm"), header, lambda: torch.nn.Linear(numbers, 1))


def test_what_cannot_be_built_without_memory_is_left_to_the_load(tmp_path):
    assert check_build(candidate(tmp_path, "timm"), SMALL, lambda: torch.zeros(3).tolist()) == Built()


def test_other_threads_are_not_counted(tmp_path):
    built = Built()
    with bounded(candidate(tmp_path, "timm"), SMALL, built):
        other = threading.Thread(target=torch.nn.Linear, args=(3, 3))
        other.start()
        other.join()
    assert built == Built()


def test_after_the_block_nothing_is_bounded(tmp_path):
    with bounded(candidate(tmp_path, "timm"), SMALL):
        pass
    assert len(torch.nn.Linear(20_000, 10_000, device="meta").weight) == 10_000


def test_what_fits_is_not_refused(tmp_path):
    check_memory(candidate(tmp_path, "timm"), 1)
