"""What happens when a visitor does something: controls become a state, the state becomes a view and an address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from asking import Desk, RefusedError
from controls import ORDERED, Controls, address_of, alike, map_choice, offered, orders, pin_choice, state_of, updates
from finding import ACROSS, domain_choice
from gradio.events import Dependency
from looking import Eye
from notices import lacking, refused, unpinnable
from page import Page, Pages
from state import MOST_MODELS, MOST_PINS, VIEWS, State, beyond, parse, query
from text import h
from views import add, agreement, compare, datasets, method, modelmap, ranking, recommend, size, summary

RENDER: dict[str, Callable[[Page], str]] = {
    "datasets": datasets.render,
    "summary": summary.render,
    "ranking": ranking.render,
    "recommend": recommend.render,
    "size": size.render,
    "compare": compare.render,
    "map": modelmap.render,
    "agreement": agreement.render,
    "method": method.render,
}
FILTERED = ("summary", "ranking", "recommend", "size")
"""Views that the filters apply to."""
_OPEN = (
    "(view, ...rest) => [view && (document.querySelector('#views [role=tab][aria-selected=true]')?.dataset.tabId"
    " ?? view), ...rest]"
)
"""What the browser does before it sends an event: the view is the tab that is open now. What an earlier answer said may
be older than the visitor's last press.
"""


@dataclass(frozen=True)
class Screen:
    """The components that events change.

    Attributes:
        pages: opens pages.
        desk: takes requests, none where this page takes none.
        view: holds the name of the tab that is open, in the browser; empty before the address was read.
        controls: hold the rest of the state.
        tabs: the row of tabs.
        frame: the accordion that holds the filters, the row of the data set, and that of what to find.
        address: tells the browser the address.
        panels: one for each view.
        models: the models that a tick in the ranking adds to.
    """

    pages: Pages
    desk: Desk | None
    view: gr.Textbox
    controls: Controls
    tabs: gr.Tabs
    frame: tuple[gr.Accordion, gr.Row, gr.Row]
    address: gr.HTML
    panels: dict[str, gr.HTML]

    @property
    def drawn(self) -> list[Any]:
        """What every event changes: the address, and the view that is open."""
        return [self.address, *self.panels.values()]

    @property
    def everything(self) -> list[Any]:
        """What a new state changes."""
        return [self.view, self.tabs, *self.frame, *self.controls.all, *self.drawn]

    def draw(self, page: Page, told: str = "", asked: str | None = None) -> list[Any]:
        """Return the values of :attr:`drawn`, ``told`` above the view, for the address that ``asked`` for it, if one
        did; tabs that are not open keep what they hold until they are opened.
        """
        now = page.state.view
        views = (told + self.render(name, page) if name == now else gr.skip() for name in VIEWS)
        return [address(page, asked), *views]

    def render(self, name: str, page: Page) -> str:
        """Return one view, after a word on what it lacks because the Hub did not answer in time."""
        if name == "add":
            drawn = add.render(page, page.patience.ask(self.desk.rows, []) if self.desk else None)
        else:
            drawn = RENDER[name](page)
        return lacking(page) + drawn

    def redraw(self, view: str, *values: Any) -> list[Any]:
        """Draw what the controls ask for; nothing before :meth:`arrive` has read the address."""
        if not view:
            return [gr.skip()] * len(self.drawn)
        return self.draw(self.pages.open(state_of(view, values)))

    def narrowed(self, view: str, *values: Any) -> list[Any]:
        """Draw the data sets that are looked for, in the views that show them: a text changes when it appears, too."""
        return self.redraw(view if view in ACROSS else "", *values)

    def rebuild(
        self, state: State, told: str = "", *, narrow: bool = False, select: bool = True, asked: str | None = None
    ) -> list[Any]:
        """Set every control to a state and draw it, ``told`` above the view."""
        page = self.pages.open(state)
        tabs = gr.Tabs(selected=state.view) if select else gr.skip()
        shown = framed(state.view, open_filters=state.filtered if narrow else None)
        return [state.view, tabs, *shown, *updates(page), *self.draw(page, told, asked)]

    def arrive(self, told: str) -> list[Any]:
        """Show what the address says; ``told`` is the query, a hash, and the width of the window."""
        asked, _, width = told.rpartition("#")
        state, more = parse(asked), beyond(asked)
        words = refused(", ".join(more), state.models) if more else ""
        return self.rebuild(state, words, narrow=width.isdecimal() and int(width) < 640, asked=asked)

    def other_board(self, view: str, *values: Any) -> list[Any]:
        """Show another data set; filters and compared models stay as far as they exist there."""
        return self.rebuild(replace(state_of(view, values), run="", map=""), select=False)

    def other_run(self, view: str, *values: Any) -> list[Any]:
        """Show another run of the same rows."""
        return self.rebuild(state_of(view, values), select=False)

    def opened(self, view: str, *values: Any) -> list[Any]:
        """Show the tab that a visitor opened; nothing before :meth:`arrive` has read the address."""
        if not view:
            return [gr.skip()] * (11 + len(self.drawn))
        page = self.pages.open(state_of(view, values))
        maps = map_choice(page) if view == "map" else gr.skip()
        ordered = [gr.Dropdown(visible=view in ORDERED), gr.Checkbox(visible=view in ORDERED)]
        return [view, *framed(view), *ordered, maps, *offered(page), domain_choice(page), *self.draw(page)]

    def go(self, event: gr.EventData) -> list[Any]:
        """Show the address of a step that was pressed, without loading the page anew."""
        return self.rebuild(parse(str(event.query)))  # type: ignore[attr-defined]

    def sort(self, event: gr.EventData, view: str, *values: Any) -> list[Any]:
        """Order by the column that was pressed; pressed again, the other way round."""
        state, name = state_of(view, values), str(event.name)  # type: ignore[attr-defined]
        state = replace(state, sort=name, reverse=name == state.sort and not state.reverse)
        page = self.pages.open(state)
        return [gr.Dropdown(choices=orders(page), value=name), state.reverse, *self.draw(page)]

    def turn(self, event: gr.EventData, view: str, *values: Any) -> list[Any]:
        """Show another page of the table."""
        return self.draw(self.pages.open(replace(state_of(view, values), page=int(event.page))))  # type: ignore[attr-defined]

    def pick(self, event: gr.EventData, view: str, *values: Any) -> list[Any]:
        """Add a model to the comparison, or take it out; a fifth is refused with words."""
        state, name = state_of(view, values), str(event.model)  # type: ignore[attr-defined]
        kept = tuple(model for model in state.models if model != name)
        full = name not in state.models and len(kept) >= MOST_MODELS
        models = kept if name in state.models or full else (*kept, name)
        page = self.pages.open(replace(state, models=models, page=int(event.page)))  # type: ignore[attr-defined]
        return [list(models), *self.draw(page, refused(name, models) if full else "")]

    def pin(self, event: gr.EventData, view: str, *values: Any) -> list[Any]:
        """Keep a model on top and named, or no longer; a thirteenth is refused with words."""
        state, name = state_of(view, values), str(event.model)  # type: ignore[attr-defined]
        kept = tuple(model for model in state.pins if model != name)
        full = name not in state.pins and len(kept) >= MOST_PINS
        pins = kept if name in state.pins or full else (*kept, name)
        page = self.pages.open(replace(state, pins=pins, page=int(event.page)))  # type: ignore[attr-defined]
        return [pin_choice(page), *self.draw(page, unpinnable(name, pins) if full else "")]

    def find(self, eye: Eye) -> Callable[..., list[Any]]:
        """Return what happens when images or a data set are shown to the proxy: those most alike are chosen."""

        def look(files: list[str] | None, dataset: str, view: str, *values: Any) -> list[Any]:
            state = state_of("recommend", values)
            try:
                found, told = eye.find(files or (), dataset or "")
            except RefusedError as error:
                return [gr.Textbox(value=str(error), visible=True), None, *[gr.skip()] * (1 + len(self.drawn))]
            page = self.pages.open(replace(state, like=found))
            return [gr.Textbox(value=told, visible=True), None, alike(page), *self.draw(page)]

        return look


def framed(view: str, *, open_filters: bool | None = None) -> list[Any]:
    """Return what stands above a view, in the order of :attr:`Screen.frame`."""
    opened = {} if open_filters is None else {"open": open_filters}
    across = view in ACROSS
    label = "Filter and sort" if view in ORDERED else "Filter"
    return [
        gr.Accordion(label=label, visible=view in FILTERED, **opened),
        gr.Row(visible=not across),
        gr.Row(visible=across),
    ]


def address(page: Page, asked: str | None = None) -> str:
    """Return the address of a page, for the script that writes it into the browser's bar, and the one that ``asked``
    for the page.
    """
    board = page.chosen.board.key if page.chosen.board else ""
    place = f"{page.state.view} {board} {page.chosen.run}"
    for_whom = "" if asked is None else f' data-asked="{h(asked)}"'
    return f'<i data-query="{h(query(address_of(page)))}" data-place="{h(place)}"{for_whom}></i>'


def wire(
    screen: Screen,
    demo: gr.Blocks,
    told: gr.Textbox,
    asked: Dependency | None = None,
    finder: tuple[Eye, tuple[gr.File, gr.Textbox, gr.Button, gr.Textbox]] | None = None,
) -> None:
    """Connect every control with what it does; none of it is part of the public API. After a request was ``asked``,
    the queue is read; ``finder`` is the proxy and what it is shown, where this page has one.
    """
    held = [screen.view, *screen.controls.all]
    plain: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    quiet = {**plain, "js": _OPEN}
    controls = screen.controls
    where = "() => [window.location.search + '#' + window.innerWidth]"
    demo.load(screen.arrive, told, screen.everything, js=where, **plain)
    screen.address.back(screen.arrive, told, screen.everything, js=where, trigger_mode="always_last", **plain)
    controls.data.input(screen.other_board, held, screen.everything, **quiet)
    controls.run.input(screen.other_run, held, screen.everything, **quiet)
    across = (controls.find, controls.domains)
    chosen = (controls.columns, controls.pins, controls.models, controls.x, controls.y, controls.map, controls.like)
    for control in (*controls.filters, *across, *chosen):
        typed = control in (controls.search, controls.find)  # a text's input misses what is pasted
        drawn = screen.narrowed if control in across else screen.redraw
        listen = control.change if typed else control.input
        listen(drawn, held, screen.drawn, trigger_mode="always_last", **quiet)
    filters = [controls.licenses, controls.libraries, controls.families]
    narrow = [controls.sort, controls.reverse, controls.map, *filters, controls.domains]
    shows = [screen.view, *screen.frame, *narrow, *screen.drawn]
    # one event for all tabs, so that answers come in the order of presses; the last press is what is shown
    screen.tabs.select(screen.opened, held, shows, trigger_mode="always_last", **quiet)
    if asked is not None:
        asked.then(screen.redraw, held, screen.drawn, **quiet)
    if finder is not None:
        eye, (files, dataset, button, answer) = finder
        shown: dict[str, Any] = {"show_progress": "minimal", "api_visibility": "private", "concurrency_limit": 1}
        button.click(screen.find(eye), [files, dataset, *held], [answer, files, controls.like, *screen.drawn], **shown)
    for name in ACROSS:
        screen.panels[name].go(screen.go, None, screen.everything, **plain)
    panel = screen.panels["ranking"]
    panel.order(screen.sort, held, [controls.sort, controls.reverse, *screen.drawn], **quiet)
    panel.turn(screen.turn, held, screen.drawn, **quiet)
    panel.pick(screen.pick, held, [controls.models, *screen.drawn], **quiet)
    panel.go(screen.go, None, screen.everything, **plain)
    for name in ("ranking", "size", "map"):
        screen.panels[name].pin(screen.pin, held, [controls.pins, *screen.drawn], **quiet)
