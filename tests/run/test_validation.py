import pytest

from hubscore.calibration.calibration import Calibration
from hubscore.errors import StorageError, UsageError
from hubscore.run.rank_options import RankOptions
from hubscore.run.validation import check_effect, check_request, check_scores, needs_layers, needs_maps, will_lack


def test_what_a_run_will_lack_follows_from_its_options():
    maps = {"reference_maps", "reference_nodes"}
    assert will_lack() == {"reference", "label_texts", *maps}
    assert will_lack(unlabeled=True, reference=True, label_texts=True) == {"labels", "kernel"}
    assert will_lack(layers=False) - will_lack() == {"kernel"}
    assert will_lack(reference=True) == {"label_texts", *maps}, "with labels no maps are made"
    assert will_lack("attribution", reference=True) == {"label_texts"}, "unless they are named"
    assert will_lack("attribution", reference=True, head=True) == {"label_texts", *maps}, "a linear head has none"


def test_maps_are_made_where_they_are_named_or_without_labels():
    assert needs_maps("depara", unlabeled=False, head=False) and needs_maps("all", unlabeled=True, head=False)
    assert not needs_maps("all", unlabeled=False, head=False) and not needs_maps("depara", unlabeled=False, head=True)


def test_kernels_are_made_where_a_score_reads_them_and_nobody_declines():
    for scores in ("all", "logme,layer_kernel_probe", ["layer_kernel_probe_loss"]):
        assert needs_layers(scores, layers=True, unlabeled=False)
        assert not needs_layers(scores, layers=False, unlabeled=False)
        assert not needs_layers(scores, layers=True, unlabeled=True)
    assert not needs_layers("logme,kernel_probe", layers=True, unlabeled=False)
    check_request(RankOptions(layers=False))
    with pytest.raises(UsageError, match=r"Cannot compute 'layer_kernel_probe': .* --no-layers declines"):
        check_request(RankOptions(scores="logme,layer_kernel_probe", layers=False))
    with pytest.raises(UsageError, match="no transform 'squeezed': there are own and whole"):
        check_request(RankOptions(transform="squeezed"))


def test_all_takes_in_emms_where_there_are_label_texts():
    check_effect(lacking=will_lack(label_texts=True))
    check_effect(resample="emms", lacking=will_lack(label_texts=True))
    with pytest.raises(
        UsageError, match="Cannot recompute 'emms': it needs label texts, which this ranking does not have"
    ):
        check_effect(resample="emms", lacking=will_lack())


@pytest.mark.parametrize("count", [1, -2])
def test_a_spread_needs_two_subsamples(count):
    with pytest.raises(UsageError, match=f"Cannot make intervals from {count} subsamples: a spread needs two"):
        check_scores(subsamples=count)


def test_subsamples_beside_fresh_probes_change_nothing():
    with pytest.raises(
        UsageError, match=r"--subsamples would change nothing: with --probes 3 every interval"
    ) as caught:
        check_request(RankOptions(subsamples=20, probes=3))
    assert caught.value.details["options"] == ("subsamples", "probes")
    check_request(RankOptions(probes=3))


def test_a_score_needs_all_that_it_lacks():
    with pytest.raises(UsageError, match="Cannot recompute 'depara': it needs a reference network and maps") as caught:
        check_effect(scores="depara", resample="depara", lacking=will_lack("depara"))
    assert caught.value.details == {"option": "resample", "value": "depara", "options": ("resample",)}


def test_a_calibration_that_cannot_be_read_stops_everything_before_it_starts(tmp_path):
    with pytest.raises(StorageError, match="missing"):
        check_request(RankOptions(calibration=tmp_path / "missing.json"))
    check_request(RankOptions(calibration=Calibration.default()))


def test_fine_tuning_needs_labels():
    with pytest.raises(UsageError, match="--finetune-top and --unlabeled exclude each other"):
        check_request(RankOptions(finetune_top=3), unlabeled=True)
    with pytest.raises(UsageError, match="Cannot compute 'logme': it reads labels, and --unlabeled declines them"):
        check_request(RankOptions(scores="energy,logme"), unlabeled=True)
    check_request(RankOptions(scores="energy"), unlabeled=True)


def test_what_is_trained_is_one_of_three_and_of_something():
    for train in ("all", "head", "both"):
        check_request(RankOptions(finetune_top=2, train=train))
    check_request(RankOptions())
    with pytest.raises(UsageError, match="There is no --train 'heads': it is all, head, both") as caught:
        check_request(RankOptions(finetune_top=2, train="heads"))
    assert caught.value.fix == "--train head"
    with pytest.raises(UsageError, match="--train both would change nothing") as caught:
        check_request(RankOptions(train="both"))
    assert caught.value.fix == "--finetune-top 3 --train both"


def test_a_reading_is_of_saliency_maps_that_are_made():
    for reading in ("released", "printed"):
        check_request(RankOptions(reading=reading, reference="a/b", scores="attribution"))
        check_request(RankOptions(reading=reading, reference="a/b"), unlabeled=True)
    with pytest.raises(UsageError, match="There is no --reading 'print': it is released, printed") as caught:
        check_request(RankOptions(reading="print", reference="a/b", scores="attribution"))
    assert caught.value.fix == "--reading printed"
    for lacking in (
        RankOptions(reading="printed"),
        RankOptions(reading="printed", scores="attribution"),
        RankOptions(reading="printed", reference="a/b", scores="depara"),
        RankOptions(reading="printed", reference="a/b", scores="attribution", reference_head=True),
    ):
        with pytest.raises(UsageError):
            check_request(lacking)
