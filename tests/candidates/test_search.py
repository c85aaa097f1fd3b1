import json
import os
from pathlib import Path

import pytest
from candidates.conftest import TOKEN, client, requests
from candidates.repos import popular, tensors, timm_repo, transformers_repo, without

from hubscore.candidates.query import Query
from hubscore.candidates.search import hub_filters, search_candidates
from hubscore.errors import CandidateError, HubError


def names(found):
    return [candidate.repo_id for candidate in found.candidates]


def test_a_search_is_one_listing_and_no_other_request(shelf):
    hub = shelf({f"org/net{number}": timm_repo(seed=number) for number in range(30)})
    found = search_candidates(Query(search=""), api=client(hub))
    assert len(found) == 20 and found.more
    assert requests(hub) == ["/api/models"]


def test_candidates_are_pinned_and_described(shelf):
    hub = shelf(
        {"org/net": popular(transformers_repo(count=50, license="mit", base_model="org/base"), downloads=7, likes=3)}
    )
    (candidate,) = search_candidates(Query(search="net"), api=client(hub)).candidates
    assert len(candidate.revision) == 40 and set(candidate.revision) <= set("0123456789abcdef")
    assert (candidate.library, candidate.family, candidate.weights) == ("transformers", "vit", "model.safetensors")
    assert (candidate.parameters, candidate.license, candidate.base_model) == (50, "mit", "org/base")
    assert (candidate.downloads, candidate.likes) == (7, 3)


def test_sizes_of_a_listing_are_estimates_and_kept_apart(shelf):
    found = search_candidates(Query(search=""), api=client(shelf({"org/net": timm_repo(count=1000)})))
    assert found.candidates[0].bytes is None
    assert found.estimated_bytes == {"org/net": 4000}


def test_a_bare_query_takes_the_most_downloaded_of_each_family(shelf):
    hub = shelf(
        {
            "org/resnet-old": popular(timm_repo("resnet18", seed=1), 10),
            "org/resnet-new": popular(timm_repo("resnet50", seed=2), 90),
            "org/vit": popular(transformers_repo(), 50),
            "org/depth": popular(transformers_repo("dpt", architecture="DPTForDepthEstimation"), 99),
        }
    )
    found = search_candidates(Query(), api=client(hub))
    assert names(found) == ["org/resnet-new", "org/vit"]
    assert found.left_out == {"same architecture family as a chosen one": 1}
    assert names(search_candidates(Query(diverse=False), api=client(hub))) == [
        "org/resnet-new",
        "org/vit",
        "org/resnet-old",
    ]


def test_a_search_without_a_task_admits_networks_of_every_image_task_and_no_text(shelf):
    hub = shelf(
        {
            "org/backbone": without(transformers_repo("mobilenet_v1", architecture="MobileNetV1Model"), "README.md"),
            "org/detector": transformers_repo("yolos", architecture="YolosForObjectDetection"),
            "org/dino": timm_repo("vit_small_patch14_dinov2", pipeline_tag="image-feature-extraction"),
            "org/text": transformers_repo("bert", architecture="BertForSequenceClassification"),
        }
    )
    found = search_candidates(Query(search=""), api=client(hub))
    assert sorted(names(found)) == ["org/backbone", "org/detector", "org/dino"]
    assert found.left_out_names == {"not an image network": ("org/text",)}


def test_a_task_is_asked_of_the_hub(shelf):
    hub = shelf(
        {
            "org/detector": transformers_repo("yolos", architecture="YolosForObjectDetection"),
            "org/vit": transformers_repo(),
        }
    )
    assert names(search_candidates(Query(search="", task="object-detection"), api=client(hub))) == ["org/detector"]


