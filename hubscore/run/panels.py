"""The panels of a help page, and kinds of options."""

from __future__ import annotations

DATA = "Your data"
CANDIDATES = "Choose candidates"
EVIDENCE = "Choose evidence"
HISTORY = "Use a history"
LIMITS = "Set limits"
RESULTS = "Results"

WORD = str | None
WORDS = list[str] | None
COUNT = int | None
