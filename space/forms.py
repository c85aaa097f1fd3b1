"""The form for visitors who log in."""

from __future__ import annotations

import gradio as gr
from asking import Desk, answer
from gradio.events import Dependency


def make_form(desk: Desk) -> Dependency:
    """Make the form for visitors who log in; returns what happens when a request is sent."""

    def ask(dataset: str, candidates: str, profile: gr.OAuthProfile | None) -> str:
        return answer(desk, dataset, candidates, profile.username if profile else None)

    gr.Markdown(
        "### Ask for a data set\nWhoever keeps this page decides what is ranked; the table above says how far it is."
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
