from types import SimpleNamespace

import pytest
from hubfixture import save_tiny_timm

from hubscore.bench.source_accuracy import source_accuracy, stated_accuracy
from hubscore.run.options import RunOptions
from hubscore.run.session import Session


def card(value, name="accuracy", **more):
    return {"model-index": [{"results": [{"metrics": [{"type": name, "value": value}], **more}]}]}


@pytest.mark.parametrize(("value", "share"), [(81.2, 0.812), (0.812, 0.812), (100, 1.0), (0, 0.0)])
def test_shares_and_percent_are_read(value, share):
    made = stated_accuracy(card(value, dataset={"name": "ImageNet"}))
    assert made is not None and made.value == pytest.approx(share) and made.dataset == "ImageNet"


def test_the_name_of_a_metric_serves_where_its_type_does_not():
    metrics = [{"type": "f1", "value": 0.3}, {"type": "x", "name": "Top-1 Accuracy", "value": 70}]
    assert stated_accuracy({"model-index": [{"results": [{"metrics": metrics}]}]}).value == pytest.approx(0.7)


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"model-index": "x"},
        {"model-index": [5]},
        {"model-index": [{"results": {"a": 1}}]},
        card("0.9"),
        card(True),
        card(float("nan")),
        card(-1),
        card(1e9),
        card(0.9, name="loss"),
        card(0.9, name=None),
    ],
)
def test_what_says_no_accuracy_is_none(stated):
    assert stated_accuracy(stated) is None


def test_cards_are_read_in_folders_and_on_the_hub(hub, tiny_repos, tmp_path):
    front = "---\nmodel-index:\n- name: x\n  results:\n  - task: {type: image-classification}\n"
    front += "    dataset: {name: birds, type: birds}\n    metrics: [{type: accuracy, value: 91.5}]\n---\n"
    session = Session(run=RunOptions(device="cpu"))
    for folder, name in (
        (tmp_path / "net", str(tmp_path / "net")),
        (hub.root / "models" / "tiny" / "said", "tiny/said"),
    ):
        save_tiny_timm(folder)
        (folder / "README.md").write_text(front)
        made = source_accuracy(session, session.find_network(name))
        assert made is not None and (made.value, made.dataset) == (0.915, "birds")
    assert source_accuracy(session, session.find_network(tiny_repos.timm)) is None
    assert source_accuracy(session, SimpleNamespace(repo_id="tiny/none", revision="main")) is None
