"""Disks that are full, read-only, or lie: the same ranking, or what is missing by name.

    python benchmarks/survival_disk.py               # all: ten minutes; needs the rights to mount small file systems
    python benchmarks/survival_disk.py full bits

Over four tiny checkpoints from a local Hub, against a run on a sound disk. ``full``: a cache of 100 kB. ``weights``: a
Hub's cache with room for two and a half checkpoints, which costs those that do not fit; ``evict``: the same with
``--evict``, which costs nothing. ``temporary``: no room for temporary files. ``readonly``: a cache with two of the four
that becomes read-only. ``bits``: a bit of every file of the cache is flipped. ``gone``: the cache is removed while the
run is at work, again and again. Ends with 1 where anything else came of it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from survival_scene import Ran, Scene, line, read_only, scene, small_disk


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *ACCIDENTS], help="which; all by default")
    names = parser.parse_args().names or list(ACCIDENTS)
    with scene(4) as there:
        whole = there.run(there.root / "whole", there.words())
        assert whole.code == 0 and len(whole.rows) == 4, whole.talk
        bad = 0
        for name in names:
            with small_disk(there.root / name / "small", SIZES.get(name, "64m")) as disk:
                if disk is None:
                    print(f"--- {name}: not run, for no file system can be mounted here", flush=True)
                    continue
                bad += not ACCIDENTS[name](there, there.root / name, whole)
    return 1 if bad else 0


def full(there: Scene, place: Path, whole: Ran) -> bool:
    """The cache has room for a part."""
    ran = there.run(place, there.words(), HUBSCORE_CACHE=str(place / "small"))
    return _same("cache full", ran, whole, ran.talk.count("for this run alone") == 1)


def weights(there: Scene, place: Path, whole: Ran) -> bool:
    """The Hub's cache has room for two checkpoints."""
    ran = there.run(place, there.words(), HF_HOME=str(place / "small"))
    last = ran.talk.strip().splitlines()[-1]
    good = ran.code == 3 and 1 <= len(ran.rows) < 4 and "no room for" in last
    return line(good, "Hub's cache full", ranked=len(ran.rows), code=ran.code, last=last)


def evict(there: Scene, place: Path, whole: Ran) -> bool:
    """The same, with ``--evict``."""
    return _same(
        "Hub's cache full, --evict", there.run(place, there.words("--evict"), HF_HOME=str(place / "small")), whole
    )


def temporary(there: Scene, place: Path, whole: Ran) -> bool:
    """No room for temporary files."""
    with (place / "small" / "filler").open("wb") as filler:
        try:
            while True:
                filler.write(b"0" * 4096)
                filler.flush()
        except OSError:
            pass
    return _same("temporary files full", there.run(place, there.words(), TMPDIR=str(place / "small")), whole)


def readonly(there: Scene, place: Path, whole: Ran) -> bool:
    """What is there is read, and nothing is changed."""
    cache = str(place / "small")
    first = there.run(place, there.words(models=there.models[:2]), HUBSCORE_CACHE=cache)
    before = sorted((place / "small").rglob("*"))
    read_only(place / "small")
    ran = there.run(place, there.words(), HUBSCORE_CACHE=cache)
    unchanged = first.code == 0 and sorted((place / "small").rglob("*")) == before
    return _same("cache read-only", ran, whole, unchanged and ran.talk.count("for this run alone") == 1)


def bits(there: Scene, place: Path, whole: Ran) -> bool:
    """A bit of every file is flipped."""
    there.run(place, there.words())
    files = [path for path in (place / "cache").rglob("*.*") if path.is_file() and path.suffix != ".lock"]
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 4
        path.write_bytes(content)
    ran = there.run(place, there.words())
    return _same(f"a bit flipped in each of {len(files)} files", ran, whole, "damaged" in ran.talk)


def gone(there: Scene, place: Path, whole: Ran) -> bool:
    """Somebody removes the cache while the run is at work."""
    times = list[int]()

    def remove(run: subprocess.Popen[str]) -> None:
        while run.poll() is None and len(times) < 3:
            if list((place / "cache" / "features").rglob("*.safetensors")):
                shutil.rmtree(place / "cache", ignore_errors=True)
                times.append(1)
            time.sleep(0.01)

    ran = there.run(place, there.words(), watch=remove)
    return _same(f"cache removed {len(times)} times", ran, whole, bool(times))


def _same(what: str, ran: Ran, whole: Ran, also: bool = True) -> bool:
    good = ran.code == 0 and ran.ranking == whole.ranking and also
    if not good:
        print(ran.talk[-3000:], flush=True)
    return line(
        good, what, same=ran.ranking == whole.ranking, ranked=len(ran.rows), code=ran.code, said_as_it_must=also
    )


SIZES = {"full": "100k", "weights": "4000k", "evict": "4000k", "temporary": "64k"}
ACCIDENTS: dict[str, Callable[[Scene, Path, Ran], bool]] = {
    "full": full,
    "weights": weights,
    "evict": evict,
    "temporary": temporary,
    "readonly": readonly,
    "bits": bits,
    "gone": gone,
}


if __name__ == "__main__":
    sys.exit(main())
