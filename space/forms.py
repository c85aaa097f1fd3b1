"""The form for visitors who log in."""

from __future__ import annotations

import gradio as gr
from asking import Desk, answer


def make_form(desk: Desk) -> None:
    """Make the form for visitors who log in."""

    def ask(dataset: str, candidates: str, profile: gr.OAuthProfile | None) -> str:
        return answer(desk, dataset, candidates, profile.username if profile else None)

    gr.Markdown("### Ask for a data set")
    with gr.Row():
        dataset = gr.Textbox(label="Public data set", placeholder="owner/name", elem_id="ask-dataset")
        candidates = gr.Textbox(label="Candidates (ids or words; empty for the usual ones)", elem_id="ask-candidates")
    gr.LoginButton()
    told = gr.Textbox(label="Answer", interactive=False)
    gr.Button("Ask", variant="primary").click(ask, [dataset, candidates], told, api_visibility="private")
