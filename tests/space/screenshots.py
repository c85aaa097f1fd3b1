"""Pictures of every view at 1440 and 375 pixels, light and dark: ``python tests/space/screenshots.py --out
build/screenshots``. With ``--axe`` axe-core looks at each of them as well; what is serious is printed, and the exit
code is 1.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

WIDTHS = {1440: 900, 375: 812}
THEMES = ("light", "dark")


def queries(models: list[str]) -> dict[str, str]:
    """Return the address of every view worth a picture."""
    compared = [("model", name) for name in models]
    return {
        "datasets": "view=datasets",
        "datasets-found": "view=datasets&hs_find=birds&hs_domain=animals",
        "datasets-none": "view=datasets&hs_find=zeppelin",
        "summary": "view=summary",
        "summary-domain": "view=summary&hs_domain=plants",
        "ranking": "",
        "ranking-filtered": "q=in1k&license=apache-2.0&license=mit&max=100M&sort=logme",
        "ranking-nearly-size": "data=user/leaves",
        "recommend": "view=recommend",
        "recommend-proxy": "view=recommend",
        "size": "view=size",
        "compare": urlencode([("view", "compare"), *compared]),
        "compare-nothing": "view=compare",
        "map": "view=map",
        "map-none": "view=map&data=lab/minerals",
        "agreement": "view=agreement",
        "method": "view=method",
        "add": "view=add",
    }


def faults(page: Any, asked: bool) -> list[str]:
    """Return what axe-core finds serious or critical on a page, nothing where it was not asked for."""
    if not asked:
        return []
    from axe_playwright_python.base import AXE_SCRIPT

    page.evaluate(AXE_SCRIPT)
    told: list[str] = page.evaluate(AXE)
    return told


AXE = """async () => (await axe.run({resultTypes: ['violations']})).violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | '))"""


def main() -> None:
    """Make the pictures."""
    from spacedata import example_ranking, write_example
    from spaceserver import opened_browser, served

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--axe", action="store_true", help="look for what keeps people out")
    parser.add_argument("--only", default="", help="part of a view's name")
    options = parser.parse_args()
    found: list[str] = []
    options.out.mkdir(parents=True, exist_ok=True)
    models = [row.model for row in example_ranking().rows[:3]]
    with (
        tempfile.TemporaryDirectory() as folder,
        served(write_example(Path(folder))) as plain,
        served(Path(folder), proxy="openai/clip-vit-base-patch32") as looking,
        opened_browser() as browser,
    ):
        for name, query in queries(models).items():
            for width, height in WIDTHS.items() if options.only in name else ():
                for theme in THEMES:
                    url = looking if "proxy" in name else plain
                    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
                    page.goto(f"{url}?__theme={theme}&{query}")
                    view = dict(part.split("=") for part in query.split("&") if "=" in part).get("view", "ranking")
                    page.wait_for_selector(f"#view-{view} .hs h2, #view-{view} h3")
                    page.wait_for_timeout(300)
                    found += [f"{name}, {width}, {theme}: {fault}" for fault in faults(page, options.axe)]
                    page.screenshot(path=options.out / f"{name}-{width}-{theme}.png", full_page=True)
                    page.close()
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out}", file=sys.stderr)
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
