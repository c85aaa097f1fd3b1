"""One of the processes that :mod:`hubscore.extract.launch` starts."""

from __future__ import annotations

import json
import os
import pickle
import sys
from pathlib import Path

from hubscore.candidates.downloader import Downloader
from hubscore.errors import HubscoreError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.distributed import is_main_process, leave_process_group
from hubscore.extract.events import Event
from hubscore.extract.extract_all import ExtractionOutcome, extract_all
from hubscore.extract.launch import Job, event_line


def work(folder: Path) -> ExtractionOutcome:
    """Do this process's share of the job in a folder, telling how far it is; the main process writes the outcome."""
    job: Job = pickle.loads((folder / "job.pickle").read_bytes())
    downloader = Downloader()
    with (folder / f"events-{os.environ.get('RANK') or 0}.jsonl").open("a") as log:

        def tell(event: Event) -> None:
            log.write(event_line(event) + "\n")
            log.flush()

        outcome = extract_all(
            job.candidates,
            job.probe,
            fetch=downloader.download,
            fetch_config=downloader.download_config,
            store=FeatureCache(job.store),
            forget=downloader.evict if job.evict else None,
            device=job.device,
            input_size=job.input_size,
            batch_size=job.batch_size,
            transform=job.transform,
            layers=job.layers,
            progress=tell,
        )
    if is_main_process():
        summary = {
            "skipped": [item.to_json() for item in outcome.skipped],
            "forward_images": outcome.forward_images,
            "without_layers": outcome.without_layers,
        }
        part = folder / "outcome.part"
        part.write_text(json.dumps(summary))
        part.rename(folder / "outcome.json")
    leave_process_group()
    return outcome


if __name__ == "__main__":
    place = Path(sys.argv[1])
    try:
        work(place)
    except HubscoreError as error:
        (place / "error.pickle").write_bytes(pickle.dumps(error))
        sys.exit(1)
