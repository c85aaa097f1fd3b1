"""What the registry says about a score agrees with the score itself, and can be read without any arithmetic."""

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from networks import ENTRIES, name

import hubscore.scores
from hubscore.scores.catalog import FAMILIES
from hubscore.scores.info import SCORES

ARITHMETIC = sorted(path for path in Path(hubscore.scores.__file__).parent.glob("*.py") if path.name[0] != "_")
HEAVY = ("numpy", "scipy", "sklearn", "torch", "timm", "transformers", "datasets", "huggingface_hub", "pandas", "PIL")


def computed_by(path):
    """The public functions of a file that take a workspace, or several, and the options of a score by keyword."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_" and len(node.args.args) == 1:
            told = ast.unparse(node.args.args[0].annotation or ast.Constant(None))
            if "Workspace" in told and ast.unparse(node.returns or ast.Constant(None)) in ("float", "list[float]"):
                yield f"hubscore.scores.{path.stem}:{node.name}"


@pytest.mark.parametrize("path", ARITHMETIC, ids=lambda path: path.stem)
def test_what_is_computed_has_an_entry(path):
    registered = {function for entry in ENTRIES for function in (entry.function, entry.terms, entry.values)}
    assert set(computed_by(path)) <= registered, "name it in hubscore/scores/catalog"


def test_the_files_of_the_arithmetic_are_found():
    found = {function for path in ARITHMETIC for function in computed_by(path)}
    assert {"hubscore.scores.logme:logme", "hubscore.scores.knn:knn", "hubscore.scores.parc:parc"} <= found


def test_the_catalog_is_read_without_any_arithmetic():
    code = (
        f"import sys, hubscore.scores.info as info; list(info.SCORES); print([m for m in {HEAVY!r} if m in"
        " sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_catalog_imports_nothing_but_the_entry_type(family):
    module = importlib.import_module(f"hubscore.scores.catalog.{family}")
    tree = ast.parse(inspect.getsource(module))
    assert [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)] == ["hubscore.scores.info"]
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_the_function_takes_the_declared_options_with_the_declared_defaults(info):
    _, *options = inspect.signature(info.load()).parameters.values()
    assert all(option.kind is inspect.Parameter.KEYWORD_ONLY for option in options)
    assert {option.name: option.default for option in options} == dict(info.options)


@pytest.mark.parametrize("info", [info for info in ENTRIES if info.pool], ids=name)
def test_a_pool_score_tells_a_networks_own_terms(info):
    module, _, function = info.terms.partition(":")
    _, *options = inspect.signature(getattr(importlib.import_module(module), function)).parameters
    assert set(options) == set(info.options)


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_texts_are_written_for_a_newcomer(info):
    for text in (info.measures, info.misleads, info.reading):
        assert len(text.split()) >= 2
        assert text.strip().endswith((".", ":", "?"))
        assert "  " not in text
    assert info.title
    assert info.cost
    assert re.search(r"(19|20)\d\d|^none: ", info.paper)


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_bounds_are_numbers_for_any_number_of_classes(info):
    for classes in (2, 10, 1000):
        low, high = info.bounds(classes)
        assert low < high
    assert info.range == f"{info.low} .. {info.high}"


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_a_released_reading_is_an_option_where_it_differs(info):
    differs = bool(info.released) and info.released.split(";")[0] != "the same"
    assert ("reading" in info.options) == differs


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_docstrings_have_the_same_sections_in_the_same_order(info):
    told = inspect.getdoc(info.load())
    sections = ["Args:", "Returns:", "Source:", "Example:"]
    places = [told.find(f"\n{section}") for section in sections]
    assert all(place > 0 for place in places), [
        section for section, place in zip(sections, places, strict=True) if place < 0
    ]
    assert places == sorted(places)
    assert told.split("\n")[0].endswith(".")


@pytest.mark.parametrize("info", ENTRIES, ids=name)
def test_examples_are_there(info):  # tests/test_doctests.py runs them
    assert doctest.DocTestParser().get_examples(inspect.getdoc(info.load()))


def test_near_names_are_offered():
    with pytest.raises(Exception, match="Unknown score 'hscore': did you mean h_score"):
        SCORES.get("hscore")
