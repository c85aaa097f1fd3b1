import numpy as np
import pytest
from fakes import fake_probe

from hubscore.errors import UsageError
from hubscore.ranking.request import Request, check_label_texts, check_scores


def test_the_record_tells_the_request_as_it_was_met():
    request = Request(scores=["knn", "logme"], reduce=8, resample="nleep,knn", seed=3)
    options = request.options(probes=1, label_texts=[np.ones((4, 6))])
    assert options.scores == ("knn", "logme") and options.resample == ("nleep", "knn")
    assert (options.reduce, options.subsamples, options.seed, options.label_texts) == (8, 0, 3, ((4, 6),))


def test_several_probes_take_the_place_of_subsamples():
    assert Request(subsamples=20).options(probes=3, label_texts=None).subsamples == 0


@pytest.mark.parametrize("wrong", [{"scores": "logmee"}, {"subsamples": 1}, {"subsamples": -1}, {"resample": "emms"}])
def test_what_cannot_be_met_is_refused(wrong):
    with pytest.raises(UsageError):
        Request(scores=wrong.pop("scores", "knn"), **wrong).check()


def test_names_stand_for_columns():
    assert check_scores("parc") == ("parc", "parc@32") and check_scores("knn,size") == ("knn",)


def test_label_texts_have_one_row_per_class():
    probe = fake_probe(classes=3, each=2)
    check_label_texts(None, probe)
    check_label_texts([np.ones((3, 2))], probe)
    with pytest.raises(UsageError, match="they have 4 rows, and the probe has 3 classes"):
        check_label_texts([np.ones((4, 2))], probe)
