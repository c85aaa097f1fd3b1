"""What each dependency weighs, and who imports it: the numbers of docs/dependencies.md.

    python benchmarks/dependencies.py --write docs/dependencies.md

Megabytes are those of the files that this Python has installed; torch's differ by platform, and builds for CUDA bring
gigabytes. What goes with a dependency is itself and what only it brings; nothing goes where another one brings it too.
"""

import argparse
import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
IMPORTED_AS = {"pillow": "PIL", "pyyaml": "yaml", "scikit-learn": "sklearn", "huggingface-hub": "huggingface_hub"}
START, END = "<!-- weights -->\n", "<!-- end of weights -->"


def declared() -> tuple[list[Requirement], list[Requirement]]:
    """Return what pyproject.toml asks for always, and for the Space on this machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    always, extra = project["dependencies"], project["optional-dependencies"]["space"]
    return list(map(Requirement, always)), list(map(Requirement, extra))


@cache
def needs(name: str, extras: frozenset[str] = frozenset()) -> frozenset[tuple[str, frozenset[str]]]:
    """Return what an installed package asks for on this platform."""
    asked = importlib.metadata.requires(name) or []
    found = set()
    for requirement in map(Requirement, asked):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found.add((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return frozenset(found)


def closure(roots: list[Requirement]) -> set[str]:
    """Return the names of all that these bring."""
    waiting = [(canonicalize_name(root.name), frozenset(root.extras)) for root in roots]
    seen = set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += needs(*one)
    return {name for name, _ in seen}


@cache
def megabytes(name: str) -> float:
    """Return the size of an installed package's own files."""
    files = importlib.metadata.files(name) or []
    paths = [Path(str(file.locate())) for file in files]
    return sum(path.stat().st_size for path in paths if path.is_file()) / 1e6


def importers(module: str, folder: str = "hubscore") -> int:
    """Return how many files import a module."""
    return sum(module in imported(path) for path in (ROOT / folder).rglob("*.py"))


@cache
def imported(path: Path) -> frozenset[str]:
    """Return the top names of what a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return frozenset(names)


def at_start() -> set[str]:
    """Return the top names of what `hubscore --help` has loaded when it ends."""
    code = (
        "import sys, hubscore.cli.main as m\ntry: m.main(['--help'])\n"
        "except SystemExit: print(*{n.partition('.')[0] for n in sys.modules}, file=sys.stderr)"
    )
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stderr.split())


def row(one: Requirement, others: list[Requirement], loaded: set[str]) -> tuple[float, str]:
    """Return a line of the table after the size that orders the lines.

    Args:
        one: of what it is the line.
        others: what is installed beside it.
        loaded: names of :func:`at_start`.
    """
    name = canonicalize_name(one.name)
    module = IMPORTED_AS.get(name, name)
    goes = sum(map(megabytes, closure([one]) - closure(others)))
    bringing = ", ".join(f"`{other.name}`" for other in others if name in closure([other])) or "-"
    cells = (
        f"`{one.name}`",
        importlib.metadata.version(name),
        f"{megabytes(name):.1f}",
        f"{goes:.1f}",
        bringing,
        str(importers(module, "space" if name == "gradio" else "hubscore")),
        "yes" if module in loaded else "no",
    )
    return megabytes(name), f"| {' | '.join(cells)} |"


def table() -> str:
    """Return the table, heaviest first, the extra last."""
    always, extra = declared()
    loaded = at_start()
    rows = [row(one, [other for other in always if other is not one], loaded) for one in always]
    lines = [
        "| dependency | version here | MB | MB that go with it | brought anyway by | files | loaded by `--help` |",
        "| --- | --- | ---: | ---: | --- | ---: | --- |",
        *(line for _, line in sorted(rows, key=lambda row: -row[0])),
        *(row(one, always, loaded)[1] for one in extra),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", type=Path, help="document to put the table into")
    options = parser.parse_args()
    made = table()
    print(made, end="")
    if options.write:
        text = options.write.read_text(encoding="utf-8")
        pattern = re.escape(START) + ".*?" + re.escape(END)
        options.write.write_text(re.sub(pattern, lambda _: START + made + END, text, flags=re.DOTALL), "utf-8")


if __name__ == "__main__":
    main()
