"""One row's item as it is stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Encoded:
    """One item as it is stored.

    Attributes:
        data: the bytes of the file or of the value, empty when there are none.
        name: the file's name, where it has one.
        fault: why there are no bytes.
        guess: what was guessed to read it, for people.
    """

    data: bytes
    name: str | None = None
    fault: str | None = None
    guess: str = ""
