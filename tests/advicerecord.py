"""Collects every error that hubscore builds while the tests run, so that the end of the session can check what each of
them advises; see :mod:`advicecheck`.

Under pytest-xdist each worker collects its own, and hands them to the session that started it.
"""

from __future__ import annotations

import functools
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import hubscore
from hubscore.errors import HubscoreError

PACKAGE = str(Path(hubscore.__file__).parent)
ERRORS = str(Path(PACKAGE, "errors.py"))


@dataclass(frozen=True)
class Advised:
    """One piece of advice: the first error that gave it.

    Attributes:
        where: file and line that built the error, below the package.
        kind: class of the error.
        code: of the error.
        what: happened.
        why: the cause.
        fix: what to type or change.
        test: that provoked it.
    """

    where: str
    kind: str
    code: str
    what: str
    why: str
    fix: str
    test: str


class Record:
    """What was advised so far, by place and words; errors that tests make up themselves are none."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Advised] = {}
        self.test = ""

    def start(self) -> None:
        """Look at every error from now on."""
        build = HubscoreError.__init__

        @functools.wraps(build)
        def recorded(error: HubscoreError, *args: object, **details: object) -> None:
            build(error, *args, **details)
            self.add(error, sys._getframe(1))

        HubscoreError.__init__ = recorded

    def add(self, error: HubscoreError, frame) -> None:
        """Take in an error that was built below a frame."""
        while frame is not None and frame.f_code.co_filename == ERRORS:
            frame = frame.f_back
        if not error.fix or frame is None or not frame.f_code.co_filename.startswith(PACKAGE):
            return
        where = f"{frame.f_code.co_filename[len(PACKAGE) + 1 :]}:{frame.f_lineno}"
        if (where, error.fix) not in self.found:
            told = Advised(
                where, type(error).__name__, str(error.code), str(error.what), str(error.why), str(error.fix), self.test
            )
            self.found[where, error.fix] = told

    def merge(self, plain: list[dict[str, str]]) -> None:
        """Take in what a worker found."""
        for one in plain:
            advised = Advised(**one)
            self.found.setdefault((advised.where, advised.fix), advised)

    def advised(self) -> list[Advised]:
        """Return what was found, in an order that the run does not change."""
        return [self.found[key] for key in sorted(self.found)]

    def plain(self) -> list[dict[str, str]]:
        """Return what was found, as JSON has it."""
        return [asdict(one) for one in self.advised()]
