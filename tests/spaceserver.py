"""The Space, running on a port of this machine, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
SPACE = Path(__file__).resolve().parents[1] / "space"
if str(SPACE) not in sys.path:  # the Space's modules are top-level ones, as they are where it is deployed
    sys.path.insert(0, str(SPACE))

import patience  # noqa: E402

patience.PATIENCE = 60.0  # a loaded machine must not cost a view its files


@contextmanager
def served(source: Any, *, desk: Any = None, proxy: str = "", check_seconds: float = 0.0) -> Iterator[str]:
    """Serve the Space for a folder or a source of results; yields its address."""
    from app import build, launch
    from data import Folder, Results
    from looking import VARIABLE, open_eye

    results = Results(Folder(source) if isinstance(source, Path) else source, check_seconds=check_seconds)
    demo, pages = build(results, desk, open_eye(results, {VARIABLE: proxy}))
    url = launch(demo, pages, wait=False)
    try:
        yield url
    finally:
        demo.close(verbose=False)


def chromium() -> str | None:
    """Where the system's Chromium is, none when there is none."""
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


@contextmanager
def opened_browser() -> Iterator[Browser]:
    """Start the system's Chromium; it never leaves this machine. Routes would see to that too, but they turn off its
    cache, and each page would load all of Gradio's files anew.
    """
    from playwright.sync_api import sync_playwright

    stay = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", stay])
        try:
            yield browser
        finally:
            browser.close()
