"""Every source file has its mirror: `hubscore/ROOM/NAME.py` is tested by `tests/ROOM/test_NAME.py`, `space/NAME.py` by
`tests/space/test_NAME.py`. Whatever is tested elsewhere stands in one list, with where and why.
"""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TESTED_ELSEWHERE = (
    # folder, names, the test or folder that covers them, why they have no mirror
    ("hubscore", "hfextension", "tests/cli/test_install_hf_extension.py", "tested through its only command"),
    (
        "hubscore/attribution/lrp",
        "gated_products rules switched_activations",
        "tests/attribution/lrp/test_epsilon.py",
        "parts of one method, tested whole",
    ),
    ("hubscore/attribution", "task", "tests/attribution/test_candidates.py", "what is done with each candidate there"),
    ("hubscore/bench", "affinity", "tests/bench/test_relations.py", "affinities are judged as relations are"),
    ("hubscore/bench", "tables", "tests/cli/test_bench.py", "what the command prints is asserted there"),
    ("hubscore/candidates", "plan_row", "tests/candidates/test_plan.py", "a record of what plans are made of"),
    ("hubscore/candidates", "from_repo_info", "tests/candidates/test_resolve.py", "turns what was looked up around"),
    ("hubscore/cli", "run_progress", "tests/cli/test_progress.py", "the person's side of the same progress"),
    ("hubscore/cli", "demo", "tests/demo/test_steps.py", "a call of the demo and nothing else"),
    ("hubscore/cli", "seen_again", "tests/publish/results/test_thumbnails.py", "two calls, which are tested there"),
    ("hubscore/cli", "space", "tests/publish/space/test_local.py", "a call of the server and nothing else"),
    ("hubscore/demo", "display plan sources", "tests/demo/test_steps.py", "data and words of the steps"),
    ("hubscore/demo", "__init__", "tests/demo/test_steps.py", "the one call that everything goes through"),
    ("hubscore/extract", "cache_files", "tests/extract/test_cache.py", "the cache's own files"),
    ("hubscore/extract", "engine", "tests/extract/test_worker.py", "chooses who runs a task"),
    ("hubscore/extract", "parked", "tests/extract/test_supervisor.py", "where workers wait for the next pass"),
    ("hubscore/extract", "worker_threads", "tests/extract/test_supervisor.py", "the supervisor's own threads"),
    ("hubscore/extract", "layer_request", "tests/extract/test_layer_task.py", "a record of what is asked there"),
    ("hubscore/extract", "events", "tests/extract/test_extract_all.py", "records of what extraction reports"),
    ("hubscore/extract", "extraction_task", "tests/extract/test_extract_all.py", "runs only with candidates to run"),
    ("hubscore/extract", "scheduler", "tests/extract/test_extract_all.py", "runs only with candidates to run"),
    ("hubscore/finetune", "recipe", "tests/finetune/test_training.py", "records of what training takes and gives"),
    ("hubscore/hub", "client", "tests/candidates/test_search.py", "one constructor, used by every test with a Hub"),
    ("hubscore/layers", "result", "tests/layers/test_select.py", "a record of what the selection found"),
    ("hubscore/layers", "trace", "tests/layers/test_split_points.py", "what split points are found with"),
    (
        "hubscore/localhub",
        "app calls cards changes hub jobs merging metadata records refusals revisions routes_site routing scan"
        " store threads",
        "tests/localhub",
        "tested from outside, with the real client over HTTP, route by route",
    ),
    ("hubscore/numerics", "discriminant", "tests/scores/test_fda.py", "the arithmetic of fda and sfda"),
    (
        "hubscore/publish/cards",
        "pr_text targets verify yaml_lines",
        "tests/publish/cards/test_send.py",
        "parts of sending one card",
    ),
    ("hubscore/publish/results", "private_models", "tests/publish/results/test_publish.py", "needs a run to hide in"),
    ("hubscore/publish/results", "commits", "tests/publish/results/test_publish.py", "every publication goes through"),
    ("hubscore/publish/retract", "publishers removal", "tests/publish/retract/test_results.py", "parts of one step"),
    ("hubscore/publish/space", "folder", "tests/publish/space/test_local.py", "the files that the server runs"),
    ("hubscore/ranking", "compute record", "tests/ranking/test_build.py", "steps of building one ranking"),
    ("hubscore/recommend", "__init__", "tests/recommend/test_recommend.py", "the package is the function"),
    (
        "hubscore/report",
        "layers_files layers_picture layers_terminal",
        "tests/cli/test_layers.py",
        "every form of the result is written there",
    ),
    ("hubscore/report", "html_sections html_table", "tests/report/test_html.py", "parts of one page"),
    ("hubscore/report", "html_figure", "tests/report/test_map_files.py", "seen in the pages that hold pictures"),
    (
        "hubscore/report",
        "map_html map_pictures",
        "tests/report/test_map_files.py",
        "every form of the map is written there",
    ),
    ("hubscore/report", "tasks_picture", "tests/report/test_tasks_files.py", "every form of them is written there"),
    ("hubscore/report", "label_placement", "tests/report/test_map_files.py", "seen in the pictures that use it"),
    ("hubscore/ranking", "row_context", "tests/ranking/test_rows.py", "a record of what rows are made of"),
    ("hubscore/results", "contents", "tests/publish/results/test_changes.py", "what is read there was written before"),
    ("hubscore/results", "record", "tests/publish/results/test_publish.py", "needs a published run to look for"),
    (
        "hubscore/scores",
        "capacity heuristic popularity random_order size",
        "tests/scores/test_baselines.py",
        "baselines: one line of arithmetic each",
    ),
    ("hubscore/scores/catalog", "__init__", "tests/properties/test_catalog.py", "entries are tested as data"),
    (
        "hubscore/similarity",
        "__init__ api canonical_correlation depara_edges depara_nodes info pair_vectors pairwise validation",
        "tests/similarity/test_registry.py",
        "one test over every comparison",
    ),
    (
        "space",
        "app events forms markup notices page plot schema serving",
        "tests/space/test_views.py",
        "the pages show what they make",
    ),
    (
        "space/views",
        "add agreement compare datasets method modelmap ranking recommend size summary",
        "tests/space/test_views.py",
        "every view is opened there",
    ),
)
LISTED = [f"{folder}/{name}.py" for folder, names, _, _ in TESTED_ELSEWHERE for name in names.split()]


