"""The libraries that load models and data, unmodified, against the local Hub."""

import io

import numpy as np
import pandas as pd
import pytest
import timm
import torch
from datasets import ClassLabel, Dataset, Features, Image, load_dataset
from hubfixture import add_dataset
from huggingface_hub import HfApi
from PIL import Image as Pictures
from timm.models import push_to_hf_hub
from transformers import AutoImageProcessor, AutoModel, AutoModelForImageClassification


def picture(shade: int) -> bytes:
    file = io.BytesIO()
    Pictures.fromarray(np.full((8, 8, 3), shade, dtype=np.uint8)).save(file, format="PNG")
    return file.getvalue()


def test_timm_loads_by_hub_name(tiny_repos):
    model = timm.create_model(f"hf-hub:{tiny_repos.timm}", pretrained=True, num_classes=0).eval()
    assert model(torch.zeros(1, 3, 32, 32)).shape == (1, model.head_hidden_size)


def test_transformers_loads_classifier_and_processor(tiny_repos):
    model = AutoModelForImageClassification.from_pretrained(tiny_repos.transformers, use_safetensors=True)
    pixels = AutoImageProcessor.from_pretrained(tiny_repos.transformers)(torch.zeros(3, 40, 40), return_tensors="pt")
    assert model(**pixels).logits.shape == (1, 4)


def test_transformers_loads_a_backbone_by_its_sha(tiny_repos):
    sha = HfApi().model_info(tiny_repos.headless).sha
    model, report = AutoModel.from_pretrained(tiny_repos.headless, revision=sha, output_loading_info=True)
    assert not report["missing_keys"]
    assert model(torch.zeros(1, 3, 32, 32)).last_hidden_state.ndim == 4


def test_timm_and_transformers_push(tiny_repos):
    model = timm.create_model("test_resnet", num_classes=3)
    push_to_hf_hub(model, "alice/pushed-timm", token="hf_alice", safe_serialization=True)
    back = timm.create_model("hf-hub:alice/pushed-timm", pretrained=True)
    assert torch.equal(model.get_classifier().weight, back.get_classifier().weight)
    vit = AutoModelForImageClassification.from_pretrained(tiny_repos.transformers)
    vit.push_to_hub("alice/pushed-vit", token="hf_alice")
    assert HfApi().model_info("alice/pushed-vit").safetensors.total == sum(it.numel() for it in vit.parameters())


def test_image_folders_csv_and_parquet_are_read(hub):
    shades = {"dark": 10, "light": 240}
    files = {
        f"{split}/{name}/{number}.png": picture(shade)
        for split in ("train", "test")
        for name, shade in shades.items()
        for number in (0, 1)
    }
    add_dataset(hub.root, "pictures", files)
    found = load_dataset(HfApi().dataset_info("pictures").id)
    assert {split: len(rows) for split, rows in found.items()} == {"train": 4, "test": 4}
    assert found["train"].features["label"].names == ["dark", "light"]
    add_dataset(hub.root, "org/table", {"data.csv": "text,label\na,1\nb,2\n"})
    assert load_dataset("org/table", split="train")["label"] == [1, 2]
    assert pd.read_csv("hf://datasets/org/table/data.csv")["text"].tolist() == ["a", "b"]


def test_data_sets_are_pushed_and_streamed_back(hub):
    features = Features({"image": Image(), "label": ClassLabel(names=["dark", "light"])})
    rows = {"image": [{"bytes": picture(shade), "path": None} for shade in (10, 240, 20)], "label": [0, 1, 0]}
    Dataset.from_dict(rows, features=features).push_to_hub("alice/pushed", split="train", token="hf_alice")
    info = HfApi().dataset_info("alice/pushed", files_metadata=True)
    parquet = next(it for it in info.siblings if it.rfilename.endswith(".parquet"))
    assert parquet.lfs is not None and parquet.size > 100
    back = load_dataset("alice/pushed", split="train")
    assert back["label"] == [0, 1, 0] and back.features["label"].names == ["dark", "light"]
    assert [row["label"] for row in load_dataset("alice/pushed", split="train", streaming=True).take(2)] == [0, 1]
    assert not (hub.root / "datasets" / "alice" / "pushed").exists()


def test_a_folder_is_uploaded_as_a_pull_request(tmp_path, alice):
    for number in range(3):
        (tmp_path / f"{number}.npy").write_bytes(bytes(100 + number))
    alice.create_repo("alice/folder")
    done = alice.upload_folder(
        repo_id="alice/folder", folder_path=tmp_path, create_pr=True, commit_message="Three arrays"
    )
    assert done.pr_num == 1
    assert len(alice.list_repo_files("alice/folder", revision=done.pr_revision)) == 4


def test_transformers_says_what_is_missing():
    with pytest.raises(OSError, match="nobody/nothing"):
        AutoModel.from_pretrained("nobody/nothing")
