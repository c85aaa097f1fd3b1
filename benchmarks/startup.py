"""What a process of hubscore takes before it does anything: `--help` beside an empty Python, or CPU seconds of each.

    python benchmarks/startup.py                                  # wall seconds; the goal is under 0.5 s each
    python benchmarks/startup.py --processes                      # CPU seconds (user + system), a minute or two of them
    python benchmarks/startup.py --processes --against CHECKOUT   # beside those of another checkout

Prints a table on stderr and JSON on stdout; medians of alternated runs. CPU seconds bear it that the machine has other
work, though not wholly: compare within one run alone.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

ROUNDS = 9
ROOT = Path(__file__).resolve().parents[1]
PROGRAM = shutil.which("hubscore", path=str(Path(sys.executable).parent)) or "hubscore"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "hubscore --help": [PROGRAM, "--help"],
    "hubscore scores": [PROGRAM, "scores"],
    "hubscore scores logme": [PROGRAM, "scores", "logme"],
}
DATA, MODELS = "local/pictures", ("tiny/resnet", "tiny/vit")
WORKER = """
import resource, sys
from hubscore.extract.parked import end_parked_workers
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.session import Session
data, model, cache = sys.argv[1:]
run = RunOptions(cache_dir=cache, isolate="always", device="cpu", yes=True)
session = Session(DataOptions(samples=8), CandidateOptions(models=[model]), run)
session.open()
probe = session.draw_probe(data)
assert session.extract(session.find_candidates().candidates, probe).extractions
end_parked_workers()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
"""


def seconds(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, capture_output=True, check=True)
    return time.perf_counter() - began


def commands() -> dict[str, float]:
    """Time commands that need nothing, by the clock."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, words in COMMANDS.items():
            taken[name].append(seconds(words))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        print(
            f"{name:24} {median:6.3f} s  {median / medians['python -c pass']:5.1f} x an empty Python", file=sys.stderr
        )
    return medians


def free_port() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return str(held.getsockname()[1])


