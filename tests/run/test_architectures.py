import json
from dataclasses import replace

import numpy as np
import pytest
from huggingface_hub import snapshot_download

from hubscore.recommend.history import History
from hubscore.recommend.history_file import load_history, save_history
from hubscore.recommend.update import with_architectures
from hubscore.run.architectures import see_architectures


def history_of(*models):
    return History.of(models, ["birds"], np.arange(len(models), dtype=float)[:, None] / 10)


@pytest.fixture
def folder(tmp_path):
    """Two checkpoints of which only the configuration is there, and one that cannot be built."""
    for name, config in {
        "lab/plain": {"architecture": "test_vit"},
        "deep": {"architecture": "test_resnet"},
        "lab/odd": {"architecture": "no_such_network"},
    }.items():
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "config.json").write_text(json.dumps(config))
    return tmp_path


def test_what_is_at_hand_is_seen_and_what_is_not_is_said(folder, tiny_repos):
    snapshot_download(tiny_repos.timm, allow_patterns="config.json")
    models = (
        "lab/plain",
        "other/deep",
        "lab/odd",
        tiny_repos.timm,
        "timm/test_efficientnet.r160_in1k",
        "lab/gone",
        "../x",
    )
    seen = see_architectures(history_of(*models), [folder])
    assert set(seen.counts) == {"lab/plain", "other/deep", tiny_repos.timm, "timm/test_efficientnet.r160_in1k"}
    assert seen.counts["other/deep"] == seen.counts[tiny_repos.timm] and seen.absent == ("lab/gone", "../x")
    assert "does not know the architecture" in seen.failed["lab/odd"]
    said = " ".join(seen.notes)
    assert "4 of 7 models" in said and "lab/gone, ../x" in said and "--checkpoints" in said and "lab/odd" in said


def test_they_are_saved_and_not_looked_at_again(folder, tmp_path):
    past = history_of("lab/plain", "deep", "lab/gone")
    past = with_architectures(past, see_architectures(past, [folder]).counts)
    save_history(past, tmp_path / "past")
    loaded, _ = load_history(tmp_path / "past")
    assert set(loaded.architecture_vectors) == {"lab/plain", "deep"}
    again = see_architectures(loaded)
    assert (again.counts, again.known, again.absent) == ({}, ("lab/plain", "deep"), ("lab/gone",))
    wider = with_architectures(replace(loaded), {"lab/gone": {"Variable": 3}})
    assert len(wider.architecture_vectors) == 3
    np.testing.assert_array_equal(loaded.architecture_vectors["deep"], past.architecture_vectors["deep"])
