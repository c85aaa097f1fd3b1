"""Three hundred damaged repos of each kind on a local Hub, and three hundred damaged pages of a Hub's listing.

Run `python benchmarks/survival_listings.py [--count 300] [--seed 0]`. Every listing must come through the real client
with the good model in it, every damaged repo must be answered by itself, a search must find the good model on every
damaged page, and nothing may be executed.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from damagedrepos import LISTED, damaged_files, damaged_listing
from huggingface_hub import HfApi

from hubscore.candidates.query import Query
from hubscore.candidates.search import search_candidates
from hubscore.localhub import serve

EVERYTHING = ["safetensors", "cardData", "config", "evalResults", "transformersInfo", "model-index", "tags"]
GOOD = {"README.md": "---\nlicense: mit\n---\n", "config.json": '{"model_type": "vit"}'}


def write(folder: Path, files: dict[str, bytes | str]) -> None:
    """Write the files of a repo."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def local_hub(count: int, seed: int) -> None:
    """List damaged repos of a local Hub in every way, then ask for each."""
    root = Path(tempfile.mkdtemp(prefix="hubscore-listings-")) / "root"
    write(root / "models" / "good" / "one", GOOD)
    for number in range(count):
        for kind in ("models", "datasets", "spaces"):
            write(root / kind / "bad" / f"r{number}", damaged_files(random.Random(seed + number)))
    with serve(root) as hub:
        api, began = HfApi(endpoint=hub.url), time.perf_counter()
        asked = ({}, {"full": True}, {"cardData": True, "fetch_config": True}, {"expand": EVERYTHING})
        for options in (*asked, {"sort": "created_at"}, {"filter": "license:mit"}):
            assert "good/one" in {one.id for one in api.list_models(**options)}, options
        listed = [len(list(kind(full=True))) for kind in (api.list_models, api.list_datasets, api.list_spaces)]
        assert listed == [count + 1, count, count], listed
        for number in range(count):
            api.model_info(f"bad/r{number}", files_metadata=True)
            api.dataset_info(f"bad/r{number}", files_metadata=True)
            api.space_info(f"bad/r{number}", files_metadata=True)
        print(f"local Hub: {count} damaged repos of each kind, all listed and answered, {_since(began)}")


def listings(count: int, seed: int) -> None:
    """Search damaged pages of a Hub."""
    page = ""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = page.encode("utf-8", "surrogatepass")
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api, began = HfApi(endpoint=f"http://127.0.0.1:{server.server_port}"), time.perf_counter()
    failed: dict[str, str] = {}
    for number in range(count):
        page = damaged_listing(random.Random(seed + number), {**LISTED, "id": "good/net"})
        try:
            found = search_candidates(Query(diverse=False), api=api)
            assert "good/net" in {one.repo_id for one in found.candidates}, "the good model was not found"
        except Exception as error:
            failed[str(seed + number)] = f"{type(error).__name__}: {str(error)[:150]}"
    server.shutdown()
    print(f"listings: {count} damaged pages, {count - len(failed)} searched, {_since(began)}")
    if failed:
        print(json.dumps(failed, indent=1))
        sys.exit(1)


def _since(began: float) -> str:
    return f"{time.perf_counter() - began:.1f} s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    logging.getLogger("hubscore.localhub").setLevel(logging.ERROR)
    listings(given.count, given.seed)
    local_hub(given.count, given.seed)
    assert not Path("executed").exists(), "something was executed"
