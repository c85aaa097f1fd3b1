"""What a long search costs: a thousand tiny checkpoints through the whole pipeline, and what the engine adds.

    python benchmarks/scale.py                     # 1,000 checkpoints: an hour on two cores
    python benchmarks/scale.py --count 100 --quick # ten minutes

Prints a line for each figure, and JSON with --json FILE. Ratios compare runs of this one command on this one machine;
CPU seconds, of a process and all it starts, bear it better than wall seconds when the machine has other work.
Bare loops and hubscore run in processes of their own, so that both pay for importing the libraries once.
Checkpoints come over HTTP from a local Hub. Nothing here uses a GPU.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

SIDE = 128


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="checkpoints in the pipeline")
    parser.add_argument("--quick", action="store_true", help="three networks instead of eight for the engine")
    parser.add_argument("--only", choices=("pipeline", "engine", "overlap", "memory", "race"), help="one part")
    parser.add_argument("--json", type=Path, help="write the figures")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        return (_engine_child if given.child[0].endswith("engine.json") else _child)(*given.child)
    figures: dict[str, Any] = {"cores": os.cpu_count(), "torch": torch.__version__, "count": given.count}
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        if given.only in (None, "pipeline"):
            figures |= pipeline(root / "pipeline", given.count)
        if given.only in (None, "engine"):
            figures |= engine(root / "engine", 3 if given.quick else 8)
        if given.only in (None, "overlap"):
            figures |= overlap(root / "overlap", 4 if given.quick else 10)
    if given.only in (None, "memory"):
        figures |= memory(12 if given.quick else 60)
    if given.only in (None, "race"):
        figures |= race(100 if given.quick else 400)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1))
    return 0


def pipeline(root: Path, count: int) -> dict[str, Any]:
    """Rank many tiny checkpoints from a local Hub, in a process of its own, cold and once more."""
    from hubscore.localhub import serve

    _tiny_models(root / "hub/models", count)
    _pictures(root / "hub/datasets/local/pictures", 60, 40)
    figures: dict[str, Any] = {}
    with serve(root / "hub") as hub:
        for kind in ("cold", "warm"):
            asked = len(hub.log)
            told = _run(root, hub.url, kind, count)
            told["requests_per_candidate"] = round((len(hub.log) - asked) / count, 2)
            figures |= {f"{kind}_{name}": value for name, value in told.items()}
    return figures


def _run(root: Path, url: str, kind: str, count: int) -> dict[str, Any]:
    job, out = root / f"{kind}.job.json", root / f"{kind}.json"
    names = [f"tiny/net-{number}" for number in range(count)]
    job.write_text(json.dumps({"models": names, "cache": str(root / "cache"), "out": str(root / "ranking.json")}))
    environment = {**os.environ, "HF_ENDPOINT": url, "HF_HOME": str(root / "home"), "HF_HUB_DISABLE_XET": "1"}
    environment.pop("HUBSCORE_ISOLATE", None)  # the tests' own setting
    subprocess.run([sys.executable, __file__, "--child", str(job), str(out)], env=environment, check=True)
    told: dict[str, Any] = json.loads(out.read_text())
    print(
        f"{count} checkpoints {kind}: {told['wall_s']:.0f} s, {told['cpu_s']:.0f} CPU s; CPU per candidate first"
        f" {told['first_cpu_s']:.3f} s, last {told['last_cpu_s']:.3f} s; peak {told['peak_mb']:.0f} MB,"
        f" {told['grown_mb']:.0f} MB above the first candidates; record {told['record_bytes_per_candidate']:.0f} bytes"
        f" a candidate; skipped {told['skipped']}",
        flush=True,
    )
    return told


def _child(job: str, out: str) -> int:
    """Rank as a user would from Python, and watch this process and all that it starts."""
    from hubscore import rank
    from hubscore.extract.events import CandidateFinished
    from hubscore.run.observer import RunObserver

    asked, marks = json.loads(Path(job).read_text()), list[float]()

    class Watcher(RunObserver):
        def event(self, event: Any) -> None:
            if isinstance(event, CandidateFinished):
                marks.append(_cpu())

    with _memory() as sizes:
        began, before = time.perf_counter(), _cpu()
        options = {"samples": 40, "scores": "logme,knn,h_score,leep,kernel_probe", "layers": False}
        made = rank(
            "local/pictures", models=asked["models"], cache_dir=asked["cache"], watcher=Watcher(), yes=True, **options
        )
        wall, cpu = time.perf_counter() - began, _cpu() - before
    made.save(asked["out"])
    part = max(1, min(100, len(marks) // 3))
    early = sizes[: max(1, len(sizes) // 10)]
    told = {
        "wall_s": wall,
        "cpu_s": cpu,
        "first_cpu_s": (marks[part] - marks[0]) / part if len(marks) > part else 0.0,
        "last_cpu_s": (marks[-1] - marks[-1 - part]) / part if len(marks) > part else 0.0,
        "peak_mb": max(sizes) / 1e6,
        "grown_mb": (max(sizes) - max(early)) / 1e6,
        "record_bytes_per_candidate": Path(asked["out"]).stat().st_size / len(asked["models"]),
        "skipped": len(made.skipped),
    }
    Path(out).write_text(json.dumps(told))
    return 0


def engine(root: Path, networks: int) -> dict[str, Any]:
    """Extract with hubscore, cold and warm, in one process, with a worker, and with two; beside bare loops."""
    folders, data = _networks(root / "models", networks), _pictures(root / "pictures", SIDE, 150)
    runs = {
        "here": {"isolate": "never"},
        "worker": {"isolate": "always", "processes": 1},
        "two_workers": {"isolate": "always", "processes": 2},
    }
    job = root / "engine.json"

    def timed(kind: str, options: dict[str, Any]) -> tuple[float, float]:
        told = {"folders": [str(one) for one in folders], "data": str(data), "cache": str(root / kind), **options}
        job.write_text(json.dumps(told))
        return _timed_process(job)

    bare = timed("bare", {})
    figures: dict[str, Any] = {"bare_wall_s": bare[0], "bare_cpu_s": bare[1]}
    print(f"bare loops over {networks} networks: {bare[0]:.1f} s, {bare[1]:.1f} CPU s, libraries included", flush=True)
    for name, options in runs.items():
        for kind in ("cold", "warm"):
            wall, cpu = timed(name, {"run": options})
            figures |= {f"{name}_{kind}_wall": wall / bare[0], f"{name}_{kind}_cpu": cpu / bare[1]}
            print(f"  {name} {kind}: {wall / bare[0]:.2f} x wall, {cpu / bare[1]:.2f} x CPU", flush=True)
    figures["two_workers_gain"] = figures["worker_cold_wall"] / figures["two_workers_cold_wall"]
    print(f"  two workers gain {figures['two_workers_gain']:.2f} x", flush=True)
    return figures


def _timed_process(job: Path) -> tuple[float, float]:
    """Return the wall and the CPU seconds of a process that extracts, and of all that it starts."""
    environment = {name: value for name, value in os.environ.items() if name != "HUBSCORE_ISOLATE"}
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    words = [sys.executable, __file__, "--child", str(job), "unused"]
    subprocess.run(words, env=environment, check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, cpu


def _engine_child(job: str, unused: str) -> int:
    """Extract by bare loops, or as a run of hubscore does."""
    asked = json.loads(Path(job).read_text())
    folders, data = [Path(one) for one in asked["folders"]], Path(asked["data"])
    if "run" not in asked:
        _bare(folders, data)
        return 0
    _extraction(folders, data, Path(asked["cache"]), asked["run"])()
    from hubscore.extract.parked import end_parked_workers

    end_parked_workers()  # their CPU seconds count once they have ended
    return 0


def memory(networks: int) -> dict[str, Any]:
    """Score networks of 2,048 features and 1,000 logits one after the other: what does each cost for good?"""
    words = [sys.executable, str(Path(__file__).with_name("memory.py")), "--networks", str(networks)]
    words += ["--scored", str(networks), "--scores", "logme,leep,kernel_probe,kernel_probe_loss"]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
    peak, slope = (int(told[at].split()[where].replace(",", "")) for at, where in ((-2, -1), (-1, 0)))
    print(f"{networks} networks really scored: peak {peak} MB above the libraries, {slope:,} bytes more for each")
    return {"scored_networks": networks, "scored_peak_mb": peak, "scored_bytes_each": slope}


def race(candidates: int) -> dict[str, Any]:
    """Count the rows that go through networks in a race of many bad networks and ten good ones."""
    from racing import synthetic_race

    share, top = synthetic_race(candidates)
    print(f"race of {candidates}, all but ten bad: {share:.3f} of the forward passes; the first three kept: {top}")
    return {"race_candidates": candidates, "race_share": share, "race_first_three": top}


def overlap(root: Path, networks: int) -> dict[str, Any]:
    """Compare a run from a slow Hub with its downloads alone and its computation alone."""
    from hubscore.localhub import routes_files, serve

    _networks(root / "hub/models/slow", networks)
    _pictures(root / "hub/datasets/local/pictures", SIDE, 150)
    plain = routes_files.resolve

    def slow(call: Any) -> Any:
        if call.path().endswith(".safetensors") and call.request.method == "GET":
            time.sleep(3.0)
        return plain(call)

    walls = {}
    with serve(root / "hub") as hub:
        names = [f"slow/{one.name}" for one in sorted((root / "hub/models/slow").iterdir())]
        for kind, home, delayed in (("together", "a", True), ("downloads", "b", True), ("computing", "b", False)):
            routes_files.resolve = slow if delayed else plain
            script = _DOWNLOAD if kind == "downloads" else _RANK
            own = {"HF_ENDPOINT": hub.url, "HF_HOME": str(root / home), "HUBSCORE_CACHE": str(root / f"cache-{kind}")}
            environment = {**os.environ, **own, "HF_HUB_DISABLE_XET": "1"}
            environment.pop("HUBSCORE_ISOLATE", None)
            words = [sys.executable, "-c", script, json.dumps(names)]
            done = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
            walls[kind] = float(done.stdout.split()[-1])
        routes_files.resolve = plain
    ratio = walls["together"] / max(walls["downloads"], walls["computing"])
    print(f"overlap: {', '.join(f'{kind} {wall:.1f} s' for kind, wall in walls.items())}: {ratio:.2f} x the larger")
    return {"overlap": ratio, **{f"overlap_{kind}_s": wall for kind, wall in walls.items()}}


_SESSION = """
import json, sys, time
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.session import Session
session = Session(DataOptions(samples=150), CandidateOptions(models=json.loads(sys.argv[1])), RunOptions(yes=True))
session.open()
probe = session.draw_probe("local/pictures")
found = session.find_candidates()
began = time.perf_counter()
"""
_RANK = f"{_SESSION}session.extract(found.candidates, probe)\nprint(time.perf_counter() - began)"
_DOWNLOAD = (
    f"{_SESSION}[session.downloader.download(one) for one in found.candidates]\nprint(time.perf_counter() - began)"
)


def _extraction(folders: list[Path], data: Path, cache: Path, options: dict[str, Any]) -> Callable[[], object]:
    from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
    from hubscore.run.session import Session

    def extract() -> object:
        named = CandidateOptions(models=[str(folder) for folder in folders])
        session = Session(DataOptions(samples=150), named, RunOptions(cache_dir=cache, yes=True, **options))
        session.open()
        return session.extract(session.find_candidates().candidates, session.draw_probe(str(data)))

    return extract


def _bare(folders: list[Path], data: Path) -> None:
    """What one would write by hand: load, transform, run, network by network."""
    import timm
    from timm.data import create_transform, resolve_data_config

    paths = sorted(data.rglob("*.jpg"))
    for folder in folders:
        model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
        transform = create_transform(**resolve_data_config({}, model=model))
        with torch.inference_mode():
            for start in range(0, len(paths), 32):
                images = [transform(Image.open(path).convert("RGB")) for path in paths[start : start + 32]]
                features = model.forward_features(torch.stack(images))
                model.forward_head(features, pre_logits=True), model.forward_head(features)


def _cpu() -> float:
    """Return the CPU seconds of this process and of all that it started, those that ended among them."""
    own = psutil.Process()
    times = [own.cpu_times()]
    for one in own.children(recursive=True):
        try:
            times.append(one.cpu_times())
        except psutil.Error:  # it ended just now
            continue
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Collect what this process and its children have of their own, twice a second."""
    sizes, ended = list[int](), threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            total = 0
            for one in (psutil.Process(), *psutil.Process().children(recursive=True)):
                try:
                    total += one.memory_full_info().uss
                except psutil.Error:
                    continue
            sizes.append(total)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield sizes
    finally:
        ended.set()
        thread.join()


