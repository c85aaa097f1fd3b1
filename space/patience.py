"""How long one view may wait for the Hub: the time is shared by everything that the view asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 1.5
"""Seconds that a visitor waits before seeing what there is without the rest; with the drawing no view takes two."""

T = TypeVar("T")


class Patience:
    """What is left of the seconds of one view; only waiting uses them up, drawing does not.

    Args:
        seconds: to begin with; ``PATIENCE`` where none are given.

    Attributes:
        left: seconds that may still be waited.
        lacking: whether something that the results have could not be had.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.left, self.lacking = PATIENCE if seconds is None else seconds, False

    def wait(self, work: threading.Thread) -> bool:
        """Wait for some work while there is time; returns whether it is done."""
        start = time.monotonic()
        work.join(max(self.left, 0.0))
        self.left -= time.monotonic() - start
        return not work.is_alive()

    def ask(self, question: Callable[[], T], otherwise: T) -> T:
        """Return the answer to a question, or something else when it takes too long; it is not asked without time."""
        answers: list[T] = []
        asking = threading.Thread(target=lambda: answers.append(question()), daemon=True)
        if self.left > 0:
            asking.start()
            self.wait(asking)
        self.lacking = self.lacking or not answers
        return answers[0] if answers else otherwise
