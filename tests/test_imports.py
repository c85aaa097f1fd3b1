"""Imports run one way: what a room may import, of hubscore and of heavy packages; add a room when it is settled."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import hubscore.errors

PACKAGE = Path(hubscore.errors.__file__).parent
BASE = {"errors", "registry", "types", "text"}
MAY_IMPORT = {
    "numerics": BASE - {"registry"},
    "similarity": BASE | {"numerics"},
    "scores": BASE | {"numerics", "similarity"},
    "ranking": BASE | {"numerics", "similarity", "scores"},
}
"""By room: the other rooms and files of hubscore that it may import, inside functions too."""
LIBRARIES = {"numpy", "scipy", "sklearn", "threadpoolctl"}
"""What these rooms may import beside the standard library."""


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports when it runs; what only a type checker reads does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) not in typing_only and isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if id(node) not in typing_only and isinstance(node, ast.ImportFrom) and node.module:
            yield from [node.module] if node.module != "hubscore" else [f"hubscore.{name.name}" for name in node.names]


def imported(room: str) -> set[str]:
    return {name for path in (PACKAGE / room).rglob("*.py") for name in imports(path)}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_stands_below_it(room):
    others = {name.split(".")[1] for name in imported(room) if name.startswith("hubscore.")}
    assert others - {room} <= MAY_IMPORT[room]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_that_compute_know_neither_networks_nor_the_hub(room):
    import sys

    roots = {name.split(".")[0] for name in imported(room)} - {"hubscore"}
    assert roots - set(sys.stdlib_module_names) <= LIBRARIES


def test_imports_are_found_wherever_they_stand(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "import os.path\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n"
        "def late():\n    from hubscore.run import rank\n    from hubscore import extract\n"
    )
    assert list(imports(path)) == ["os.path", "typing", "hubscore.run", "hubscore.extract"]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_files_of_a_room_do_not_import_each_other_in_a_circle(room):
    files = {f"hubscore.{room}.{path.stem}": path for path in (PACKAGE / room).glob("*.py") if path.stem != "__init__"}
    edges = {name: {other for other in imports(path) if other in files} for name, path in files.items()}
    # Registries load their catalogs, which are made of entries, on the first look-up.
    for name in ("scores.info", "similarity.info"):
        edges.get(f"hubscore.{name}", set()).difference_update(
            {"hubscore.scores.comparison", "hubscore.similarity.catalog"}
        )
    while leaves := {name for name, others in edges.items() if not others}:
        edges = {name: others - leaves for name, others in edges.items() if name not in leaves}
    assert not edges, f"circle among {sorted(edges)}"
