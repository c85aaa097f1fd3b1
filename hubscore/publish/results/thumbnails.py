"""Small pictures of a public data set beside its run, where the publisher agrees: people see what the data is."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hubscore.errors import UsageError
from hubscore.publish.results.changes import Changes
from hubscore.results.contents import DATASET_ABOUT, Contents
from hubscore.results.runs import RUNS
from hubscore.types import Json, ProbeDescription

MOST = 6
SIDE = 96
"""Pixels of the longer side."""
QUALITY = 75


def draw_thumbnails(probe: ProbeDescription, *, token: str | bool | None = False) -> tuple[bytes, ...]:
    """Return six images of a ranking's data set, at the revision that was ranked, as small JPEGs.

    The rows are drawn by the ranking's seed, as a stranger reads them; nothing of the files but the pixels is kept.

    Args:
        probe: of the ranking.
        token: for the Hub; none by default, so that only what everybody can read is seen.

    Raises:
        UsageError: the rows are not images, or the ranking does not say what its data set is.
        DatasetError: the data set cannot be used.
        HubError: the Hub refused, failed or could not be reached.
    """
    from hubscore.probe.load import load_probe
    from hubscore.run.options import DataOptions

    if probe.modality != "image":
        raise UsageError("There are no thumbnails", f"the rows are {probe.modality}, not images", "drop --thumbnails")
    if not probe.dataset or probe.redacted:
        why = "the ranking does not name its data set"
        raise UsageError("There are no thumbnails", why, "use the ranking that hubscore rank saved")
    options = DataOptions(
        samples=max(2, min(MOST, probe.population or MOST)),
        seed=probe.seed or 0,
        config=probe.config,
        split=probe.split,
        revision=probe.revision,
        modality=probe.modality,
        input_column=probe.image_column,
        unlabeled=True,
    )
    drawn = load_probe(f"hf://datasets/{probe.dataset}", data=options, labels_required=False, token=token)
    return tuple(jpeg(item) for item in drawn.items[:MOST])


def jpeg(image: Any) -> bytes:
    """Return an image as a small JPEG, without what its file said beside the pixels."""
    from PIL import Image

    small = image.convert("RGB")
    small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    Image.frombytes("RGB", small.size, small.tobytes()).save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def paths_of(run_id: str, count: int = MOST) -> tuple[str, ...]:
    """Return where the thumbnails of a run lie in a results data set."""
    return tuple(f"{RUNS}/{run_id}/{number}.jpg" for number in range(1, count + 1))


def of_run(path: str) -> str | None:
    """Return the run that a path is a thumbnail of, none for another file.

    Example:
        >>> of_run("runs/2026-11-20T12-00-00Z-1a2b3c4d/3.jpg"), of_run("runs/2026-11-20T12-00-00Z-1a2b3c4d.json")
        ('2026-11-20T12-00-00Z-1a2b3c4d', None)
    """
    parts = path.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == RUNS and parts[2].endswith(".jpg") else None


def with_thumbnails(data: Mapping[str, Any], paths: Sequence[str]) -> Json:
    """Return a ranking's JSON whose record names the thumbnails of its data set; it says what that is about already."""
    record = data.get("record") or {}
    return {**data, "record": {**record, DATASET_ABOUT: {**(record.get(DATASET_ABOUT) or {}), "thumbnails": [*paths]}}}


def beside(planned: Changes, contents: Contents, run_id: str, pictures: Mapping[str, bytes]) -> Changes:
    """Return what publishing a run changes, with its thumbnails: those that it had and has no more are deleted.

    Args:
        planned: without them.
        contents: what is there.
        run_id: of the run.
        pictures: content by path.
    """
    new = {path: content for path, content in pictures.items() if contents.files.get(path) != content}
    gone = tuple(sorted(path for path in contents.names if of_run(path) == run_id and path not in pictures))
    said = [
        f"{'~' if contents.has(path) else '+'} {path} ({len(content) / 1000:.1f} kB)" for path, content in new.items()
    ]
    lines = (*planned.lines, *said, *(f"- {path}" for path in gone))
    return replace(planned, files={**planned.files, **new}, lines=lines, deleted=gone)
