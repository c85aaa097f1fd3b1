"""The leaderboard: assembles controls, views and events."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gradio as gr
from api import leaderboard
from asking import Desk, open_desk
from controls import Controls, make_head, make_inside
from data import Results, open_results
from events import Screen, wire
from finding import make_finding
from forms import make_finder, make_form
from looking import Eye, open_eye
from page import Pages
from serving import launch
from state import VIEWS

HERE = Path(__file__).parent
NAMES = (
    "Data sets",
    "Summary",
    "Ranking",
    "Recommend",
    "Size against score",
    "Compare",
    "Model map",
    "Agreement",
    "Method",
    "Add yours",
)


def build(results: Results, desk: Desk | None = None, eye: Eye | None = None) -> tuple[gr.Blocks, Pages]:
    """Make the page for some results; ``desk`` takes requests of visitors who log in, ``eye`` looks at their images."""
    pages, finder = Pages(results), None
    script = "\n".join((HERE / name).read_text(encoding="utf-8") for name in ("plot.js", "page.js"))
    options: dict[str, Any] = {"fill_width": True, "analytics_enabled": False, "delete_cache": (600, 600)}
    with gr.Blocks(title="hubscore leaderboard", **options) as demo:
        gr.HTML("<h1>Which checkpoint transfers best to data like yours?</h1>", elem_classes="title")
        finding, find, domains = make_finding()
        head, accordion, board = make_head()
        view, told, asked, panels, inside = gr.Textbox(visible=False), gr.Textbox(visible=False), None, {}, {}
        with gr.Tabs(selected="ranking", elem_id="views", overflow_behavior="wrap") as row:
            for name, title in zip(VIEWS, NAMES, strict=True):
                with gr.Tab(title, id=name):
                    inside |= make_inside(name)
                    if name == "recommend" and eye is not None:
                        finder = (eye, make_finder(eye))
                    panels[name] = gr.HTML(elem_id=f"view-{name}", elem_classes="hs", js_on_load=script, padding=False)
                    if name == "add" and desk is not None:
                        asked = make_form(desk)
        address = gr.HTML(elem_id="address", js_on_load=script)
        controls = Controls(*head, **inside, find=find, domains=domains)
        frame = (accordion, board, finding)
        wire(Screen(pages, desk, view, controls, row, frame, address, panels), demo, told, asked, finder)
        gr.api(leaderboard(pages), api_name="leaderboard")
    return demo, pages


if __name__ == "__main__":
    shown = open_results()
    launch(*build(shown, open_desk(), open_eye(shown)), port=int(os.environ.get("GRADIO_SERVER_PORT") or 7860))
