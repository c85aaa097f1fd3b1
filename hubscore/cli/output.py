"""The only writer of the program: data to stdout, talk to stderr, in the modes of the `hf` command."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO

from hubscore.cli.advice import with_flags
from hubscore.cli.plain_table import cell, plain_table
from hubscore.errors import Cancelled, UsageError
from hubscore.text import clean, printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from hubscore.report.terminal_columns import TableView
    from hubscore.types import Ranking

MOST_ROWS = 20
"""Of a ranking that people read."""
WIDE, _ENDLESS = 160, 10_000
"""Columns where nobody is looking: a pipe or a file; and where no line ends."""


class Mode(StrEnum):
    """How data is written: a padded table, tab-separated values, compact JSON, or one id per line."""

    human = "human"
    agent = "agent"
    json = "json"
    quiet = "quiet"


class Output:
    """Writes data to stdout and talk to stderr.

    Args:
        format: ``auto``, ``human`` (``table`` is the same), ``agent``, ``json`` or ``quiet``; ``auto`` is ``agent``
            when an agent runs the command, ``human`` otherwise, and is decided when something is first written.
        stdout: where data goes.
        stderr: where talk goes.

    Raises:
        UsageError: another word.
    """

    def __init__(self, format: str = "auto", *, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        chosen = "human" if format == "table" else str(format)
        if chosen not in ("auto", *Mode):
            raise UsageError(
                f"Unknown format '{clean(format)}'", "there are auto, human, agent, json and quiet", "--format json"
            )
        self._mode = None if chosen == "auto" else Mode(chosen)
        self._stdout, self._stderr = stdout, stderr

    @classmethod
    def chosen(cls, format: str = "auto", *, json: bool = False, quiet: bool = False) -> Output:
        """Return the writer for the options that every verb has.

        Raises:
            UsageError: more than one of them is used.
        """
        asked = [name for name, used in (("--format", format != "auto"), ("--json", json), ("--quiet", quiet)) if used]
        if len(asked) > 1:
            raise UsageError(f"{' and '.join(asked)} exclude each other", "", "keep one of them", options=asked)
        return cls("json" if json else "quiet" if quiet else str(format))

    @property
    def mode(self) -> Mode:
        """The mode in force."""
        if self._mode is None:
            self._mode = Mode.agent if _run_by_agent() else Mode.human
        return self._mode

    @property
    def interactive(self) -> bool:
        """Whether a person sits at a terminal: bars may be drawn and questions asked."""
        return self.mode is Mode.human and self._err.isatty()

    @property
    def can_ask(self) -> bool:
        """Whether a question would be answered: a person at both ends."""
        return self.interactive and sys.stdin.isatty()

    def rows(
        self,
        rows: Sequence[Mapping[str, Any]],
        *,
        id_key: str,
        human: Callable[[int], RenderableType] | None = None,
        full: Sequence[Any] | None = None,
        whole: bool = False,
    ) -> None:
        """Write a list.

        Args:
            rows: flat mappings with the same keys.
            id_key: what quiet mode prints of each.
            human: given a width, returns what human mode shows; a padded table of ``rows`` by default.
            full: what JSON mode prints instead of ``rows``, one value per row.
            whole: break no cell of the table, however narrow the terminal: addresses are copied from it.
        """
        if self.mode is Mode.json:
            self._print(
                json.dumps(list(rows if full is None else full), default=str, separators=(",", ":"), allow_nan=False)
            )
        elif self.mode is Mode.quiet:
            for row in rows:
                self._print(clean(row[id_key]))
        elif not rows:
            self._print("No results found.")
        elif self.mode is Mode.agent:
            self._print("\t".join(rows[0]))
            for row in rows:
                self._print("\t".join(cell(row.get(key)) for key in rows[0]))
        else:
            width = _ENDLESS if whole else self.width
            shown, unfit = (human(width), ()) if human else plain_table(rows, width, id_key)
            least = self.console(least=_ENDLESS).measure(shown).maximum if whole else getattr(shown, "width", None)
            self.console(least=least).print(shown)
            if unfit:
                self.note(f"No room here for {', '.join(unfit)}: --json has all")

    def value(self, data: Mapping[str, Any], *, id_key: str) -> None:
        """Write one thing: ``key: value`` lines, ``key=value`` pairs, compact JSON, or its id."""
        if self.mode is Mode.json:
            self._print(json.dumps(dict(data), default=str, separators=(",", ":"), allow_nan=False))
        elif self.mode is Mode.quiet:
            self._print(clean(data[id_key]))
        elif self.mode is Mode.agent:
            self._print(" ".join(f"{key}={cell(value)}" for key, value in data.items() if value is not None))
        else:
            for key, value in data.items():
                if value is not None:
                    self._print(f"{key}: {cell(value)}")

    def ranking(self, ranking: Ranking, view: TableView | None = None, *, instead: str | None = None) -> None:
        """Write a ranking: its table or rows to stdout, what must be said with it to stderr.

        Args:
            ranking: any.
            view: rows and columns of the table that people read; the other modes, which programs read, have all.
            instead: what goes to stdout in place of the table or rows.
        """
        from hubscore.report.flat_rows import records
        from hubscore.report.headline import headlines
        from hubscore.report.notes import hints, skipped_lines
        from hubscore.report.terminal import footer, terminal_table
        from hubscore.report.terminal_columns import TableView

        view = view or TableView()
        for place, line in enumerate(headlines(ranking) if self.mode is not Mode.quiet else ()):
            self._say(line, "bold" if ranking.shortlist and place == 0 else "dim")
        table = self.mode is Mode.human and instead is None
        if instead is not None:
            self._print(instead.rstrip("\n"))
        else:
            self.rows(
                records(ranking),
                id_key="model",
                human=lambda width: terminal_table(ranking, width, view),
                full=[row.to_json() for row in ranking.rows],
            )
        if table and view.most is not None and len(ranking) > view.most:
            self.note(f"... and {len(ranking) - view.most} more: --all")
        for warning in (*ranking.record.warnings, *hints(ranking)):
            self.warning(str(warning))
        for note in footer(ranking, self.width if table else None, view):
            self.note(note)
        if ranking.skipped:
            self.warning("\n".join(skipped_lines(ranking)))

    def text(self, text: str) -> None:
        """Write prose that is the answer itself; JSON and quiet modes have no place for it."""
        if self.mode in (Mode.human, Mode.agent):
            self._print("\n".join(_indent(line) + clean(line) for line in text.splitlines()))

    def diff(self, diff: str) -> None:
        """Write a change line by line, spaces and all; JSON and quiet modes have no place for it."""
        if self.mode not in (Mode.human, Mode.agent):
            return
        lines = [printable(line) for line in diff.split("\n")]
        if self.mode is Mode.agent or not self._out.isatty():
            self._print("\n".join(lines))
            return
        from rich.text import Text

        styles = {"+": "green", "-": "red", "@": "cyan"}
        for line in lines:
            self.console().print(Text(line, style=styles.get(line[:1], "")), soft_wrap=True)

    def show(self, renderable: RenderableType) -> None:
        """Show something made for eyes only, in human mode."""
        if self.mode is Mode.human:
            self.console().print(renderable)

    def note(self, message: str) -> None:
        """Say something on stderr; not in quiet mode."""
        if self.mode is not Mode.quiet:
            self._say(message, "dim")

    def hint(self, message: str) -> None:
        """Say what to do next on stderr; not in quiet mode."""
        self.note(f"Hint: {message}")

    def warning(self, message: str) -> None:
        """Warn on stderr, in every mode."""
        self._say(f"Warning: {message}", "yellow")

    def error(self, message: str) -> None:
        """Write an error to stderr, in every mode; each line is cleaned by itself."""
        self._say(message, "red")

    def confirm(self, question: str, *, yes: bool = False, option: str = "--yes") -> None:
        """Go on only if the person agrees.

        Raises:
            UsageError: nobody is there to ask and ``yes`` is not set.
            Cancelled: the answer is no.
        """
        if yes:
            return
        if not self.can_ask:
            raise UsageError(clean(question), "nobody is at a terminal to answer", f"add {option} to agree beforehand")
        self._err.write(f"{clean(question)} [y/N] ")
        self._err.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Cancelled("Nothing was done", "The answer was no")

    @property
    def width(self) -> int:
        """Columns to fill: the terminal's, ``COLUMNS``, or plenty where the output goes to a pipe."""
        if self._out.isatty() or os.environ.get("COLUMNS"):
            return shutil.get_terminal_size().columns
        return WIDE

    def console(self, *, stderr: bool = False, least: int | None = None) -> Console:
        """Return a rich console on one of the two streams; it minds NO_COLOR and whether it is a terminal.

        Args:
            stderr: which.
            least: columns that it has at least, where the terminal has fewer.
        """
        from rich.console import Console

        stream = self._err if stderr else self._out
        width = None if stream.isatty() else self.width
        if least is not None:
            width = max(least, self.width)
        return Console(file=stream, width=width, highlight=False, soft_wrap=False)

    @property
    def _out(self) -> TextIO:
        return self._stdout or sys.stdout

    @property
    def _err(self) -> TextIO:
        return self._stderr or sys.stderr

    def _print(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()

    def _say(self, message: str, style: str) -> None:
        lines = "\n".join(_indent(line) + clean(line) for line in with_flags(message).splitlines())
        if self._mode not in (None, Mode.human) or not self._err.isatty():
            self._err.write(f"{lines}\n")
            self._err.flush()
            return
        from rich.text import Text

        self.console(stderr=True).print(Text(lines, style=style))


def _run_by_agent() -> bool:
    """Whether an agent runs the command; the Hub's list of agents is asked only by verbs that use the Hub anyway."""
    if any(os.environ.get(name) for name in ("AI_AGENT", "AGENT")):
        return True
    if "huggingface_hub" not in sys.modules:
        return False
    from huggingface_hub.utils import is_agent

    return bool(is_agent())


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")))