def _tiny_models(root: Path, count: int) -> None:
    """Write checkpoints that differ in a few weights."""
    from hubfixture import save_tiny_timm

    first = save_tiny_timm(root / "tiny/net-0")
    weights = load_file(first / "model.safetensors")
    texts = {path.name: path.read_bytes() for path in first.iterdir() if path.suffix != ".safetensors"}
    generator = torch.Generator().manual_seed(0)
    head = next(name for name, value in weights.items() if value.ndim == 2)
    for number in range(1, count):
        folder = root / f"tiny/net-{number}"
        folder.mkdir()
        for name, text in texts.items():
            (folder / name).write_bytes(text)
        changed = {**weights, head: torch.randn(weights[head].shape, generator=generator)}
        save_file(changed, folder / "model.safetensors", metadata={"format": "pt"})


def _networks(root: Path, count: int) -> list[Path]:
    """Write residual networks of eleven million weights."""
    import timm
    from timm.models import save_for_hf

    for number in range(count):
        torch.manual_seed(number)
        overlay = {"input_size": (3, SIDE, SIDE), "num_classes": 10}
        model = timm.create_model("resnet18", num_classes=10, pretrained_cfg_overlay=overlay)
        save_for_hf(model, root / f"net-{number}", safe_serialization=True)
    return [root / f"net-{number}" for number in range(count)]


def _pictures(folder: Path, side: int, count: int) -> Path:
    random = np.random.default_rng(0)
    for number in range(count):
        pixels = np.kron(random.integers(0, 256, (8, 8, 3)), np.ones((side // 8, side // 8, 1)))
        file = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG")
        path = folder / "train" / "abcd"[number % 4] / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.getvalue())
    return folder


if __name__ == "__main__":
    sys.exit(main())
