"""Options that every verb has and no verb sees: the token, what the libraries may say, and saved defaults."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import ClassVar

from hubscore.cli.verbosity import verbosity
from hubscore.errors import UsageError
from hubscore.run.keywords import Options, option
from hubscore.run.panels import WORD

PROGRAM = "Every command"


@dataclass(frozen=True, kw_only=True)
class ProgramOptions(Options):
    """What holds for the whole process."""

    parameter: ClassVar[str] = "program"

    token: str | None = option(None, "For the Hub; $HF_TOKEN or the saved one.", "--token", WORD, PROGRAM, "TOKEN")
    verbose: bool = option(False, "Libraries may speak; $HUBSCORE_VERBOSITY.", "--verbose -v", bool, PROGRAM)
    debug: bool = option(False, "Requests and tracebacks too.", "-vv", bool, PROGRAM)
    save_config: bool = option(False, "Keep these options in hubscore.toml, and stop.", "--save-config", bool, PROGRAM)

    def apply(self) -> None:
        """Let them hold from here on, in the processes that this one starts too.

        Raises:
            UsageError: the token is empty, or HUBSCORE_VERBOSITY has another word.
        """
        if self.token is not None:
            if not self.token.strip():
                raise UsageError("--token is empty", "", "hf auth login, or --token hf_...")
            os.environ["HF_TOKEN"] = self.token.strip()
        verbosity(2 if self.debug else 1 if self.verbose else None)
