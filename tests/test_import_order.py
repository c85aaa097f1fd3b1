"""Imports run one way: a room may import what stands before it in the order, and nothing that stands behind it."""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

import hubscore

ROOT = Path(hubscore.__file__).parent

ORDER = (
    ("errors", "install", "text"),
    ("atomic", "column_table", "registry"),
    ("types",),
    ("numerics",),
    ("similarity",),
    ("scores",),
    ("calibration",),
    ("ranking",),
    ("hub",),
    ("results",),
    ("modalities",),
    ("models",),
    ("candidates",),
    ("probe",),
    ("extract", "finetune"),
    ("attribution",),
    ("recommend",),
    ("run",),
    ("bench",),
    ("layers", "modelmap"),
    ("report",),
    ("watch",),
    ("publish",),
    ("localhub",),
    ("demo",),
    ("hfextension",),
    ("cli",),
)

EXCEPTIONS = {
    ("types", "report"): "a ranking saves and shows itself: the writers are imported when it does",
    ("types", "results"): "a ranking loads itself: the reader is imported when it does",
    ("modalities", "models"): "an image processor is read from a checkpoint's files and refused as its loaders refuse",
    ("probe", "run"): "the options are declared once, with the run that shares them, and drawing rows takes them",
}

PURE = ("errors", "install", "text", "registry", "types")
HEAVY = ("torch", "torchvision", "timm", "transformers", "datasets", "huggingface_hub", "gradio", "starlette")


LIBRARIES = {"numpy", "scipy", "sklearn", "threadpoolctl"}
"""What the rooms of numbers may import beside the standard library."""

NUMERIC = ("numerics", "similarity", "scores", "calibration", "ranking")

LATE = {"hubscore.scores.comparison", "hubscore.similarity.catalog"}
"""Catalogs of entries, which the registries beside them load on the first look-up."""


def level(room):
    return next(place for place, rooms in enumerate(ORDER) if room in rooms)


def room_of(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def sources():
    return [path for path in sorted(ROOT.rglob("*.py")) if room_of(path) not in ("__init__", "__main__")]


def imported(tree):
    """Yield every module that a file imports, inside functions too; imports for the type checker alone do not count."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        yield from imported(node)


@cache
def imported_by(path):
    """What a file of the package imports; every test here goes through all of them."""
    return tuple(imported(ast.parse(path.read_text(encoding="utf-8"))))


def imports():
    """Every import between rooms: room, imported room, place."""
    for path in sources():
        for module in imported_by(path):
            first, _, rest = module.partition(".")
            if first == "hubscore" and rest:
                yield room_of(path), rest.partition(".")[0], str(path.relative_to(ROOT.parent))


def test_every_room_has_a_place():
    rooms = {room_of(path) for path in sources()}
    assert rooms == {room for rooms in ORDER for room in rooms}


def test_imports_run_one_way():
    against = {
        f"{place}: {room} imports {other}"
        for room, other, place in imports()
        if room != other and level(other) >= level(room) and (room, other) not in EXCEPTIONS
    }
    assert not against


def test_every_exception_is_still_needed():
    assert {(room, other) for room, other, _ in imports()} >= set(EXCEPTIONS)


@pytest.mark.parametrize("room", PURE)
def test_what_is_pure_knows_neither_networks_nor_the_hub(room):
    used = {
        (str(path.relative_to(ROOT.parent)), module)
        for path in sources()
        if room_of(path) == room
        for module in imported_by(path)
        if module.partition(".")[0] in HEAVY
    }
    assert not used


@pytest.mark.parametrize("room", NUMERIC)
def test_rooms_of_numbers_use_few_libraries(room):
    used = {module.partition(".")[0] for path in sources() if room_of(path) == room for module in imported_by(path)}
    assert used - set(sys.stdlib_module_names) - {"hubscore"} <= LIBRARIES


@pytest.mark.parametrize("room", NUMERIC)
def test_files_of_a_room_do_not_import_each_other_in_a_circle(room):
    files = {f"hubscore.{room}.{path.stem}": path for path in (ROOT / room).glob("*.py") if path.stem != "__init__"}
    edges = {name: {module for module in imported_by(path) if module in files} - LATE for name, path in files.items()}
    while leaves := {name for name, others in edges.items() if not others}:
        edges = {name: others - leaves for name, others in edges.items() if name not in leaves}
    assert not edges, f"circle among {sorted(edges)}"


def test_imports_are_found_wherever_they_stand():
    tree = ast.parse(
        "import os.path\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n"
        "def late():\n    from hubscore.run import rank\n"
    )
    assert list(imported(tree)) == ["os.path", "typing", "hubscore.run"]
