from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_probe

from hubscore import rank
from hubscore.errors import UsageError


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"scores": "knn,leep@32"}, "Cannot reduce the features for 'leep': LEEP reads no features"),
        ({"resample": "nlep"}, "Unknown score 'nlep': did you mean nleep"),
        ({"resample": ["nleep"], "subsamples": 0}, "there are no subsamples to recompute it on"),
        ({"resample": "knn", "probes": 3}, "with 3 fresh probes there are none"),
        ({"resample": "knn", "unlabeled": True}, "it needs labels, which this ranking does not have"),
        ({"scores": "knn,emms"}, "Cannot compute 'emms'"),
        ({"scores": "knn", "label_texts": [np.ones((4, 2))]}, "only emms reads them"),
        ({"label_texts": "texts.txt"}, "the ending must be .npy or .npz"),
        ({"label_texts": [np.ones((3, 2))]}, "they have 3 rows, and the probe has 4 classes"),
    ],
)
def test_what_cannot_work_is_refused_before_any_candidate_is_looked_for(options, told, tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.run.session.Session.find_candidates", lambda *args, **kwargs: pytest.fail("too late"))
    monkeypatch.setattr("hubscore.run.session.Session.check_models", lambda self: None)  # whose names need the Hub
    with pytest.raises(UsageError) as caught:
        rank(fake_probe(), models=["lab/net"], cache_dir=tmp_path, **options)
    assert told in str(caught.value)


def test_a_probe_without_labels_is_ranked_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.run.session.Session.find_candidates", lambda *args, **kwargs: pytest.fail("too late"))
    bare = replace(fake_probe(), labels=None, target=None, classes=())
    with pytest.raises(UsageError, match="Cannot recompute 'knn': it needs labels"):
        rank(bare, models=["lab/net"], cache_dir=tmp_path, resample="knn")


def test_texts_that_do_not_fit_are_refused_after_the_first_of_several_probes(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("hubscore.run.session.Session.check_models", lambda self: None)
    monkeypatch.setattr(
        "hubscore.run.session.Session.draw_probe", lambda *args, number, **kwargs: drawn.append(number) or fake_probe()
    )
    with pytest.raises(UsageError, match="they have 3 rows, and the probe has 4 classes"):
        rank("user/birds", models=["lab/net"], cache_dir=tmp_path, probes=3, label_texts=[np.ones((3, 2))])
    assert drawn == [0]
