"""Starting the server: addresses beside the page, its look, and its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from api import routes
from looking import LARGEST
from page import Pages
from pictures import picture_route

HERE = Path(__file__).parent


def launch(demo: gr.Blocks, pages: Pages, *, port: int | None = None, wait: bool = True) -> str:
    """Serve the page; returns its address when not told to wait."""
    theme = gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
    options: dict[str, Any] = {
        "app_kwargs": {"routes": [*routes(pages), picture_route(pages)]},
        "css_paths": [HERE / "style.css", HERE / "across.css"],
        "theme": theme,
        "footer_links": ["api"],
        "max_file_size": LARGEST,
    }
    _, url, _ = demo.launch(
        server_port=port, prevent_thread_lock=not wait, quiet=True, ssr_mode=False, share=False, **options
    )
    return url
