"""`rank_layers`: from a checkpoint and images to a layer, over the local Hub; and what it refuses."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hubfixture import save_tiny_vit
from PIL import Image

from hubscore.errors import CandidateError, DatasetError, UsageError
from hubscore.layers.select import list_layers, rank_layers
from hubscore.run.options import RunOptions
from hubscore.types import Probe

N = 24


def drawn(count=N, labelled=True):
    rng = np.random.default_rng(0)
    labels = np.arange(count) % 2
    images = [Image.fromarray((rng.integers(0, 90, (40, 40, 3)) + 150 * label).astype(np.uint8)) for label in labels]
    known = (labels, ("dark", "light"), "classification") if labelled else (None, (), None)
    return Probe("photos", None, "train", None, tuple(range(count)), *known, f"{count:016x}", 0, items=images)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    return RunOptions(device="cpu", cache_dir=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def by_labels(tiny_repos, running):
    return rank_layers(tiny_repos.timm, drawn(), run=running)


def test_a_checkpoint_of_the_hub_by_labels(by_labels, tiny_repos):
    assert by_labels.model == tiny_repos.timm and len(by_labels.revision) == 40 and by_labels.forward_images == N
    assert [layer.name for layer in by_labels.layers] == [
        "conv1.2",
        "conv1.5",
        "maxpool",
        "layer1",
        "layer2",
        "layer3",
        "layer4",
    ]
    assert set(by_labels.decided_by) == {"parc", "logme", "h_score@32", "knn"} and by_labels.method == "labels"
    best = max(layer.percentile for layer in by_labels.layers)
    assert by_labels.best.percentile == best and by_labels.freeze == by_labels.best.freeze


def test_the_snippet_freezes_what_it_says(by_labels):
    import timm

    model = timm.create_model("test_resnet", num_classes=5)
    exec(by_labels.snippet, {"model": model})
    still = {name for name, parameter in model.named_parameters() if not parameter.requires_grad}
    assert still == {name for name, _ in model.named_parameters() if name.startswith(by_labels.freeze)}
    assert sum(dict(model.named_parameters())[name].numel() for name in still) == by_labels.best.parameters
    assert len(by_labels.snippet.splitlines()) == 2


def test_it_is_plain_json_and_says_that_it_is_an_estimate(by_labels):
    told = json.loads(json.dumps(by_labels.to_json(), allow_nan=False))
    assert (
        told["estimate"] is True
        and "This is an estimate" in told["rule"]
        and told["recommended"] == by_labels.recommended
    )
    assert told["layers"][0]["freeze"] and told["record"]["images"] == N and told["record"]["fingerprint"]
    assert [row["layer"] for row in by_labels.rows()] == [layer.name for layer in by_labels.layers]
    assert sum(row["recommended"] for row in by_labels.rows()) == 1


def test_by_a_target_network_without_labels(tiny_repos, running):
    found = rank_layers(tiny_repos.transformers, drawn(labelled=False), target_network=tiny_repos.timm, run=running)
    assert (
        found.decided_by == ("depara",)
        and found.record["target_network"]["model"] == tiny_repos.timm
        and found.record["lambda"] == 1.0
    )
    assert [layer.name for layer in found.layers] == ["vit.embeddings", "vit.layers.0", "vit.layers.1"]
    for layer in found.layers:
        assert layer.scores["depara"] == pytest.approx(layer.scores["depara_nodes"] + layer.scores["depara_edges"])
    heavy = rank_layers(
        tiny_repos.transformers, drawn(labelled=False), target_network=tiny_repos.timm, lambda_=10.0, run=running
    )
    for one, other in zip(found.layers, heavy.layers, strict=True):
        assert other.scores["depara"] == pytest.approx(one.scores["depara_nodes"] + 10 * one.scores["depara_edges"])


def test_labels_do_not_matter_to_depara(tiny_repos, running):
    both = [
        rank_layers(
            tiny_repos.headless,
            drawn(labelled=labelled),
            target_network=tiny_repos.timm,
            layers=("layer.3", "layer.9"),
            run=running,
        )
        for labelled in (True, False)
    ]
    assert both[0].curve("depara") == pytest.approx(both[1].curve("depara")) and None not in both[0].curve("depara")


def test_a_network_is_most_like_itself_at_its_representation(tiny_repos, running):
    found = rank_layers(tiny_repos.timm, drawn(), target_network=tiny_repos.timm, run=running)
    last = found.layers[-1]
    assert last.scores["depara_edges"] == pytest.approx(1.0) and found.recommended == last.name


def test_all_layers_and_the_order_of_names(tiny_repos, running):
    found = rank_layers(tiny_repos.transformers, drawn(), layers="all", scores="knn", run=running)
    assert len(found.layers) > 10 and found.layers[0].name == "vit.embeddings.patch_embeddings.projection"
    assert any("sees the input by other ways too" in note for note in found.notes) != found.best.clean
    named = rank_layers(
        tiny_repos.transformers, drawn(), layers=("vit.layers.1", "vit.layers.0"), scores="knn", run=running
    )
    assert [layer.name for layer in named.layers] == ["vit.layers.0", "vit.layers.1"]


def test_a_score_that_is_undefined_is_told(tiny_repos, running):
    found = rank_layers(tiny_repos.timm, drawn(), scores="h_score,knn", run=running)
    undefined = [layer for layer in found.layers if "h_score" in layer.undefined]
    assert undefined and all("h_score" not in layer.scores for layer in undefined)
    assert any(note.startswith("h_score is undefined for") for note in found.notes)


def test_layers_are_listed_without_a_data_set(tiny_repos, running):
    assert [cut.name for cut in list_layers(tiny_repos.transformers, run=running)] == [
        "vit.embeddings",
        "vit.layers.0",
        "vit.layers.1",
    ]


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"scores": "knn", "target_network": "a/b"}, UsageError, "--scores and --target-network exclude each other"),
        ({"lambda_": 2.0}, UsageError, "--lambda has nothing to weigh"),
        ({"lambda_": -1.0, "target_network": "a/b"}, UsageError, "lambda cannot be -1"),
        ({"target_network": "a/b", "map_size": -1}, UsageError, "-1 cells per side"),
        ({"target_network": "tiny/nowhere"}, CandidateError, "The target network 'tiny/nowhere' cannot be used"),
        ({"layers": ("layer9",)}, CandidateError, r"has no layer 'layer9'.*layer"),
        ({"scores": "leep"}, UsageError, "'leep' is not defined for a layer"),
    ],
)
def test_what_is_refused(tiny_repos, running, options, error, told):
    with pytest.raises(error, match=told):
        rank_layers(tiny_repos.timm, drawn(), run=running, **options)


def test_neither_labels_nor_a_target_network(tiny_repos, running):
    with pytest.raises(
        DatasetError, match=r"(?s)has no labels: layers are told apart by labels or by a network.*--target-network ID"
    ):
        rank_layers(tiny_repos.timm, drawn(labelled=False), run=running)


def test_too_few_images(tiny_repos, running):
    with pytest.raises(
        DatasetError, match="'photos' cannot tell layers apart: 2 images were drawn, and 3 are the least"
    ):
        rank_layers(tiny_repos.timm, drawn(2), run=running)


def test_a_target_network_that_does_not_run(tiny_repos, running, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = save_tiny_vit(tmp_path / "broken")
    weights = load_file(folder / "model.safetensors")
    save_file(
        {name: value * float("nan") for name, value in weights.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    with pytest.raises(CandidateError, match=r"The target network '.*broken' cannot be used"):
        rank_layers(tiny_repos.timm, drawn(), target_network=str(folder), run=running)


def test_nothing_to_recommend(by_labels):
    empty = replace(by_labels, recommended=None)
    assert empty.best is None and empty.freeze == () and empty.snippet == ""
