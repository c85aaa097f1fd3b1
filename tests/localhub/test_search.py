import json
from datetime import datetime

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi
from huggingface_hub.errors import BadRequestError
from huggingface_hub.utils import paginate


def safetensors(**shapes: int) -> bytes:
    header = {
        name: {"dtype": "F32", "shape": [count], "data_offsets": [0, 4 * count]} for name, count in shapes.items()
    }
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(4 * max(shapes.values()))


def ids(**query) -> list[str]:
    return [it.id.removeprefix("search/") for it in HfApi().list_models(author="search", **query)]


@pytest.fixture(scope="module", autouse=True)
def shelf(hub) -> None:
    timm = json.dumps({"architecture": "resnet18", "num_classes": 10, "pretrained_cfg": {}})
    vit = json.dumps({"model_type": "vit", "architectures": ["ViTForImageClassification"]})
    card = "---\nlicense: mit\nlibrary_name: timm\nbase_model: timm/resnet18\ndatasets: [cifar10]\n---\n"
    add_model(
        hub.root,
        "search/resnet-small",
        {"config.json": timm, "README.md": card, "model.safetensors": safetensors(a=100, b=20)},
    )
    add_model(hub.root, "search/vit-large", {"config.json": vit, "model.safetensors": safetensors(a=5000)})
    add_model(
        hub.root,
        "search/bert",
        {"config.json": json.dumps({"model_type": "bert", "architectures": ["BertForMaskedLM"]})},
    )
    for name, numbers in {
        "resnet-small": {"downloads": 5, "likes": 3, "createdAt": "2024-01-01T00:00:00.000Z"},
        "vit-large": {"downloads": 9, "likes": 1, "createdAt": "2023-01-01T00:00:00.000Z"},
    }.items():
        (hub.root / "models" / "search" / name / ".hub.json").write_text(json.dumps(numbers))
    add_dataset(hub.root, "plain-data", {"data/train-00000-of-00001.parquet": b"PAR1"})
    add_dataset(hub.root, "search/pictures", {"train/cat/1.jpg": b"x"})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter": "timm"}, ["resnet-small"]),
        ({"filter": ["image-classification", "safetensors"]}, ["resnet-small", "vit-large"]),
        ({"filter": "license:mit"}, ["resnet-small"]),
        ({"filter": "dataset:cifar10"}, ["resnet-small"]),
        ({"filter": "base_model:finetune:timm/resnet18"}, ["resnet-small"]),
        ({"trained_dataset": "cifar10"}, ["resnet-small"]),
        ({"filter": ["timm", "transformers"]}, []),
        ({"search": "RESNET"}, ["resnet-small"]),
        ({"search": "large vit"}, ["vit-large"]),
        ({"pipeline_tag": "fill-mask"}, ["bert"]),
        ({"num_parameters": "max:1K"}, ["resnet-small"]),
        ({"num_parameters": "min:0.5K,max:1M"}, ["vit-large"]),
        ({"gated": True}, []),
        ({"gated": False, "search": "bert"}, ["bert"]),
        ({"inference": "warm"}, []),
    ],
)
def test_filters(query, found):
    assert sorted(ids(**query)) == sorted(found)


def test_a_repo_of_another_name_is_not_read(hub, caplog):
    add_model(hub.root, "unread/broken", {"README.md": "---\na: [\n---\n"})
    assert len(ids()) == 3 and ids(search="bert") == ["bert"] and "unread/broken" not in caplog.text
    assert len(list(HfApi().list_models(search="unread"))) == 1 and "unread/broken cannot be read" in caplog.text


def test_order_comes_from_the_sidecar_and_ties_are_alphabetical():
    assert ids(sort="downloads") == ["vit-large", "resnet-small", "bert"]
    assert ids(sort="likes") == ["resnet-small", "vit-large", "bert"]
    assert ids(sort="created_at") == ["resnet-small", "vit-large", "bert"]
    assert ids(sort="last_modified")[0] == "resnet-small"


def test_the_sidecar_is_shown_but_not_served():
    info = HfApi().model_info("search/resnet-small")
    assert (info.downloads, info.likes, info.created_at.year) == (5, 3, 2024)
    assert [it.rfilename for it in info.siblings] == ["README.md", "config.json", "model.safetensors"]


def test_pages_are_followed(hub):
    for number in range(5):
        add_model(hub.root, f"paged/m{number}", {"config.json": "{}"})
    hub.log.clear()
    assert len(list(HfApi().list_models(author="paged", limit=2))) == 2
    assert len(hub.log) == 1
    hub.log.clear()
    # the client stops at its own limit; its page reader follows the links to the end
    pages = paginate(
        f"{hub.url}/api/models", params={"author": "paged", "limit": 2, "expand": ["sha", "tags"]}, headers={}
    )
    assert [it["id"] for it in pages] == [f"paged/m{number}" for number in range(5)]
    assert len(hub.log) == 3


def test_expanded_properties_alone_are_given():
    [it] = HfApi().list_models(
        author="search", search="resnet", expand=["sha", "safetensors", "config", "library_name", "cardData"]
    )
    assert it.safetensors.total == 120 and it.config["architecture"] == "resnet18" and it.library_name == "timm"
    assert len(it.sha) == 40 and it.card_data.license == "mit" and it.downloads is None


def test_full_listing_has_files_and_dates():
    [it] = HfApi().list_models(author="search", search="bert", full=True)
    assert [file.rfilename for file in it.siblings] == ["config.json"] and isinstance(it.last_modified, datetime)


def test_data_sets_with_and_without_an_owner():
    found = {it.id: it for it in HfApi().list_datasets()}
    assert {"local/plain-data", "search/pictures"} <= set(found)
    assert "format:parquet" in found["local/plain-data"].tags and "format:imagefolder" in found["search/pictures"].tags
    assert HfApi().dataset_info("plain-data").id == "local/plain-data"
    assert [it.id for it in HfApi().list_datasets(author="search", dataset_name="pictures")] == ["search/pictures"]


def test_repos_added_later_appear(hub):
    assert ids(search="late") == []
    add_model(hub.root, "search/late", {"config.json": "{}"})
    assert ids(search="late") == ["late"]


def test_nonsense_is_a_bad_request():
    for query in ({"num_parameters": "small"}, {"sort": "beauty"}):
        with pytest.raises(BadRequestError):
            ids(**query)
