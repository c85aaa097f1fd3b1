"""The controls of the page, and how they and a state become each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
import together
from boards import choices, ordering
from column_table import columns_in
from columns import NONE
from columns import offered as columns_offered
from finding import domain_choice
from licences import COMMERCIAL
from page import Page
from state import MOST_ALIKE, MOST_COLUMNS, MOST_MODELS, MOST_PINS, State
from union import ALL
from views import modelmap
from views.size import AXES

OVER_ALL = ("recommend", "summary")
"""Views of the models of all boards."""
ORDERED = ("ranking",)
"""Views whose order a visitor chooses; the others have one of their own."""
SIZES = [("any", ""), *((size, size) for size in ("1M", "2M", "5M", "10M", "25M", "50M", "100M", "300M", "1B", "3B"))]


@dataclass(frozen=True)
class Controls:
    """Every control that holds a part of the state; fields are named as those of :class:`State`."""

    data: gr.Dropdown
    run: gr.Dropdown
    search: gr.Textbox
    largest: gr.Dropdown
    smallest: gr.Dropdown
    licenses: gr.Dropdown
    libraries: gr.Dropdown
    families: gr.Dropdown
    sort: gr.Dropdown
    reverse: gr.Checkbox
    columns: gr.Dropdown
    pins: gr.Dropdown
    models: gr.Dropdown
    x: gr.Radio
    y: gr.Dropdown
    map: gr.Dropdown
    like: gr.Dropdown
    find: gr.Textbox
    domains: gr.Dropdown

    @property
    def all(self) -> list[Any]:
        """The components in their order."""
        return list(vars(self).values())

    @property
    def filters(self) -> list[Any]:
        """What narrows or orders the models."""
        return [
            self.search,
            self.largest,
            self.smallest,
            self.licenses,
            self.libraries,
            self.families,
            self.sort,
            self.reverse,
        ]


def state_of(view: str, values: Sequence[Any]) -> State:
    """Return the state that the controls hold, in the order of :attr:`Controls.all`."""
    told = dict(zip(Controls.__dataclass_fields__, values, strict=True))
    lists = {
        name: tuple(str(value) for value in told[name] or ())
        for name in ("licenses", "libraries", "families", "columns", "pins", "models", "like", "domains")
    }
    lists["columns"] = lists["columns"] or (NONE,)
    texts = {name: str(told[name] or "") for name in ("data", "run", "search", "largest", "smallest", "map", "find")}
    chosen = {
        name: str(told[name] or default) for name, default in (("sort", "rank"), ("x", "parameters"), ("y", "estimate"))
    }
    return replace(State(view=view, reverse=bool(told["reverse"])), **texts, **chosen, **lists)  # type: ignore[arg-type]


def address_of(page: Page) -> State:
    """Return the state with its defaults left out, so that the address stays short.

    The data set stays in it as soon as anything else does: which one is the newest may be another one tomorrow.
    """
    state, chosen = page.state, page.chosen
    run = chosen.run if chosen.board and len(chosen.board.runs) > 1 else ""
    usual = (
        modelmap.chosen_map(replace(page, state=replace(state, map="")), modelmap.readable(page)) if state.map else None
    )
    kept = replace(state, data="", run=run, map="" if state.map == usual else state.map)
    first = chosen.board is None or chosen.board is page.boards[0]
    return kept if chosen.board is None or (first and kept == State()) else replace(kept, data=chosen.board.key)


def updates(page: Page) -> list[Any]:
    """Return what every control shows for a page, choices included, in the order of :attr:`Controls.all`."""
    state, chosen = page.state, page.chosen
    runs = together.choices(chosen.board) if chosen.board else []
    ordered = orders(page)
    asked = ordering(chosen.rows) if state.sort == "expected" else state.sort
    named = sorted(set(chosen.rows["model"]), key=str.casefold)
    licenses, libraries, families = offered(page)
    told = Controls(
        data=gr.Dropdown(
            choices=[(board.title, board.key) for board in page.boards],
            value=chosen.board.key if chosen.board else None,
        ),
        run=gr.Dropdown(choices=runs, value=chosen.run or (ALL if runs else None), visible=len(runs) > 1),
        search=gr.Textbox(value=state.search),
        largest=gr.Dropdown(choices=_sizes(state.largest), value=state.largest),
        smallest=gr.Dropdown(choices=_sizes(state.smallest), value=state.smallest),
        licenses=licenses,
        libraries=libraries,
        families=families,
        sort=gr.Dropdown(
            choices=ordered, value=_one(asked, [name for _, name in ordered], "rank"), visible=state.view in ORDERED
        ),
        reverse=gr.Checkbox(value=state.reverse, visible=state.view in ORDERED),
        columns=gr.Dropdown(choices=columns_offered(page), value=[name for name in state.columns if name != NONE]),
        pins=pin_choice(page),
        models=gr.Dropdown(choices=named, value=[name for name in state.models if name in named][:MOST_MODELS]),
        x=gr.Radio(value=state.x if state.x in AXES else "parameters"),
        y=_upward(page),
        map=map_choice(page),
        like=alike(page),
        find=gr.Textbox(value=state.find),
        domains=domain_choice(page),
    )
    return told.all


def offered(page: Page) -> list[Any]:
    """Return the filters with what they can filter: the models of the board, or of all boards where all count."""
    rows, state = page.snapshot.table if page.state.view in OVER_ALL else page.chosen.rows, page.state
    return [
        _several(choices(rows, "license"), state.licenses, [("commercial use allowed", COMMERCIAL)]),
        _several(choices(rows, "library"), state.libraries),
        _several(choices(rows, "family"), state.families),
    ]


def pin_choice(page: Page) -> Any:
    """Return the drop-down of pinned models; those of other runs stay, since they are pinned there too."""
    named = sorted(set(page.chosen.rows["model"]), key=str.casefold)
    return gr.Dropdown(
        choices=[*named, *(name for name in page.state.pins if name not in named)], value=list(page.state.pins)
    )


def alike(page: Page) -> Any:
    """Return the drop-down of data sets like the visitor's."""
    known = [(board.title, board.key) for board in page.boards]
    keys = {board.key for board in page.boards}
    return gr.Dropdown(choices=known, value=[key for key in page.state.like if key in keys])


