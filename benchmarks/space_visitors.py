"""Three visitors of the leaderboard Space, in a real browser, over results that were published to a local Hub.

    python benchmarks/space_visitors.py

One looks for models for satellite images, under Apache-2.0 and of 5 M parameters at most, and may click four times; one
compares three models on a phone; one shares every view, which must show the same to whoever opens its address. Prints
what each did, and ends with an error where one does not get there.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

CARDS = {
    "lab/rsscn7": ("satellite", "Satellite images of seven kinds of land: fields, forests, rivers and towns."),
    "lab/leaves": ("plants", "Leaves of forty kinds of plants on white paper."),
    "lab/scans": ("medical", "Scans of lungs, with and without pneumonia."),
}
VIEWS = {
    "Data sets": "find=satellite",
    "Summary": "license=apache-2.0",
    "Ranking": "max=50M&sort=knn",
    "Recommend": "library=timm",
    "Size against score": "y=logme",
    "Compare": "",
    "Agreement": "",
    "Method": "",
    "Add yours": "",
}
RESULTS = "local/hubscore-results"
FEWEST_CLICKS = 4


class Visitor:
    """A page, and how often its visitor clicked."""

    def __init__(self, browser: Any, address: str, width: int = 1440) -> None:
        self.page = browser.new_context(viewport={"width": width, "height": 850}).new_page()
        self.page.set_default_timeout(30_000)
        self.clicks, self.began = 0, time.perf_counter()
        self.page.goto(address)
        self.page.wait_for_selector(".tabitem h2:visible")
        self.page.wait_for_timeout(1000)  # what the address asks for is filled in

    def click(self, what: Any) -> None:
        """Click, and count it."""
        what.click()
        self.clicks += 1

    def tab(self, title: str) -> None:
        """Open a view by its tab; on a phone it may stand behind the others."""
        self.click(self.page.get_by_role("tab", name=title, exact=True))

    def done(self, told: str) -> None:
        """Say what was reached."""
        print(f"{told}: {self.clicks} clicks, {time.perf_counter() - self.began:.1f} s", flush=True)
        self.page.context.close()


@contextmanager
def published() -> Iterator[str]:
    """Yield the address of a Space over results on a local Hub."""
    from hubfixture import add_dataset
    from huggingface_hub import HfApi
    from spacedata import example_ranking, foreseen
    from spaceserver import served

    from hubscore.localhub import serve
    from hubscore.publish.results import publish_results

    with tempfile.TemporaryDirectory() as folder:
        os.environ["HF_HOME"] = str(Path(folder) / "hf")
        root = Path(folder) / "root"
        for name, (tag, text) in CARDS.items():
            add_dataset(root, name, {"README.md": f"---\ntags:\n- {tag}\n---\n{text}\n", "train/a/1.png": b"x"})
        with serve(root, state=Path(folder) / "state") as hub:
            api = HfApi(endpoint=hub.url, token="hf_local")
            for number, name in enumerate(CARDS):
                made = foreseen(example_ranking(name, 30, seed=number, date=f"2026-11-{10 + number}T08:00:00+00:00"))
                probe = replace(made.probe, revision=api.dataset_info(name).sha)
                publish_results(
                    replace(made, probe=probe), repo=RESULTS, yes=True, api=api, allow_private_dataset_name=True
                )
            from data import Repo

            with served(Repo(RESULTS, endpoint=hub.url), check_seconds=60) as address:
                yield address


def finds_satellites(browser: Any, address: str) -> None:
    """Models for satellite images, under Apache-2.0 and of 5 M parameters at most."""
    visitor = Visitor(browser, address)
    page = visitor.page
    visitor.tab("Data sets")
    visitor.click(page.locator("#find input, #find textarea").first)
    page.keyboard.type("satellite")
    page.wait_for_selector("#view-datasets .tally >> text=1 of 3 data sets")
    visitor.click(page.locator("#view-datasets h3 a").first)
    page.wait_for_selector("#view-ranking table.order")
    assert "rsscn7" in page.locator("#view-ranking h2").inner_text()
    visitor.click(page.locator("#largest input"))
    page.keyboard.press("Control+A")
    page.keyboard.type("5M")
    page.keyboard.press("Enter")
    page.wait_for_selector("#view-ranking .tally >> text=of 30 models")
    page.locator("#licenses input").focus()  # two presses of Tab
    page.keyboard.type("apache-2.0")
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URL(location).searchParams.get('hs_license') === 'apache-2.0'")
    page.wait_for_timeout(600)
    shown = page.locator("#view-ranking table.order tbody th.model a").count()
    assert shown and visitor.clicks <= FEWEST_CLICKS, (shown, visitor.clicks)
    visitor.done(f"satellite images, Apache-2.0, 5M at most, models shown: {shown}")


def compares_on_a_phone(browser: Any, address: str) -> None:
    """Three models side by side on a screen of 375 pixels."""
    visitor = Visitor(browser, f"{address}?hs_data=lab/leaves", 375)
    page = visitor.page
    for number in range(3):
        button = page.locator("[data-pick]").nth(number)
        name = button.get_attribute("data-pick")
        visitor.click(button)
        page.wait_for_selector(f'[data-pick="{name}"][aria-pressed=true]')
        page.wait_for_function("(many) => document.querySelectorAll('.basket li').length === many", arg=number + 1)
    visitor.click(page.get_by_text("Compare these 3"))
    page.wait_for_selector("#view-compare table.compare")
    assert page.locator("#view-compare table.compare").first.locator("thead a").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    visitor.done("three models compared on a phone")


def shares_every_view(browser: Any, address: str) -> None:
    """Every view, with a state of its own: who opens its address sees the same."""
    sharer = Visitor(browser, f"{address}?hs_data=lab/leaves")
    for number in range(2):
        sharer.click(sharer.page.locator("[data-pick]").nth(number))
        sharer.page.wait_for_function("(n) => document.querySelectorAll('.basket li').length === n", arg=number + 1)
    for title, query in VIEWS.items():
        more = "&".join(f"hs_{part}" for part in query.split("&") if part)
        sharer.page.goto(f"{sharer.page.url}&{more}" if more else sharer.page.url)
        sharer.page.wait_for_selector(".tabitem h2:visible")
        sharer.tab(title)
        mine = panel(sharer.page)
        other = Visitor(browser, sharer.page.url)
        theirs = panel(other.page)
        other.page.context.close()
        assert mine == theirs, (title, sharer.page.url, mine[:300], theirs[:300])
    sharer.done(f"{len(VIEWS)} views shared and opened again")


def panel(page: Any) -> str:
    """Return the text of the view that is open, once it stands still."""
    told = ""
    for _ in range(40):
        page.wait_for_timeout(500)
        now = page.locator("[role=tabpanel]:visible .hs").first.inner_text()
        if now and now == told:
            return now
        told = now
    return told


def main() -> None:
    """Let them all come."""
    from spaceserver import opened_browser

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    with published() as address, opened_browser() as browser:
        for visit in (finds_satellites, compares_on_a_phone, shares_every_view):
            visit(browser, address)


if __name__ == "__main__":
    main()