def test_every_drop_is_counted_by_reason(shelf):
    hub = shelf(
        {
            "org/good": timm_repo(),
            "org/adapter": {**timm_repo(), "adapter_config.json": "{}"},
            "org/lora": timm_repo(base_model="org/good", base_model_relation="adapter"),
            "org/quantised": transformers_repo(config={"quantization_config": {"bits": 8}}),
            "org/gguf": {**without(timm_repo(), "model.safetensors"), "q4.gguf": b"x"},
            "org/code": transformers_repo(config={"auto_map": {"AutoModel": "model.Net"}}),
            "org/pickle": {**without(timm_repo(), "model.safetensors"), "pytorch_model.bin": b"x"},
            "org/empty": without(timm_repo(), "model.safetensors"),
            "org/damaged": {**timm_repo(), "model.safetensors": b"damaged"},
            "org/big": timm_repo(count=2000),
            "org/keras": {
                "config.json": "{}",
                "README.md": "---\nlibrary_name: keras\ntags: [image-classification]\n---\n",
            },
            "org/gated": timm_repo(),
            "ann/private": timm_repo(),
        }
    )
    found = search_candidates(Query(search="", max_params=1000), api=client(hub, token=TOKEN))
    assert names(found) == ["org/good"]
    assert found.left_out_names == {
        "adapter": ("org/adapter", "org/lora"),
        "quantised copy": ("org/quantised",),
        "GGUF only": ("org/gguf",),
        "custom code": ("org/code",),
        "no safetensors weights": ("org/pickle",),
        "no weights": ("org/empty",),
        "number of parameters unknown": ("org/damaged",),
        "more than 1 k parameters": ("org/big",),
        "other library": ("org/keras",),
        "gated": ("org/gated",),
        "private": ("ann/private",),
    }
    assert found.examined == 13


def test_a_gated_repo_with_access_is_found_by_a_search_and_not_by_a_bare_query(shelf):
    hub = shelf({"org/granted": timm_repo(), "org/vit": transformers_repo()})
    assert "org/granted" in names(search_candidates(Query(search=""), api=client(hub, token=TOKEN)))
    assert search_candidates(Query(search=""), api=client(hub)).left_out == {"gated": 1}
    assert search_candidates(Query(), api=client(hub, token=TOKEN)).left_out == {"gated": 1}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(search="", libraries=("timm",)), ["org/timm-mit", "org/timm-none"]),
        (Query(search="", libraries=("transformers",)), ["org/vit-apache"]),
        (Query(search="", licenses=("MIT",)), ["org/timm-mit"]),
        (Query(search="", licenses=("mit", "apache-2.0")), ["org/timm-mit", "org/vit-apache"]),
        (Query(search="vit"), ["org/vit-apache"]),
        (Query(author="org", min_params=100), ["org/timm-none"]),
        (Query(tags=("plants",)), ["org/timm-none"]),
        (Query(base_model="org/base"), ["org/vit-apache"]),
        (Query(search="", sort="likes", limit=1), ["org/vit-apache"]),
    ],
)
def test_filters(shelf, query, expected):
    hub = shelf(
        {
            "org/timm-mit": popular(timm_repo(license="mit"), 9, likes=1),
            "org/timm-none": popular(timm_repo(count=200, tags=["image-classification", "plants"]), 8, likes=2),
            "org/vit-apache": popular(transformers_repo(license="apache-2.0", base_model="org/base"), 7, likes=3),
        }
    )
    assert names(search_candidates(query, api=client(hub))) == expected


def test_a_search_that_looked_at_as_many_as_it_may_says_so(shelf):
    hub = shelf({f"org/n{number}": popular(timm_repo(count=2000), 9 - number) for number in range(3)})
    found = search_candidates(Query(search="", scan=2), api=client(hub))
    assert len(found) == 2 and found.more and found.scanned_out
    with pytest.raises(CandidateError) as caught:
        search_candidates(Query(search="", scan=2, max_params=10), api=client(hub))
    assert caught.value.why.startswith("of the first 2 listed (--scan 20 looks at more)")


def test_nothing_found_says_what_there_was(shelf):
    hub = shelf({"org/big": timm_repo(count=2000), "org/vit": transformers_repo(count=2000)})
    with pytest.raises(CandidateError, match="No checkpoint fits --search 'org'") as caught:
        search_candidates(Query(search="org", max_params=1000), api=client(hub))
    assert caught.value.why == "of 2 listed: 2 more than 1 k parameters"
    assert "--max-params 300M" in caught.value.fix
    with pytest.raises(CandidateError, match="the Hub lists nothing for it"):
        search_candidates(Query(search="nowhere"), api=client(hub))