def _upward(page: Page) -> Any:
    """Return what the picture of sizes can show upwards; first of all the estimate that orders the models."""
    chosen = page.chosen
    plain = [("expected accuracy", "estimate"), ("consensus", "consensus")]
    told = [*(plain if chosen.foreseen else [("consensus", "estimate")]), *((name, name) for name in chosen.scores)]
    return gr.Dropdown(choices=told, value=_one(page.state.y, [name for _, name in told], "estimate"))


def map_choice(page: Page) -> Any:
    """Return the drop-down of maps; the files are read only where a map is shown, since each may hold megabytes."""
    if page.state.view != "map":
        asked = page.state.map
        return gr.Dropdown(choices=[asked] if asked else [], value=asked or None, visible=False)
    maps = modelmap.readable(page)
    shown = modelmap.chosen_map(page, maps)
    choices = [(drawn.title, path) for path, drawn in maps.items()]
    return gr.Dropdown(choices=choices, value=shown, visible=len(maps) > (shown is not None))


def orders(page: Page) -> list[tuple[str, str]]:
    """Return what the table can be sorted by, baselines too where that is what it is sorted by."""
    plain = [
        ("rank", "rank"),
        *((name, name) for name in page.chosen.scores),
        *(
            (column.title_in("sort"), column.name)
            for column in columns_in("sort")
            if column.name != "expected" or page.chosen.foreseen
        ),
    ]
    sort = page.state.sort
    return (
        [*plain, (f"baseline: {sort}", sort)]
        if sort in page.chosen.baselines and sort not in [name for _, name in plain]
        else plain
    )


