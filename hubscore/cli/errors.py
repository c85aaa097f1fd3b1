"""The only formatter of errors: what happened, why, what to type next, and the exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable

from hubscore.cli.advice import error_text
from hubscore.cli.interrupts import INTERRUPTS
from hubscore.cli.output import Output
from hubscore.cli.parser_words import in_our_words
from hubscore.errors import Cancelled, HubscoreError

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 130


def run_guarded(run: Callable[[], object], *, output: Output | None = None) -> int:
    """Run a command line and return its exit code; whatever goes wrong is told on stderr without a traceback.

    Args:
        run: what to run; an integer it returns is the exit code.
        output: where to tell; ``HF_DEBUG=1`` in the environment adds the traceback.

    Returns:
        0 done, 1 failed, 2 bad usage, 130 stopped by Ctrl-C.
    """
    writer = output or Output("human")
    try:
        result = run()
        INTERRUPTS.check()
    except KeyboardInterrupt:
        result = STOPPED
    except BrokenPipeError:  # the reader of `hubscore ... | head` has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # the edge of the program: everything ends here in words
        if os.environ.get("HF_DEBUG", "").lower() in ("1", "true", "yes", "on"):
            writer.error("".join(traceback.format_exception(error)))
        message, code = explain(error)
        if message:
            writer.error(message)
        return code
    if result == STOPPED and not isinstance(result, bool):
        writer.error("Stopped. What was finished is kept; run the same command again to go on.")
    return result if isinstance(result, int) and not isinstance(result, bool) else DONE


def explain(error: Exception) -> tuple[str, int]:
    """Return an error's text and its exit code."""
    if isinstance(error, Cancelled):
        return f"{error.what}. {'; '.join(part for part in (error.why, error.fix) if part)}.", error.exit_code
    if isinstance(error, HubscoreError):
        return f"Error: {error_text(error)}", error.exit_code
    if hasattr(error, "format_message"):  # the parser's; typer carries its own copy of click, so no class to name
        return _usage(error), int(getattr(error, "exit_code", USAGE))
    if type(error).__name__ == "Abort":
        return "Stopped. Nothing was done.", FAILED
    if isinstance(error, OSError) and error.errno is not None:
        return _system(error), FAILED
    text = " ".join(str(error).split())
    return (
        f"Error: hubscore met something it does not expect ({type(error).__name__}{f': {text}' if text else ''})\n"
        "This is a bug in hubscore, not in your command.\n"
        "Try: the same command with HF_DEBUG=1 before it shows where; please report that.",
        FAILED,
    )


def _usage(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return "" if context is None else str(context.get_help())
    own = in_our_words(error)
    if own is not None:
        return f"Error: {own}"
    command = context.command_path if context is not None else "hubscore"
    return f"Error: {error.format_message()}\nTry: {command} --help"  # type: ignore[attr-defined]


def _system(error: OSError) -> str:
    place = f"'{error.filename}'" if error.filename else "a file"
    fix = {
        errno.ENOSPC: "free some space, or set another --cache-dir or --out",
        errno.EACCES: "choose a place you may write to",
    }.get(error.errno or 0, "check the path")
    return f"Error: Cannot use {place}: {error.strerror or error}\nTry: {fix}"
