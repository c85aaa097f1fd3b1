"""How long visitors of the leaderboard wait, in a real browser on this machine: the Gradio Space and the static page.

    python benchmarks/space_speed.py

Prints the seconds until the first row of the ranking stands there, after somebody has opened the page before, and those
from a letter typed into Search to the table that fits it; medians of some visits, for a data set of 24 models and for
one of many. What visitors wait beside that is the network's.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

ROW = "#view-ranking tbody tr"
WATCH = """() => {
  const tally = () => document.querySelector('#view-ranking .tally')?.innerText;
  const before = tally();
  let begun = 0;
  window.took = 0;
  const timed = new MutationObserver(() => {
    if (begun && !window.took && tally() && tally() !== before) window.took = performance.now() - begun;
  });
  document.addEventListener('input', () => { begun = performance.now(); }, true);
  timed.observe(document.querySelector('#view-ranking'), {childList: true, characterData: true, subtree: true});
}"""


@contextmanager
def addresses(rows: int) -> Iterator[dict[str, str]]:
    """Yield the address of each kind of page, over the same results."""
    from spacedata import example_ranking
    from spaceserver import served

    from hubscore.publish.results import write_results
    from hubscore.publish.space.static import static_page

    with tempfile.TemporaryDirectory() as folder:
        results = write_results(Path(folder) / "results", [example_ranking("user/some", rows)])
        page = Path(folder) / "index.html"
        page.write_bytes(static_page(results, "https://huggingface.co"))
        with served(Path(folder) / "results", check_seconds=60) as url:
            yield {"Gradio": url, f"static, {page.stat().st_size / 1000:.0f} kB": page.as_uri()}


def visit(context: Any, address: str) -> tuple[float, float]:
    """Return the seconds until the first row stands there, and until a filter is done."""
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(address, wait_until="commit")
    page.wait_for_selector(ROW)
    first = page.evaluate("performance.now()") / 1000
    page.wait_for_load_state()
    page.evaluate(WATCH)
    page.locator("#search input, #search textarea, #f-q").first.fill("resnet")
    page.wait_for_function("() => window.took > 0")
    filtered = page.evaluate("window.took") / 1000
    page.close()
    return first, filtered


def main() -> None:
    """Measure and print."""
    from spaceserver import opened_browser

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[24, 3000], help="models of a data set")
    parser.add_argument("--visits", type=int, default=3, help="of each page, after a first one")
    options = parser.parse_args()
    print(f"{'models':>6}  {'page':<16}  {'first row':>9}  {'filter':>7}")
    with opened_browser() as browser:
        for rows in options.rows:
            with addresses(rows) as found:
                for name, address in found.items():
                    context = browser.new_context(viewport={"width": 1440, "height": 900})
                    visit(context, address)  # who comes first pays for reading, and for Gradio's own files
                    done = [visit(context, address) for _ in range(options.visits)]
                    first, filtered = (statistics.median(times) for times in zip(*done, strict=True))
                    print(f"{rows:>6}  {name:<16}  {first:>7.2f} s  {filtered:>5.2f} s", flush=True)
                    context.close()


if __name__ == "__main__":
    main()
