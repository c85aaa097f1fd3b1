"""A modality of another package, found through its entry point: rows of numbers, ranked from Python and the command
line.
"""

import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import save_file

PACKAGE = Path(__file__).parents[2] / "examples" / "hubscore-modality"
WIDTH, CLASSES = 6, 3


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder that Python imports the example package from, with the entry points that installing it would write."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(PACKAGE / "src" / "hubscore_numbers", folder / "hubscore_numbers")
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    about = folder / f"hubscore_numbers-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    points = "\n".join(f"{name} = {target}" for name, target in project["entry-points"]["hubscore.modalities"].items())
    (about / "entry_points.txt").write_text(f"[hubscore.modalities]\n{points}\n")
    return folder


def rows(count=90, seed=0):
    """Numbers whose class is told by three directions, and the classes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    return rng.normal(size=(count, WIDTH)) + 3 * np.eye(CLASSES, WIDTH)[labels], labels


def table(path, extra=None):
    numbers, labels = rows()
    columns = {
        "measured": pa.array(numbers.tolist(), pa.list_(pa.float64())),
        "kind": [f"k{label}" for label in labels],
    }
    pq.write_table(pa.table(columns | (extra or {})), path)
    return path


def perceptron(folder, hidden, seed):
    """Write a checkpoint; one whose hidden units are the inputs knows the classes best."""
    generator = torch.Generator().manual_seed(seed)
    widths = [WIDTH, hidden, CLASSES]
    first = torch.eye(WIDTH) if hidden == WIDTH else torch.randn(hidden, WIDTH, generator=generator)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"model_type": "numbers_perceptron", "widths": widths}))
    weights = {
        "body.0.weight": first,
        "body.0.bias": torch.zeros(hidden),
        "head.weight": torch.randn(CLASSES, hidden, generator=generator),
        "head.bias": torch.zeros(CLASSES),
    }
    save_file(weights, folder / "model.safetensors")
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return table(tmp_path_factory.mktemp("data") / "train.parquet")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    perceptron(folder / "whole", WIDTH, 0)
    perceptron(folder / "narrow", 1, 1)
    return folder


@pytest.fixture(scope="module")
def python(site, warm_python):
    """Run Python with the package on its path; return what it wrote."""
    environment = os.environ | {"PYTHONPATH": str(site), "COLUMNS": "200"}

    def run(*words, code=0):
        ran = subprocess.run([warm_python, *words], env=environment, capture_output=True, text=True, timeout=280)
        assert ran.returncode == code, ran.stderr
        return ran.stdout if code == 0 else ran.stderr

    return run


def test_the_probe_is_read_by_the_modality_that_claims_its_column(python, data):
    code = f"""
from hubscore.probe.load import load_probe
probe = load_probe({str(data)!r}, samples=12)
print(probe.modality, probe.input_column, probe.label_column, len(probe.row_ids), len(set(probe.row_ids)))
print(probe.items[0].tolist() == {rows()[0].tolist()!r}[probe.indices[0]], probe.classes, len(probe.fingerprint))
"""
    assert python("-c", code).splitlines() == ["numbers measured kind 12 12", "True ('k0', 'k1', 'k2') 64"]


def test_rows_that_are_no_items_are_replaced_and_named(python, tmp_path):
    numbers, labels = rows(30)
    listed = numbers.tolist()
    listed[4], listed[9] = None, [float("nan")] * WIDTH
    path = tmp_path / "train.parquet"
    pq.write_table(pa.table({"x": pa.array(listed, pa.list_(pa.float64())), "label": labels}), path)
    code = f"""
from hubscore.probe.load import load_probe
probe = load_probe({str(path)!r}, samples=30)
print(len(probe), sorted((item["row"], item["reason"]) for item in probe.dropped))
"""
    expected = "28 [(4, 'no row of numbers in this row'), (9, 'not a list of finite numbers')]"
    assert python("-c", code).strip() == expected


def test_a_data_set_of_two_modalities_asks_which_is_meant(python, models, tmp_path):
    path = table(tmp_path / "train.parquet", {"photo": pa.array([b"x"] * 90)})
    told = python("-m", "hubscore", "rank", str(path), "--models", str(models), code=2)
    assert "could be of several modalities" in told and "--modality image" in told
    code = f"""
from hubscore.probe.load import load_probe
print(load_probe({str(path)!r}, samples=12, modality="numbers").input_column)
"""
    assert python("-c", code).strip() == "measured"


def test_ranking_in_python(python, data, models, tmp_path):
    out = tmp_path / "ranking.json"
    code = f"""
import hubscore
ranking = hubscore.rank(
    {str(data)!r}, models=[{str(models)!r}], samples=60, subsamples=3, cache_dir={str(tmp_path)!r}, device="cpu"
)
ranking.save({str(out)!r})
again = hubscore.Ranking.load({str(out)!r})
print(again.probe.modality, again.probe.input_column, again.best.library, len(again), again.skipped)
print(again.best.model.rpartition("/")[2])
"""
    assert python("-c", code).splitlines() == ["numbers measured numbers 2 ()", "whole"]
    saved = json.loads(out.read_text())
    assert saved["probe"]["modality"] == "numbers" and saved["probe"]["image_column"] == "measured"
    assert saved["rows"][0]["scores"]["knn"] > saved["rows"][1]["scores"]["knn"] > 0.3
    assert saved["record"]["forward_images"] == 120


def test_ranking_on_the_command_line_from_the_cache_skips_a_network_over_images(python, data, models, tmp_path):
    other = tmp_path / "vision"
    other.mkdir()
    (other / "config.json").write_text('{"architecture": "resnet18"}')
    save_file({"x": torch.zeros(1)}, other / "model.safetensors")
    out, cache = tmp_path / "ranking.json", tmp_path / "cache"
    words = ["-m", "hubscore", "rank", str(data), "--models", str(models), "--models", str(other)]
    words += ["--out", str(out), "--cache-dir", str(cache), "--scores", "logme,knn", "--subsamples", "0"]
    words += ["--device", "cpu", "--format", "json"]
    shown = json.loads(python(*words))
    first = json.loads(out.read_text())
    assert first["rows"] == shown and len(shown) == 2
    (skipped,) = first["skipped"]
    assert skipped["reason"] == "cannot be ranked: it takes images, and the data set holds rows of numbers"
    python(*words, "--modality", "numbers")
    saved = json.loads(out.read_text())
    assert saved["record"]["forward_images"] == 0 and saved["probe"]["modality"] == "numbers"


def test_the_plan_reckons_with_its_networks(python, data, models):
    words = ["-m", "hubscore", "plan", str(data), "--models", str(models), "--format", "json"]
    first = json.loads(python(*words))["rows"][0]
    assert first["library"] == "numbers" and first["seconds"] > 0
