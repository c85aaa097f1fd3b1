import io

import numpy as np

from hubscore.cli.history_view import show_history
from hubscore.cli.output import Output
from hubscore.recommend.history import History

LONG = "google/mobilenet_v2_0.5_224_object_labeler_backbone"


def shown(history, width, monkeypatch, format="human"):
    monkeypatch.setenv("COLUMNS", str(width))
    out, told = io.StringIO(), io.StringIO()
    show_history(Output(format, stdout=out, stderr=told), history, None, "past")
    return out.getvalue().splitlines(), told.getvalue()


def test_names_are_whole_on_eighty_columns_and_what_nobody_knows_has_no_column(monkeypatch):
    past = History.of([LONG, "b"], ["fashion-mnist-mini", "birds"], np.array([[0.9, 0.7], [0.5, np.nan]]))
    lines, told = shown(past, 80, monkeypatch)
    assert lines[0].split() == ["DATASET", "MODELS", "MEASURED", "MEAN"] and len(lines) == 3
    assert lines[1].split() == ["fashion-mnist-mini", "2", "2", "0.700"] and max(map(len, lines)) <= 80
    assert "past: 2 models x 2 data sets" in told
    wide, _ = shown(past, 120, monkeypatch)
    assert wide[0].split()[-1] == "BEST" and wide[1].split()[-1] == LONG


def test_no_model_is_best_where_all_are_equal(monkeypatch):
    past = History.of(["a", "b"], ["birds", "cars"], np.array([[1.0, 0.7], [1.0, 0.9]]))
    lines, _ = shown(past, 80, monkeypatch)
    assert [line.split()[-1] for line in lines[1:]] == ["-", "b"]
