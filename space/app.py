"""The leaderboard: assembles controls, views and events, and starts the server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gradio as gr
from api import leaderboard, routes
from asking import Desk, open_desk
from controls import Controls, make_head, make_inside
from data import Results, open_results
from events import Screen, wire
from forms import make_finder, make_form
from looking import LARGEST, Eye, open_eye
from page import Pages
from state import VIEWS

HERE = Path(__file__).parent
NAMES = ("Ranking", "Recommend", "Size against score", "Compare", "Model map", "Agreement", "Method", "Add yours")


def build(results: Results, desk: Desk | None = None, eye: Eye | None = None) -> tuple[gr.Blocks, Pages]:
    """Make the page for some results; ``desk`` takes requests of visitors who log in, ``eye`` looks at their images."""
    pages, finder = Pages(results), None
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("plot.js", "page.js"))
    options: dict[str, Any] = {"fill_width": True, "analytics_enabled": False, "delete_cache": (600, 600)}
    with gr.Blocks(title="hubscore leaderboard", **options) as demo:
        gr.HTML("<h1>Which checkpoint transfers best to data like yours?</h1>", elem_classes="title")
        head, accordion = make_head()
        view, told, asked, tabs, panels, inside = gr.Textbox(visible=False), gr.Textbox(visible=False), None, {}, {}, {}
        with gr.Tabs(elem_id="views", overflow_behavior="wrap") as row:
            for name, title in zip(VIEWS, NAMES, strict=True):
                with gr.Tab(title, id=name) as tabs[name]:
                    inside |= make_inside(name)
                    if name == "recommend" and eye is not None:
                        finder = (eye, make_finder(eye))
                    panels[name] = gr.HTML(elem_id=f"view-{name}", elem_classes="hs", js_on_load=script, padding=False)
                    if name == "add" and desk is not None:
                        asked = make_form(desk)
        address = gr.HTML(elem_id="address", js_on_load=script)
        controls = Controls(*head, **inside)
        wire(Screen(pages, desk, view, controls, row, accordion, address, panels), tabs, demo, told, asked, finder)
        gr.api(leaderboard(pages), api_name="leaderboard")
    return demo, pages


def launch(demo: gr.Blocks, pages: Pages, *, port: int | None = None, wait: bool = True) -> str:
    """Serve the page; returns its address when not told to wait."""
    theme = gr.themes.Base(
        primary_hue="blue",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
    options: dict[str, Any] = {
        "app_kwargs": {"routes": routes(pages)},
        "css_paths": HERE / "style.css",
        "theme": theme,
        "footer_links": ["api"],
        "max_file_size": LARGEST,
    }
    _, url, _ = demo.launch(
        server_port=port, prevent_thread_lock=not wait, quiet=True, ssr_mode=False, share=False, **options
    )
    return url


if __name__ == "__main__":
    shown = open_results()
    launch(*build(shown, open_desk(), open_eye(shown)), port=int(os.environ.get("GRADIO_SERVER_PORT") or 7860))
