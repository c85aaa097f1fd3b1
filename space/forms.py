"""The forms: for visitors who log in, and for those who show images to the proxy."""

from __future__ import annotations

import gradio as gr
from asking import Desk, answer
from gradio.events import Dependency
from looking import FEWEST, MOST, Eye
from text import h


def make_form(desk: Desk) -> Dependency:
    """Make the form for visitors who log in; returns what happens when a request is sent."""

    def ask(dataset: str, candidates: str, profile: gr.OAuthProfile | None) -> str:
        return answer(desk, dataset, candidates, profile.username if profile else None)

    gr.Markdown(
        "## Ask for a data set\nWhoever keeps this page decides what is ranked; the table above says how far it is."
    )
    with gr.Row():
        dataset = gr.Textbox(label="Public data set", placeholder="owner/name", min_width=280, elem_id="ask-dataset")
        candidates = gr.Textbox(
            label="Candidates (ids or words; empty for the usual ones)", min_width=280, elem_id="ask-candidates"
        )
    with gr.Row():
        gr.LoginButton(scale=0, min_width=330)
        button = gr.Button("Ask", variant="primary", scale=0, min_width=160)
    told = gr.Textbox(label="Answer", interactive=False)
    return button.click(ask, [dataset, candidates], told, api_visibility="private")


def make_finder(eye: Eye) -> tuple[gr.File, gr.Textbox, gr.Button, gr.Textbox]:
    """Make what a visitor shows the proxy: images, or the name of a public data set, a button and the answer."""
    gr.HTML(
        f"<p class='dim'>{h(eye.proxy)} can find them: it looks at your images on this page's machine. They are deleted"
        " at once; nothing is kept or passed on. One visitor at a time; some seconds up to minutes.</p>",
        elem_classes="hs",
        padding=False,
    )
    with gr.Row():
        files = gr.File(
            label=f"{FEWEST} to {MOST} images", file_count="multiple", file_types=["image"], height=130, elem_id="drop"
        )
        with gr.Column():
            dataset = gr.Textbox(label="or a public data set", placeholder="owner/name", elem_id="look-dataset")
            button = gr.Button("Find data sets like it", variant="primary", elem_id="look")
    told = gr.Textbox(label="Answer", interactive=False, visible=False, elem_id="look-answer")
    return files, dataset, button, told
