"""The notebook runs as it stands, in a kernel of its own, against checkpoints of the local Hub with the names in it."""

import io
import json
import os
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hubfixture import save_tiny_timm, save_tiny_vit
from nbclient import NotebookClient
from PIL import Image

NOTEBOOK = Path(__file__).parents[2] / "examples" / "rank_your_photos.ipynb"
NAMES = ("timm/resnet18.a1_in1k", "timm/mobilenetv3_small_100.lamb_in1k", "facebook/deit-tiny-patch16-224")


@pytest.fixture
def checkpoints(hub):
    """Small networks under the names of the notebook, for as long as the test takes."""
    folders = [hub.root / "models" / name for name in NAMES]
    for seed, folder in enumerate(folders):
        (save_tiny_vit if "deit" in folder.name else save_tiny_timm)(folder, seed=seed)
    yield NAMES
    for folder in folders:
        shutil.rmtree(folder)


@pytest.fixture
def photos(tmp_path):
    for label, name in enumerate(("kitten", "puppy")):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(12):
            pixels = np.random.default_rng([label, number]).integers(0, 120, (32, 32, 3)) + 100 * label
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "photos" / name / f"{number}.jpg")
    return tmp_path


@pytest.fixture
def kernel(warm_python, tmp_path, monkeypatch):
    """A kernel that need not import what takes seconds."""
    folder = tmp_path / "jupyter" / "kernels" / "warm"
    folder.mkdir(parents=True)
    words = [warm_python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": words, "display_name": "warm", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return "warm"


def text(cell):
    """What a cell printed, and its value as text."""
    said = [one.get("text") or one.get("data", {}).get("text/plain", "") for one in cell.outputs]
    return "".join(said)


def test_the_notebook_runs(checkpoints, photos, kernel):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(photos)}}
    NotebookClient(notebook, timeout=120, kernel_name=kernel, resources=resources).execute()
    cells = {cell.id: cell for cell in notebook.cells}
    table = cells["rank"].outputs[-1].data["text/html"]
    assert all(name in table for name in checkpoints)
    assert "image/png" in cells["plot"].outputs[-1].data
    assert "expected" in text(cells["shortlist"]) and "left out" not in text(cells["shortlist"])
    assert -1 <= float(text(cells["size"])) <= 1
    assert {"ranking.html", "ranking.json"} <= set(os.listdir(photos))


def test_the_notebook_is_checked_in_without_what_a_run_leaves():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is None and cell.outputs == []
    written = io.StringIO()
    nbformat.write(notebook, written)
    assert NOTEBOOK.read_text(encoding="utf-8") == written.getvalue().rstrip("\n") + "\n"
