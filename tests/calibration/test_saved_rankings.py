import pytest

from hubscore.calibration.saved_rankings import named_alike, transfers_of
from hubscore.calibration.transfer import Transfer
from hubscore.errors import UsageError
from hubscore.types import ProbeDescription, Ranking, Row, RunRecord

SCORES = {"kernel_probe": 0.6, "kernel_probe_loss": 1.0}


def ranking(scores=SCORES, **probe):
    about = {"dataset": "user/Birds", "classes": ("a", "b", "c"), "samples": 300} | probe
    row = Row(rank=1, model="lab/net", revision="a" * 40, library="timm", family="resnet", scores=scores)
    record = RunRecord(extractions={"lab/net": {"input_size": [3, 96, 128]}})
    return Ranking(rows=(row,), skipped=(), probe=ProbeDescription(**about), record=record)


def test_a_ranking_gives_scores_and_what_they_were_computed_on():
    (found,) = transfers_of(ranking(SCORES | {"logme": 3.0}), "r.json")
    expected = Transfer(
        "lab/net", "user/Birds", family="resnet", classes=3, samples=300, input_size=128.0, scores=SCORES
    )
    assert found == expected


def test_a_ranking_of_private_data_gives_the_number_of_classes():
    (found,) = transfers_of(ranking(classes=(), n_classes=7), "r.json")
    assert found.classes == 7


@pytest.mark.parametrize("made", [ranking({"logme": 1.0}), ranking(dataset=None)], ids=["no scores", "no data set"])
def test_a_ranking_that_cannot_help_is_refused(made):
    with pytest.raises(UsageError) as refused:
        transfers_of(made, "r.json")
    assert refused.value.fix


def test_names_follow_the_table():
    known = [Transfer("zoo/net", "birds", accuracy=0.5)]
    ranked = [Transfer("/data/models/zoo/net", "/data/Birds"), Transfer("other/net", "cars")]
    found = named_alike(ranked, known)
    assert [(one.model, one.target) for one in found] == [("zoo/net", "birds"), ("other/net", "cars")]


def test_half_a_name_is_another_model():
    found = named_alike([Transfer("lab/my-net", "birds")], [Transfer("net", "birds", accuracy=0.5)])
    assert found[0].model == "lab/my-net"
