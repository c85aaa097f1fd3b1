"""A local Hub for the tests, and the environment that makes every Hugging Face library talk to it.

Importing this module sets the environment, so tests/conftest.py imports it before anything else. Nothing is started
until a test asks for the fixture ``hub``. Under pytest-xdist each worker has a Hub of its own.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

Content = bytes | str | Path
USERS = {
    "users": {
        "local": {"token": "hf_local"},
        "alice": {"token": "hf_alice", "fullname": "Alice", "orgs": {"lab": "write"}},
        "bob": {"token": "hf_bob", "orgs": {"lab": "read"}},
        "reader": {"token": "hf_reader", "role": "read"},
    }
}
REMOVED = (
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "HF_TOKEN_PATH",
    "HF_HUB_OFFLINE",
    "HF_HUB_CACHE",
    "HUGGINGFACE_HUB_CACHE",
    "HF_XET_CACHE",
)
REMOVED += (
    "HF_DATASETS_CACHE",
    "HF_DATASETS_OFFLINE",
    "HF_ASSETS_CACHE",
    "TRANSFORMERS_OFFLINE",
    "TRANSFORMERS_CACHE",
    "HF_INFERENCE_ENDPOINT",
)


def reserve() -> socket.socket:
    """A socket that keeps a free port for us until the Hub starts."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    return held


def prepare_environment(home: Path, port: int) -> None:
    """Point every Hugging Face library at the Hub of this process; they read this when they are imported."""
    for name in REMOVED:
        os.environ.pop(name, None)
    os.environ |= {
        "HF_ENDPOINT": f"http://127.0.0.1:{port}",
        "HF_HOME": str(home / "huggingface"),
        "HUBSCORE_CACHE": str(home / "hubscore"),
        # A worker imports torch anew, which takes seconds; HUBSCORE_ISOLATE=auto runs the tests with workers.
        "HUBSCORE_ISOLATE": os.environ.get("HUBSCORE_ISOLATE") or "never",
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_SYMLINKS_WARNING": "1",
        "DISABLE_SAFETENSORS_CONVERSION": "1",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


class Hasty:
    """The module ``time`` for those who wait for a Hub that fails: the one of the tests needs no rest."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def sleep(seconds: float) -> None:
        time.sleep(min(seconds, 0.01))


WAITING = ("huggingface_hub.utils._http", "huggingface_hub.file_download")
WAITING += ("hubscore.hub.retry", "hubscore.publish.results.commits")
"""Modules that ask a Hub again after a pause: up to 20 seconds where it answers 429 or 500 for good."""

HOME = Path(tempfile.mkdtemp(prefix="hubscore-tests-"))
HELD = reserve()
PORT = HELD.getsockname()[1]
prepare_environment(HOME, PORT)
atexit.register(shutil.rmtree, HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def hub() -> Iterator:
    """The running Hub that HF_ENDPOINT names; add repos below ``hub.root`` with add_model and add_dataset."""
    from hubscore.hub import outage
    from hubscore.localhub import serve

    outage.WAIT_SECONDS = 0.1  # nobody has to be left alone here
    for name in WAITING:
        import_module(name).time = Hasty()
    root = HOME / "root"
    root.mkdir(exist_ok=True)
    HELD.close()
    with serve(root, users=USERS, port=PORT) as running:
        yield running


def write_files(folder: Path, files: Mapping[str, Content]) -> Path:
    """Write files below a folder: bytes, text, or a file or folder to copy."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            (shutil.copytree if content.is_dir() else shutil.copyfile)(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def add_model(root: Path, repo_id: str, files: Mapping[str, Content]) -> Path:
    """Put a model repo into a served folder; it is on the Hub at once."""
    return write_files(root / "models" / repo_id, files)


def add_dataset(root: Path, repo_id: str, files: Mapping[str, Content]) -> Path:
    """Put a data set repo into a served folder; it is on the Hub at once."""
    return write_files(root / "datasets" / repo_id, files)


@dataclass(frozen=True)
class TinyRepos:
    """Ids of the tiny repos on the session's Hub; random weights, fixed seed.

    Args:
        timm: timm test_resnet, 5 classes, 32 px.
        transformers: a ViT for image classification, 4 classes, 32 px.
        headless: a MobileNetV1 without a head, 32 px.
    """

    timm: str = "tiny/resnet"
    transformers: str = "tiny/vit"
    headless: str = "tiny/mobilenet-backbone"


@pytest.fixture(scope="session")
def tiny_repos(hub) -> TinyRepos:
    """Three tiny but real model repos on the session's Hub."""
    ids = TinyRepos()
    save_tiny_timm(hub.root / "models" / ids.timm)
    save_tiny_vit(hub.root / "models" / ids.transformers)
    save_tiny_backbone(hub.root / "models" / ids.headless)
    return ids


def save_tiny_timm(folder: Path, *, classes: int = 5, seed: int = 0) -> Path:
    """Save a timm test_resnet the way timm saves models for the Hub."""
    import timm
    import torch
    from timm.models import save_for_hf

    torch.manual_seed(seed)
    model = timm.create_model(
        "test_resnet", num_classes=classes, pretrained_cfg_overlay={"input_size": (3, 32, 32), "num_classes": classes}
    )
    save_for_hf(model, folder, safe_serialization=True)
    return write_files(
        folder,
        {"README.md": "---\nlibrary_name: timm\nlicense: mit\ntags:\n- image-classification\n---\n# Tiny ResNet\n"},
    )


def save_tiny_vit(folder: Path, *, classes: int = 4, seed: int = 0) -> Path:
    """Save a transformers ViT classifier with its image processor."""
    import torch
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

    torch.manual_seed(seed)
    config = ViTConfig(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        image_size=32,
        patch_size=8,
        num_labels=classes,
    )
    ViTForImageClassification(config).save_pretrained(folder)
    ViTImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return write_files(
        folder, {"README.md": "---\nlicense: apache-2.0\npipeline_tag: image-classification\n---\n# Tiny ViT\n"}
    )


def save_tiny_backbone(folder: Path, *, seed: int = 0) -> Path:
    """Save a transformers MobileNetV1 without a head, with its image processor."""
    import torch
    from transformers import MobileNetV1Config, MobileNetV1ImageProcessor, MobileNetV1Model

    torch.manual_seed(seed)
    MobileNetV1Model(MobileNetV1Config(image_size=32, depth_multiplier=0.25, min_depth=4)).save_pretrained(folder)
    MobileNetV1ImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(folder)
    return write_files(folder, {"README.md": "---\nlicense: apache-2.0\n---\n# Tiny MobileNet backbone\n"})
