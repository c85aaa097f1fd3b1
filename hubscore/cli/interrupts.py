"""Ctrl-C and `kill`: both stop a run in the same way, and neither is lost where a library swallows the exception.

A ``KeyboardInterrupt`` that strikes inside a finaliser, a callback from C or somebody's bare ``except`` is gone without
a trace, and the run would go on to its end. So the signal is noted as well, and raised again at the next step.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """What arrived and was not heeded yet; a context manager that listens while it is open.

    Attributes:
        pending: whether a signal came and nothing has ended for it so far.
    """

    def __init__(self) -> None:
        self.pending = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        self.pending = False
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:  # nohup, and jobs of shells in the background
                    self._before[number] = signal.signal(number, self._strike)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._before:
            signal.signal(*self._before.popitem())

    def check(self) -> None:
        """Stop here, if a signal came and was swallowed.

        Raises:
            KeyboardInterrupt: it did.
        """
        if self.pending and threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt

    def heed(self) -> None:
        """Say that the program ends, or goes on, as the signal asked."""
        self.pending = False

    def _strike(self, number: int, frame: FrameType | None) -> None:
        self.pending = True
        raise KeyboardInterrupt


INTERRUPTS = Interrupts()
"""Those of this program."""