class Processes:
    """Processes of one checkout, over tiny checkpoints of a local Hub; each returns its CPU seconds.

    Args:
        checkout: whose package runs.
        url: of the Hub.
        folder: for caches.
    """

    def __init__(self, checkout: Path, url: str, folder: Path) -> None:
        self.folder, self._count = folder, 0
        folder.mkdir()
        given = {name: value for name, value in os.environ.items() if name != "HUBSCORE_ISOLATE"}
        given.pop("PYTHONDONTWRITEBYTECODE", None)  # every process would compile the package
        self.environment = given | {
            **{
                "PYTHONPATH": str(checkout),
                "HF_ENDPOINT": url,
                "HF_HOME": str(folder / "home"),
                "HF_TOKEN": "hf_local",
            },
            **{"HUBSCORE_CACHE": str(folder / "cache"), "HF_HUB_DISABLE_XET": "1", "OMP_NUM_THREADS": "1"},
        }
        self.rank = ["rank", DATA, "--models", *MODELS, "--samples", "40", "--yes", "--device", "cpu"]
        self.saved = str(folder / "ranking.json")

    def warm(self) -> None:
        """Fill the caches."""
        for words in ([*self.rank, "--out", self.saved], [*self.rank, "--scores", "logme,knn"]):
            self.hubscore(*words)

    def hubscore(self, *words: str) -> float:
        """Run a command to its end."""
        return self._python("-m", "hubscore", *words)

    def worker(self, data: str, model: str) -> float:
        """Have a new worker run one checkpoint, and return what the worker alone took."""
        self._count += 1
        words = [sys.executable, "-c", WORKER, data, model, str(self.folder / f"cache-{self._count}")]
        told = subprocess.run(
            words, env=self.environment, cwd=self.folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return float(told.stdout)

    def localhub(self) -> float:
        """Run a local Hub until it says where it is."""
        (root := self.folder / "empty/models").mkdir(parents=True, exist_ok=True)
        words = ["-m", "hubscore", "localhub", str(root.parent), "--port", free_port()]
        process = self._started(*words, stderr=subprocess.PIPE)
        assert process.stderr is not None
        while b"Address" not in (line := process.stderr.readline()):
            assert line, "the local Hub does not start"
        return self._ended(process, signal.SIGINT)

    def space(self) -> float:
        """Run the Space until it has answered once."""
        port = free_port()
        words = ["-m", "hubscore", "space", "--results", self.saved, "--port", port]
        process = self._started(*words, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            with suppress(OSError):
                urlopen(f"http://127.0.0.1:{port}/leaderboard.csv").read()
                return self._ended(process, signal.SIGTERM)
            time.sleep(0.2)
        raise RuntimeError("the Space does not start")

    def launched(self) -> float:
        """Have accelerate launch two processes that print the version."""
        words = "-m accelerate.commands.launch --cpu --num_processes 2 --num_machines 1 --mixed_precision no"
        return self._python(
            *words.split(), "--dynamo_backend", "no", "--main_process_port", "0", *"-m hubscore --version".split()
        )

    def _python(self, *words: str) -> float:
        return self._ended(self._started(*words, stderr=subprocess.DEVNULL))

    def _started(self, *words: str, stderr: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *words], env=self.environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=stderr
        )

    def _ended(self, process: subprocess.Popen[bytes], by: signal.Signals | None = None) -> float:
        if by is not None:
            process.send_signal(by)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert by is not None or process.returncode == 0, process.args
        return used.ru_utime + used.ru_stime


def kinds(text: str, texts: str) -> dict[str, Callable[[Processes], float]]:
    """Return every kind of process."""
    named = ("--models", *MODELS)
    return {
        "hubscore --help": lambda one: one.hubscore("--help"),
        "hubscore plan": lambda one: one.hubscore("plan", DATA, *named, "--device", "cpu"),
        "hubscore rank, all stored": lambda one: one.hubscore(*one.rank),
        "the same, --scores logme,knn": lambda one: one.hubscore(*one.rank, "--scores", "logme,knn"),
        "hubscore publish, preview": lambda one: one.hubscore("publish", one.saved, "--to", "cards"),
        "hubscore localhub, serving": lambda one: one.localhub(),
        "hubscore space, serving": lambda one: one.space(),
        "accelerate launch, two processes": lambda one: one.launched(),
        "a worker, timm": lambda one: one.worker(DATA, MODELS[0]),
        "a worker, transformers, images": lambda one: one.worker(DATA, MODELS[1]),
        "a worker, transformers, texts": lambda one: one.worker(texts, text),
    }


def processes(against: Path | None, rounds: int, only: Sequence[str]) -> dict[str, dict[str, float]]:
    """Measure every kind of process, of this checkout and of another in turn."""
    sys.path.insert(0, str(ROOT / "tests"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text, texts = prepared(folder)
        from hubscore.localhub import serve

        with serve(folder / "hub") as hub:
            checkouts = {"before": against, "now": ROOT}
            runs = {
                name: Processes(place, hub.url, folder / name) for name, place in checkouts.items() if place is not None
            }
            wanted = {kind: run for kind, run in kinds(text, texts).items() if any(one in kind for one in only)}
            taken = {kind: {name: list[float]() for name in runs} for kind in wanted}
            for one in runs.values():
                one.warm()
            for _ in range(rounds):
                for kind, run in wanted.items():
                    for name, one in runs.items():
                        taken[kind][name].append(run(one))
                    print(f"{kind}: {taken[kind]}", file=sys.stderr)
    medians = {kind: {name: statistics.median(times) for name, times in each.items()} for kind, each in taken.items()}
    print(f"{'CPU seconds':34}" + "".join(f"{name:>8}" for name in runs), file=sys.stderr)
    for kind, each in medians.items():
        print(f"{kind:34}" + "".join(f"{value:8.2f}" for value in each.values()), file=sys.stderr)
    return medians


def prepared(folder: Path) -> tuple[str, str]:
    """Write checkpoints and pictures for a local Hub, a network over text and some texts; return the last two."""
    import transformers
    from hubfixture import save_tiny_timm, save_tiny_vit
    from models.texts import SHAPE, save_text_network
    from PIL import Image

    save_tiny_timm(folder / "hub/models" / MODELS[0])
    save_tiny_vit(folder / "hub/models" / MODELS[1])
    for number in range(60):
        path = folder / "hub/datasets" / DATA / "train" / "abcd"[number % 4] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (32, 32), (number * 4, 64 * (number % 4), number % 7 * 30)).save(path)
    texts = folder / "texts.csv"
    rows = [f"a {'good' if number % 2 else 'bad'} film number {number},{number % 2}" for number in range(40)]
    texts.write_text("\n".join(["text,label", *rows]))
    return str(save_text_network(folder / "bert", transformers.BertModel, **SHAPE)), str(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", action="store_true", help="CPU seconds of every kind of process")
    parser.add_argument("--against", type=Path, help="another checkout, measured in turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[""], help="kinds with one of these in their name")
    asked = parser.parse_args()
    told = processes(asked.against, asked.rounds, asked.only) if asked.processes else commands()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