def test_a_scan_has_an_end(shelf):
    hub = shelf({f"org/net{number}": timm_repo(seed=number) for number in range(6)})
    found = search_candidates(Query(search="", scan=4), api=client(hub))
    assert (len(found), found.examined, found.more) == (4, 4, True)


def test_a_hub_that_fails_once_is_asked_again(shelf):
    hub = shelf({"org/net": timm_repo()})
    hub.faults.add(path="/api/models", status=429, headers={"Retry-After": "0"})
    assert names(search_candidates(Query(search=""), api=client(hub))) == ["org/net"]


def test_a_hub_that_will_not_say_who_has_access_counts_as_closed(shelf, monkeypatch):
    monkeypatch.setattr("hubscore.hub.retry.time.sleep", lambda seconds: None)
    hub = shelf({"org/granted": timm_repo(), "org/vit": transformers_repo()})
    hub.faults.add(path="auth-check", status=500, times=None)
    assert search_candidates(Query(search=""), api=client(hub, token=TOKEN)).left_out == {"gated": 1}


def test_a_hub_that_forbids_listing_is_explained(shelf):
    hub = shelf({"org/net": timm_repo()})
    hub.faults.add(path="/api/models", status=403)
    with pytest.raises(HubError, match=r"The Hub could not be searched: the token may not do this \(403\)"):
        search_candidates(Query(search=""), api=client(hub))


@pytest.mark.zoo
@pytest.mark.skipif("HUBSCORE_ZOO" not in os.environ, reason="HUBSCORE_ZOO is not set")
def test_every_checkpoint_of_the_zoo_is_found(tmp_path):
    from hubscore.localhub import serve

    zoo = Path(os.environ["HUBSCORE_ZOO"])
    there = sorted(path.parent.relative_to(zoo / "models").as_posix() for path in zoo.glob("models/*/*/config.json"))
    with serve(zoo) as hub:
        found = search_candidates(Query(search="", limit=50), api=client(hub))
    assert sorted(names(found)) == there
    assert found.left_out == {}
    assert {candidate.family for candidate in found.candidates} >= {
        "resnet",
        "mobilenetv1",
        "mobilenetv2",
        "convnext",
        "efficientnet",
        "vit",
    }


def test_an_index_without_counts_uses_what_the_header_says(shelf):
    shards = {f"model-0000{n}-of-00002.safetensors": tensors(10, n) for n in (1, 2)}
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    repo = {**without(timm_repo(), "model.safetensors"), **shards, "model.safetensors.index.json": json.dumps(index)}
    (candidate,) = search_candidates(Query(search=""), api=client(shelf({"org/sharded": repo}))).candidates
    assert (candidate.weights, candidate.parameters) == ("model.safetensors.index.json", 20)


def test_a_bare_query_about_texts_takes_the_most_downloaded_over_four_tasks(shelf):
    def bert(kind, task, downloads, seed):
        return popular(transformers_repo(kind, architecture="BertModel", pipeline_tag=task, seed=seed), downloads)

    hub = shelf(
        {
            "org/classifier": bert("bert", "text-classification", 10, 1),
            "org/masked": bert("bert", "fill-mask", 90, 2),
            "org/sentences": bert("mpnet", "sentence-similarity", 50, 3),
            "org/features": bert("roberta", "feature-extraction", 70, 4),
            "org/writer": bert("gpt2", "text-generation", 99, 5),
            "org/vision": popular(transformers_repo(), 95),
        }
    )
    found = search_candidates(Query(), api=client(hub), modality="text")
    assert names(found) == ["org/masked", "org/features", "org/sentences"]
    assert found.left_out == {"same architecture family as a chosen one": 1}
    turns = search_candidates(Query(sort="created_at", diverse=False), api=client(hub), modality="text")
    assert len(turns) == 4
    assert names(search_candidates(Query(task="text-generation"), api=client(hub), modality="text")) == ["org/writer"]


def test_a_base_model_may_be_named_by_its_page():
    page = Query(base_model="https://huggingface.co/org/base/tree/main")
    assert hub_filters(page, "any")["filters"] == hub_filters(Query(base_model="org/base"), "any")["filters"]
