"""What a configuration would build, counted without memory and stopped once it is more than its weights hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.modules import module as hooks

from hubscore.models.checkpoint_files import refusal
from hubscore.models.memory import free_memory
from hubscore.models.weights_header import WeightsHeader
from hubscore.text import byte_size, count
from hubscore.types import Candidate

_FREE_NUMBERS = 100_000_000
"""That a configuration may build beyond twice its weights: heads and decoders that a checkpoint came without."""
_FREE_PARTS = 2_000
_BYTES = 4
"""Of a number, in float32."""
_SECONDS = 60.0


class BuildStopped(Exception):  # noqa: N818  # it ends a construction on purpose
    """A configuration builds more than its weights hold."""


@dataclass
class Built:
    """What was built so far.

    Attributes:
        numbers: in parameters and buffers.
        tensors: parameters and buffers.
        parts: modules.
    """

    numbers: int = 0
    tensors: int = 0
    parts: int = 0


def check_build(candidate: Candidate, header: WeightsHeader, build: Callable[[], object]) -> Built:
    """Build a network without memory, and refuse one that its weight file or this machine has no room for.

    Args:
        candidate: for messages.
        header: of its weights.
        build: makes the network; what else it raises is left to the load that follows.

    Returns:
        What was counted; less than all where the network cannot be built without memory.

    Raises:
        CandidateError: it is more than twice the weights and a decoder, or does not fit into memory in float32.
    """
    built = Built()
    with suppress(_Failed), bounded(candidate, header, built), torch.device("meta"):
        try:
            build()
        except BuildStopped:
            raise
        except Exception as error:  # some compute with their weights while they are built; loading says what is wrong
            raise _Failed from error
    check_memory(candidate, built.numbers * _BYTES + header.file_bytes)
    return built


def check_memory(candidate: Candidate, needed: int, what: str = "its weights in float32 and their file would") -> None:
    """Refuse what does not fit into the memory that is free.

    Raises:
        CandidateError: more is needed than there is.
    """
    free = free_memory()
    if needed > free:
        why = f"{what} take {byte_size(needed)} of memory, and {byte_size(free)} are free"
        raise refusal(candidate, why, "choose a smaller checkpoint, or a machine with more memory")


class _Failed(Exception):  # noqa: N818  # never leaves this module
    """A network cannot be built without memory."""


@contextmanager
def bounded(candidate: Candidate, header: WeightsHeader, built: Built | None = None) -> Iterator[None]:
    """Count what this thread builds while the block runs, and stop it once that is too much.

    Raises:
        CandidateError: there are more numbers, tensors or parts than the weights can fill.
    """
    try:
        with counted(built or Built(), header):
            yield
    except BuildStopped as stopped:
        raise refusal(candidate, f"its config.json and its weights are not of one network: {stopped}") from stopped


@contextmanager
def counted(built: Built, header: WeightsHeader) -> Iterator[None]:
    """Do what :func:`bounded` does, for whoever words the refusal.

    Raises:
        BuildStopped: there is more than the weights can fill.
    """
    owner, until = threading.get_ident(), time.thread_time() + _SECONDS
    numbers = 2 * header.numbers + _FREE_NUMBERS
    tensors = 4 * header.tensors + _FREE_PARTS
    parts = 20 * header.tensors + 10 * _FREE_PARTS

    def tensor(module: Any, name: str, value: Any) -> None:
        if value is None or threading.get_ident() != owner:
            return
        built.tensors += 1
        built.numbers += value.numel()
        if built.numbers > numbers:
            raise BuildStopped(_told(f"{count(built.numbers)} numbers and more", count(header.numbers)))
        if built.tensors > tensors:
            raise BuildStopped(_told(f"{count(built.tensors)} tensors and more", count(header.tensors)))

    def part(module: Any, name: str, value: Any) -> None:
        if threading.get_ident() != owner:
            return
        built.parts += 1
        if built.parts > parts or time.thread_time() > until:
            raise BuildStopped(_told(f"{count(built.parts)} parts and more", f"{count(header.tensors)} tensors"))

    handles = [
        hooks.register_module_parameter_registration_hook(tensor),
        hooks.register_module_buffer_registration_hook(tensor),
        hooks.register_module_module_registration_hook(part),
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _told(made: str, held: str) -> str:
    return f"the one makes {made}, the other holds {held}"
