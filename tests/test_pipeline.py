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
        ({"label_texts": "texts.txt"}, "the ending must be .npy or .npz"),
        ({"label_texts": [np.ones((3, 2))]}, "they have 3 rows, and the probe has 4 classes"),
    ],
)
def test_what_cannot_work_is_refused_before_any_candidate_is_looked_for(options, told, tmp_path, monkeypatch):
    monkeypatch.setattr("hubscore.pipeline.find_candidates", lambda *args, **kwargs: pytest.fail("too late"))
    with pytest.raises(UsageError) as caught:
        rank(fake_probe(), models=["lab/net"], cache_dir=tmp_path, **options)
    assert told in str(caught.value)