def _one(value: str, known: Sequence[str], default: str) -> str:
    return value if value in known else default


def _several(known: list[str], wanted: Sequence[str], first: Sequence[tuple[str, str]] = ()) -> Any:
    """Offer what there is; a value of the address that this board lacks stays visible, since it filters."""
    named = [*first, *((value, value) for value in known)]
    there = {value for _, value in named}
    return gr.Dropdown(choices=[*named, *((one, one) for one in wanted if one not in there)], value=list(wanted))


def _sizes(wanted: str) -> list[tuple[str, str]]:
    return SIZES if wanted in [value for _, value in SIZES] else [*SIZES, (wanted, wanted)]


def make_head() -> tuple[tuple[Any, ...], Any, Any]:
    """Make what stands above the tabs; returns it in the order of :class:`Controls`, the accordion that holds the
    filters, and the row of the data set.
    """
    with gr.Row(elem_classes="pickers") as row:
        data = gr.Dropdown(label="Data set", choices=[], interactive=True, scale=4, min_width=280, elem_id="data")
        run = gr.Dropdown(
            label="Run", choices=[], interactive=True, visible=False, scale=2, min_width=200, elem_id="run"
        )
    with gr.Accordion("Filter and sort", open=True, elem_id="filters") as accordion, gr.Row(elem_classes="filters"):
        search = gr.Textbox(label="Search", placeholder="part of a name", scale=2, min_width=150, elem_id="search")
        largest = gr.Dropdown(
            SIZES, value="", label="Size at most", allow_custom_value=True, min_width=120, elem_id="largest"
        )
        smallest = gr.Dropdown(
            SIZES, value="", label="Size at least", allow_custom_value=True, min_width=120, elem_id="smallest"
        )
        licenses = gr.Dropdown([], label="Licence", multiselect=True, min_width=150, elem_id="licenses")
        libraries = gr.Dropdown([], label="Library", multiselect=True, min_width=140, elem_id="libraries")
        families = gr.Dropdown([], label="Family", multiselect=True, min_width=150, elem_id="families")
        sort = gr.Dropdown([("rank", "rank")], value="rank", label="Sort by", min_width=150, elem_id="sort")
        reverse = gr.Checkbox(label="worst first", min_width=110, elem_id="reverse", container=True)
    return (data, run, search, largest, smallest, licenses, libraries, families, sort, reverse), accordion, row


def make_inside(name: str) -> dict[str, Any]:
    """Make the controls that belong to one view."""
    if name == "ranking":
        with gr.Accordion("Columns and pins", open=False, elem_id="shown"), gr.Row():
            columns = gr.Dropdown([], label="Columns", multiselect=True, max_choices=MOST_COLUMNS, elem_id="columns")
            pins = gr.Dropdown(
                [], label="Pinned models, always on top", multiselect=True, max_choices=MOST_PINS, elem_id="pins"
            )
            return {"columns": columns, "pins": pins}
    if name == "size":
        with gr.Row():
            x = gr.Radio(
                [(told, key) for key, told in AXES.items()], value="parameters", label="Across", elem_id="across"
            )
            return {"x": x, "y": gr.Dropdown([("estimate", "estimate")], value="estimate", label="Up", elem_id="up")}
    if name == "compare":
        return {
            "models": gr.Dropdown([], label="Models (two to four)", multiselect=True, max_choices=4, elem_id="models")
        }
    if name == "recommend":
        return {
            "like": gr.Dropdown(
                [],
                label="Data sets like yours (all count where none is chosen)",
                multiselect=True,
                max_choices=MOST_ALIKE,
                elem_id="like",
            )
        }
    return {"map": gr.Dropdown([], label="Model map", visible=False, elem_id="map")} if name == "map" else {}