def defines_something(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) for node in tree.body)


def mirror(path):
    """Where the test of a source file belongs."""
    inside = path.relative_to(ROOT / path.relative_to(ROOT).parts[0])
    folder = ROOT / "tests" / ("space" if path.is_relative_to(ROOT / "space") else "") / inside.parent
    return folder / ("test_init.py" if path.name == "__init__.py" else f"test_{path.name}")


@cache
def without_mirror():
    """Files that define something and have no test of their own, as paths from the root."""
    sources = (path for folder in ("hubscore", "space") for path in sorted((ROOT / folder).rglob("*.py")))
    return [
        path.relative_to(ROOT).as_posix()
        for path in sources
        if path.name != "__main__.py" and not mirror(path).exists() and defines_something(path)
    ]


def test_a_file_without_mirror_is_in_the_list():
    missing = [str(mirror(ROOT / path).relative_to(ROOT)) for path in without_mirror() if path not in LISTED]
    assert not missing, "write these"


def test_the_list_is_not_older_than_the_files():
    assert without_mirror()
    assert not set(LISTED) - set(without_mirror()), "these have their mirror, or are gone: take them out"
    assert not [path for path, count in Counter(LISTED).items() if count > 1], "these are listed twice"


@pytest.mark.parametrize(("folder", "names", "test", "reason"), TESTED_ELSEWHERE)
def test_what_is_listed_is_covered_by_a_test_that_exists(folder, names, test, reason):
    assert (ROOT / test).exists() and reason
