"""What visitors of the Space do in a browser, and what they see."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

VIEWS = {
    "Data sets": "#view-datasets .sets img",
    "Summary": "#view-summary table.heat",
    "Ranking": "#view-ranking table",
    "Recommend": "#view-recommend table",
    "Size against score": "#view-size .plot",
    "Compare": "#view-compare table",
    "Model map": "#view-map .tree",
    "Agreement": "#view-agreement .matrix",
    "Method": "#view-method details",
    "Add yours": "#view-add pre",
}
TABLE = "#view-ranking table.order"
LINES = f"{TABLE} tbody tr"


def opened(page: Any, address: str) -> Any:
    """Load an address and wait for the ranking or another view."""
    page.goto(address)
    page.wait_for_selector("[role=tabpanel]:not([hidden]) .hs h2, .hs .empty, .hs h3", state="visible")
    return page


def moved(page: Any, address: str = "") -> Any:
    """Go to an address of the page that is open, as Back does, and wait until it is shown: nothing is loaded anew, and
    every control is set.
    """
    search = page.evaluate(_MOVE, urlsplit(address).query)
    shown = "(search) => document.querySelector('#address [data-query]')?.dataset.asked === search"
    page.wait_for_function(shown, arg=search)
    return page


_MOVE = """(query) => {
  history.pushState(null, '', location.pathname + (query && '?' + query));
  const { search } = location; // what is shown may make it shorter
  dispatchEvent(new PopStateEvent('popstate'));
  return search;
}"""


def models(page: Any) -> list[str]:
    """The models of the ranking, in order."""
    return page.locator(f"{LINES} th.model a").all_inner_texts()


def pick(page: Any, control: str, *values: str) -> None:
    """Choose values in a drop-down, as a visitor does."""
    box = page.locator(f"#{control} input")
    for value in values:
        box.click()
        page.get_by_role("option", name=value, exact=True).click()
    page.keyboard.press("Escape")


def asked(page: Any) -> dict[str, list[str]]:
    """What the address holds besides the data set, which stays in it as soon as anything else does."""
    told = {name.removeprefix("hs_"): value for name, value in parse_qs(urlsplit(page.url).query).items()}
    assert not told or told["data"][0].startswith("user/")
    return {name: value for name, value in told.items() if name != "data"}


def until(page: Any, told: str, view: str = "ranking") -> None:
    """Wait until the line above a table says something."""
    wanted = "([view, text]) => document.querySelector(`#view-${view} .tally`)?.innerText.includes(text)"
    page.wait_for_function(wanted, arg=[view, told])
