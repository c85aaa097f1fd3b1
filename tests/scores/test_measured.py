import doctest
import json
from pathlib import Path

import pytest

from hubscore.scores import measured as module
from hubscore.scores.info import SCORES
from hubscore.scores.measured import FILE, measured, misleads, sentence

TABLE = {
    "datasets": 9,
    "models": 26,
    "orders": {
        "size": {"weighted_tau": 0.4, "interval": [0.2, 0.6], "pearson": 0.3, "points_lost": 2.8, "share": 1.0},
        "consensus": {"weighted_tau": 0.65, "interval": [0.6, 0.7], "pearson": 0.8, "points_lost": 3.2, "share": 1.0},
        "gbc": {"weighted_tau": 0.3, "interval": [0.1, 0.5], "pearson": -0.2, "points_lost": 7.0, "share": 1.0},
        "leep": {"weighted_tau": 0.5, "interval": [0.4, 0.6], "pearson": 0.5, "points_lost": None, "share": 0.81},
        "flat": {"weighted_tau": None, "interval": [None, None], "pearson": None, "points_lost": None, "share": 0.0},
    },
}


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "measured.json"
    path.write_text(json.dumps(TABLE))
    monkeypatch.setattr(module, "FILE", path)
    module._table.cache_clear()
    yield
    module._table.cache_clear()


def test_a_score_below_size_is_warned_of(table: None) -> None:
    assert misleads("gbc") and not misleads("consensus") and not misleads("unheard of")
    assert sentence("gbc") == (
        "On 9 data sets, up to 26 checkpoints that were really fine-tuned on each (docs/truth.md): weighted tau 0.30"
        " [0.10, 0.50], Pearson -0.20, first choice loses 7.0 points. For comparison: the order by size weighted tau"
        " 0.40, Pearson 0.30, first choice loses 2.8 points; the consensus weighted tau 0.65, Pearson 0.80, first"
        " choice loses 3.2 points. Do not sort by it on data like these: the order by size did better."
    )


def test_what_only_some_checkpoints_have_is_said(table: None) -> None:
    told = sentence("leep")
    assert told is not None and "over the 81% that have it: weighted tau 0.50 [0.40, 0.60], Pearson 0.50. For" in told


def test_what_was_not_measured_says_nothing(table: None) -> None:
    assert measured("unheard of") is None and sentence("unheard of") is None and sentence("flat") is None


def test_the_table_of_the_package_has_every_default_score_of_labels() -> None:
    assert doctest.testmod(module).failed == 0
    kept = json.loads(FILE.read_text())
    known = {"logme", "h_score", "gbc", "lfc", "ls_svm", "pactran_gauss", "pactran_gamma", "pactran_dirichlet", "size"}
    assert known <= kept["orders"].keys()
    assert all(name in kept["orders"] for name in ("consensus", "kernel_probe", "layer_kernel_probe"))
    assert all(-1 <= one["weighted_tau"] <= 1 for one in kept["orders"].values() if one["weighted_tau"] is not None)
    assert {info.name for info in SCORES} & kept["orders"].keys()
