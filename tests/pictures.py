"""The pictures of the README: ``HUBSCORE_ZOO=path/to/zoo python tests/pictures.py --out docs/pictures``.

The table, the report and the Space show the same run, over real checkpoints on a local Hub, pictured as they are.
"""

from __future__ import annotations

import argparse
import io
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from hubscore.types import Ranking

sys.path.insert(0, str(Path(__file__).resolve().parent))

COLUMNS = 108
MODELS = (
    "google/mobilenet_v1_0.25_128 google/mobilenet_v1_0.5_160 google/mobilenet_v2_1.0_224"
    " automl/mobilenet_v2_0.35_224_flowers google-coral/mobilenet_v2_1.0_224_inat_insect"
    " tflite-micro/mobilenet_v1_0.25_96_person akamaster/resnet20_cifar10 akamaster/resnet56_cifar10"
    " zoo/mini-convnext_cifar10 zoo/mini-vit_tinyimagenet100"
).split()
DATASET = "local/trashnet"
COLOURS = 48


class Terminal(io.StringIO):
    """Text that is written as to a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """Say so."""
        return True


def rank(out: Path) -> list[str]:
    """Rank the checkpoints by the command that the picture shows; return its words."""
    words = ["hubscore", "rank", DATASET, "--models", *MODELS, "--samples", "400"]
    if out.with_suffix(".json").exists() and out.with_suffix(".html").exists():
        return words
    run = [sys.executable, "-m", "hubscore", *words[1:], "--quiet", "--out", f"{out}.json", "--out", f"{out}.html"]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    return words


def terminal(ranking: Ranking, words: list[str], path: Path) -> None:
    """Draw what the program writes at the end of a run, on a terminal of :data:`COLUMNS` columns."""
    from rich.console import Console
    from rich.text import Text

    from hubscore.cli.output import Output

    os.environ |= {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    os.environ.pop("NO_COLOR", None)
    stream = Terminal()
    Output("human", stdout=stream, stderr=stream).ranking(ranking)
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), highlight=False)
    shown = [*words[:5], "...", *words[-2:]]
    console.print(Text(f"$ {shlex.join(shown).replace(chr(39), '')}", style="bold"))
    console.print(Text.from_ansi(stream.getvalue().rstrip("\n")), soft_wrap=True)
    drawn = console.export_svg(title="hubscore rank")
    # Rich's own face comes from a site; the reader's will do.
    head, _, rest = drawn.partition("@font-face")
    rest = rest[rest.rindex("@font-face") :].partition("}")[2]
    path.write_text(head + rest.lstrip().replace("Fira Code, monospace", "monospace"), encoding="utf-8")


def picture(browser: Browser, url: str, path: Path, *, wait: str, height: int) -> None:
    """Save what a page shows at first, in few colours."""
    page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme="light")
    page.goto(url)
    page.wait_for_selector(wait)
    page.wait_for_timeout(500)
    whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    whole.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    """Make the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument(
        "--rankings", type=Path, help="keep the ranking here, or take it from here where it lies here already"
    )
    options = parser.parse_args()
    zoo = os.environ.get("HUBSCORE_ZOO")
    if not zoo:
        parser.error("HUBSCORE_ZOO must name a folder with checkpoints and data sets: see CONTRIBUTING.md")
    options.out.mkdir(parents=True, exist_ok=True)
    from hubscore.localhub import serve

    with tempfile.TemporaryDirectory() as scratch, serve(zoo) as hub:
        os.environ |= {"HF_ENDPOINT": hub.url, "HF_HOME": f"{scratch}/hf", "HF_HUB_DISABLE_XET": "1"}
        folder = (options.rankings or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        saved = folder / DATASET.replace("/", "-")
        words = rank(saved)
        from hubscore.types import Ranking

        terminal(Ranking.load(f"{saved}.json"), words, options.out / "terminal.svg")
        draw_pages(saved, Path(scratch) / "results", options.out)
    for path in sorted(options.out.iterdir()):
        print(f"{path.stat().st_size / 1000:6.1f} kB  {path}")


def draw_pages(saved: Path, results: Path, out: Path) -> None:
    """Picture the report and the Space of a saved ranking."""
    from spaceserver import opened_browser, served

    from hubscore.publish.results import write_results

    write_results(results, [f"{saved}.json"])
    with served(results) as space, opened_browser() as browser:
        picture(browser, f"file://{saved}.html", out / "report.png", wait="table", height=800)
        address = f"{space}?{urlencode({'__theme': 'light', 'hs_data': DATASET})}"
        picture(browser, address, out / "space.png", wait="#view-ranking .hs table", height=900)


if __name__ == "__main__":
    main()
