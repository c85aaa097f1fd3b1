"""One damaged repo is that repo's problem: the others are found, and it is answered itself, in bounded time."""

import os
import random

import pytest
from damagedrepos import ALIAS_BOMB, damaged_files
from hubfixture import add_model, write_files
from huggingface_hub import HfApi
from huggingface_hub.utils import httpx

from hubscore.localhub import serve

GOOD = {
    "README.md": "---\nlicense: mit\n---\n",
    "config.json": '{"model_type": "vit", "architectures": ["ViTForImageClassification"]}',
}
EVERYTHING = "safetensors cardData config evalResults transformersInfo model-index baseModels tags createdAt".split()


@pytest.fixture(scope="module")
def ward(tmp_path_factory):
    """A Hub with one good repo."""
    root = tmp_path_factory.mktemp("ward") / "root"
    add_model(root, "good/one", GOOD)
    with serve(root) as hub:
        yield hub


@pytest.mark.parametrize(
    "files",
    [
        {"config.json": '{"model_type": "vit", "scale": NaN}'},
        {"config.json": '{"model_type": "vit", "scale": 1e400}'},
        {"config.json": "[" * 100_000},
        {"config.json": '{"architecture": "x", "pretrained_cfg": "y"}'},
        {"config.json": '{"model_type": "\\ud800"}'},
        {"model.safetensors.index.json": '{"weight_map": {"a": NaN}}', "a.safetensors": "x"},
        {"model.safetensors.index.json": '{"weight_map": [1]}', "a.safetensors": "x"},
        {"model.safetensors": b"\x40\x9c\0\0\0\0\0\0" + b"[" * 40_000},
        {"README.md": "---\n" + "[" * 3000 + "\n---\n"},
        {"README.md": f"---\n{ALIAS_BOMB}---\n"},
        {"README.md": "---\nlicense: .nan\nself: 1\npipeline_tag: [1]\ndatasets: 5\nlibrary_name: {a: b}\n---\n"},
        {".hub.json": '{"downloads": NaN, "createdAt": "yesterday"}', "x.txt": ""},
        {".hub.json": '{"createdAt": "yesterday", "likes": "many"}', "x.txt": ""},
        {".eval_results/a.yaml": "- {dataset: {id: 5}}", "x.txt": ""},
    ],
    ids=lambda files: next(iter(files)) + str(len(str(files))),
)
def test_the_others_are_found_and_the_repo_itself_is_answered(ward, files, request):
    name = f"bad/r{abs(hash(request.node.name)) % 10**9}"
    add_model(ward.root, name, files)
    api = HfApi(endpoint=ward.url)
    for asked in ({}, {"full": True}, {"cardData": True, "fetch_config": True}, {"expand": EVERYTHING}):
        assert {"good/one", name} <= {one.id for one in api.list_models(**asked)}
    for asked in ({"pipeline_tag": "image-classification"}, {"filter": "license:mit"}, {"sort": "created_at"}):
        assert "good/one" in {one.id for one in api.list_models(**asked)}
    list(api.list_models(trained_dataset="x"))
    assert api.model_info(name, files_metadata=True).id == name


def test_fuzzed_repos_of_every_kind(ward):
    for number in range(25):
        for kind in ("models", "datasets", "spaces"):
            write_files(ward.root / kind / f"fuzzed/r{number}", damaged_files(random.Random(number)))
    api = HfApi(endpoint=ward.url)
    assert "good/one" in {one.id for one in api.list_models(expand=EVERYTHING)}
    assert len(list(api.list_models(author="fuzzed", full=True))) == 25
    assert len(list(api.list_datasets(author="fuzzed", full=True))) == 25
    assert len(list(api.list_spaces(author="fuzzed", full=True))) == 25
    for number in range(25):
        assert api.model_info(f"fuzzed/r{number}", files_metadata=True).siblings
    assert not os.path.exists("executed")


def test_links_that_multiply_and_folders_without_end_are_bounded(ward):
    root = ward.root / "models" / "bad" / "links"
    for level in range(40):
        (root / f"d{level}").mkdir(parents=True)
        for name in "xy":
            (root / f"d{level}" / name).symlink_to(root / f"d{level + 1}")
    deep = ward.root / "models" / "bad" / "deep" / "/".join("d" * 300)
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    add_model(ward.root, "bad/deep", {"config.json": "{}"})
    try:
        found = {it["id"] for it in httpx.get(f"{ward.url}/api/models?full=1", timeout=60).json()}
        assert {"good/one", "bad/deep"} <= found and "bad/links" not in found
        assert httpx.get(f"{ward.url}/api/models/bad/links", timeout=60).status_code == 422
    finally:
        for path in root.rglob("*"):
            path.unlink() if path.is_symlink() else None


def test_bodies_of_requests_are_read_with_the_same_care(ward):
    for body in (b"[" * 100_000, b'{"content": "\\ud800"}', b'{"content": NaN}'):
        headers = {"Content-Type": "application/json"}
        answer = httpx.post(f"{ward.url}/api/validate-yaml", content=body, headers=headers)
        assert answer.status_code == 400
    answer = httpx.post(f"{ward.url}/api/validate-yaml", json={"content": "---\n" + "[" * 3000 + "\n---\n"})
    assert answer.status_code == 400 and "not YAML" in answer.json()["errors"][0]["message"]


def test_a_host_that_is_somebody_elses_is_refused(ward):
    for host, status in (("evil.example", 421), (f"evil.example:{ward.port}", 421), (f"localhost:{ward.port}", 200)):
        assert httpx.get(f"{ward.url}/api/models/good/one", headers={"Host": host}).status_code == status
