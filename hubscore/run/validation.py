"""Whether a request can be met, from its words alone: asked before anything is downloaded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hubscore.calibration.calibration import Calibration
from hubscore.errors import UsageError
from hubscore.modalities.attributions import check_attribution
from hubscore.ranking.columns import USUALLY_LACKING, Column, choose, listed, resampled_too
from hubscore.ranking.request import check_scores as check_scores
from hubscore.run.rank_options import RankOptions
from hubscore.run.run_options import check_word
from hubscore.types import Probe

MAPS = frozenset({"maps", "nodes"})
"""What scores that compare where networks look need."""
TRANSFORMS = ("own", "whole")
"""What features can be taken of: a checkpoint's own transform, or the whole item."""
TRAININGS = ("all", "head", "both")
"""What can be trained of the first models."""
READINGS = ("released", "printed")
"""Of saliency."""
_NO_LAYERS, _NO_LABELS = ("layers", "scores"), ("unlabeled", "scores")
"""What contradicts a score that is named."""
MAP_METHODS = ("saliency", "gradient_x_input")
"""The attribution methods that those scores compare."""


def needs_maps(scores: str | Sequence[str], *, unlabeled: bool, head: bool, kinds: frozenset[str] = MAPS) -> bool:
    """Say whether attribution maps are to be made: where they are named, and for "all" scores where there are no
    labels.

    Maps take a backward pass a network; with labels the consensus does not use them. A linear head has no maps of its
    own.

    Args:
        scores: ``"all"`` or names.
        unlabeled: labels are left out.
        head: a linear head is trained over the reference network.
        kinds: of maps that are asked for.
    """
    if head:
        return False
    lacking = () if unlabeled else ("reference_maps", "reference_nodes")
    return any(column.info.needs & kinds for column in choose(scores, lacking=lacking))


def needs_layers(scores: str | Sequence[str], *, layers: bool, unlabeled: bool) -> bool:
    """Say whether kernels of the layers are to be made: where they are not declined and a score reads them.

    Args:
        scores: ``"all"`` or names.
        layers: whether they may be made.
        unlabeled: labels are left out; what reads kernels reads labels too.
    """
    return layers and not unlabeled and any("kernel" in column.info.needs for column in choose(scores, lacking=()))


def check_maps(modality: str, scores: str | Sequence[str], *, unlabeled: bool, head: bool) -> None:
    """Refuse scores that compare attribution maps, where they are named and the data set's networks have none.

    Raises:
        UsageError: a named score needs maps of networks that are not explained.
    """
    if scores != "all" and needs_maps(scores, unlabeled=unlabeled, head=head):
        for method in MAP_METHODS:
            check_attribution(modality, method)


def will_lack(
    scores: str | Sequence[str] = "all",
    *,
    unlabeled: bool = False,
    reference: bool = False,
    head: bool = False,
    label_texts: bool = False,
    layers: bool = True,
) -> set[str]:
    """Say what no checkpoint of a run will have, as scores name their needs.

    Args:
        scores: ``"all"`` or names, which decide whether maps are made.
        unlabeled: labels are left out.
        reference: a reference network is given.
        head: a linear head is trained over it.
        label_texts: class names are given as embeddings.
        layers: kernels of the layers may be made.
    """
    maps = reference and needs_maps(scores, unlabeled=unlabeled, head=head)
    given = {"labels": not unlabeled, "reference": reference, "label_texts": label_texts}
    given |= dict.fromkeys(("reference_maps", "reference_nodes"), maps)
    given["kernel"] = layers and not unlabeled
    return {need for need, there in given.items() if not there}


def check_request(ranking: RankOptions, *, unlabeled: bool = False) -> None:
    """Refuse what cannot be met and what would change nothing, before anything is downloaded.

    Raises:
        UsageError: as :func:`check_scores` and :func:`check_effect`; or a head that has nothing to sit on or nothing
            to learn from.
        StorageError: the calibration cannot be read.
    """
    Calibration.of(ranking.calibration)
    reference, head = ranking.reference is not None, ranking.reference_head
    check_scores(ranking.scores, reduce=ranking.reduce, subsamples=ranking.subsamples)
    lacking = will_lack(
        ranking.scores,
        unlabeled=unlabeled,
        reference=reference,
        head=head,
        label_texts=ranking.label_texts is not None,
        layers=ranking.layers,
    )
    _check_passes(ranking)
    check_effect(
        ranking.scores,
        resample=ranking.resample,
        subsamples=ranking.subsamples,
        probes=ranking.probes,
        lacking=lacking,
    )
    if ranking.finetune_top is not None and unlabeled:
        why = "fine-tuning needs labels"
        raise UsageError(
            "--finetune-top and --unlabeled exclude each other", why, "drop one", options=("finetune_top", "unlabeled")
        )
    _check_training(ranking)
    _check_reading(ranking, unlabeled=unlabeled)
    if head and not reference:
        raise UsageError(
            "--reference-head needs a network to sit on",
            "",
            "--reference ID --reference-head",
            options=("reference_head",),
        )
    if head and unlabeled:
        raise UsageError(
            "--reference-head and --unlabeled exclude each other",
            "a head is trained on the labels",
            "drop one",
            options=("reference_head", "unlabeled"),
        )


def _check_passes(ranking: RankOptions) -> None:
    """Refuse a transform that there is not, and a score whose kernels are declined."""
    if ranking.transform not in TRANSFORMS:
        why = f"there are {' and '.join(TRANSFORMS)}"
        raise UsageError(f"There is no transform {ranking.transform!r}", why, "--transform own")
    if ranking.scores == "all" or ranking.layers:
        return
    for column in choose(ranking.scores, lacking=()):
        if "kernel" in column.info.needs:
            why = "it reads a kernel of the networks' layers, and --no-layers declines the pass that makes it"
            raise UsageError(
                f"Cannot compute '{column.name}'", why, "leave out --no-layers, or the score", options=_NO_LAYERS
            )


def _check_training(ranking: RankOptions) -> None:
    """Refuse a kind of training that there is not, and one of nothing."""
    check_word("train", ranking.train, TRAININGS)
    if ranking.train != TRAININGS[0] and ranking.finetune_top is None:
        why = "it says what --finetune-top trains"
        raise UsageError(
            f"--train {ranking.train} would change nothing",
            why,
            f"--finetune-top 3 --train {ranking.train}",
            options=("train",),
        )


def _check_reading(ranking: RankOptions, *, unlabeled: bool) -> None:
    """Refuse a reading of saliency that there is not, and one where no such maps are made."""
    if ranking.reading is None:
        return
    check_word("reading", ranking.reading, READINGS)
    maps = ranking.reference is not None and needs_maps(
        ranking.scores, unlabeled=unlabeled, head=ranking.reference_head, kinds=frozenset({"maps"})
    )
    if not maps:
        why = "no saliency maps are made: they are compared with a reference network's"
        fix = f"--reference ID --scores attribution --reading {ranking.reading}"
        raise UsageError(f"--reading {ranking.reading} would change nothing", why, fix, options=("reading",))


def check_probes(probes: int, dataset: object) -> None:
    """Refuse to draw fresh probes of what was drawn already.

    Raises:
        UsageError: it is so.
    """
    if probes > 1 and isinstance(dataset, Probe):
        raise UsageError(
            f"Cannot draw {probes} probes",
            "a probe that was drawn already was given",
            "give the data set's name instead",
        )


def check_effect(
    scores: str | Sequence[str] = "all",
    *,
    resample: str | Sequence[str] = (),
    subsamples: int = 20,
    probes: int = 1,
    lacking: Collection[str] = USUALLY_LACKING,
) -> None:
    """Refuse options that would change nothing, and a score whose input was not given.

    Args:
        scores: ``"all"`` or names.
        resample: scores to recompute on every subsample.
        subsamples: how many there will be.
        probes: fresh probes, which take the place of subsamples from 2 on.
        lacking: what no checkpoint will have, from :func:`will_lack`.

    Raises:
        UsageError: a score to recompute has no value in this ranking, or there are no subsamples; EMMS is asked for
            without label texts, or label texts are given without EMMS.
    """
    columns = choose(scores, lacking=lacking)
    _check_labels(scores, columns, lacking)
    if probes > 1 and listed(resample):
        why = f"with {probes} fresh probes there are none: every score is computed on every probe"
        raise UsageError(
            f"Cannot recompute '{listed(resample)[0]}' on subsamples",
            why,
            "leave out --resample",
            options=("resample", "probes"),
        )
    if probes > 1 and subsamples:
        raise UsageError(
            "--subsamples would change nothing",
            f"with --probes {probes} every interval comes from the fresh probes",
            "leave out --subsamples",
            options=("subsamples", "probes"),
        )
    resampled_too(resample, columns, subsamples=subsamples, lacking=lacking)
    _check_texts(columns, lacking)


def _check_labels(scores: str | Sequence[str], columns: Sequence[Column], lacking: Collection[str]) -> None:
    """Refuse a score that reads labels, where it is named and none are used."""
    reading = [column.name for column in columns if "labels" in column.info.needs]
    if reading and scores != "all" and "labels" in lacking:
        why = "it reads labels, and --unlabeled declines them"
        raise UsageError(
            f"Cannot compute '{reading[0]}'", why, "leave out --unlabeled, or the score", options=_NO_LABELS
        )


def _check_texts(columns: Sequence[Column], lacking: Collection[str]) -> None:
    """Refuse label texts that nothing reads, and a score that reads them where there are none."""
    reading = [column.name for column in columns if "label_texts" in column.info.needs]
    if "label_texts" in lacking:
        if reading:
            why = "it compares networks with class names as text models write them, and none are given"
            fix = "--label-texts FILE (label_texts= in Python), or leave out the score"
            raise UsageError(f"Cannot compute '{reading[0]}'", why, fix, options=("scores",))
    elif "labels" in lacking:
        raise UsageError(
            "Cannot use label texts here",
            "they describe classes, and no labels are used",
            "leave out --label-texts",
            options=("label_texts", "unlabeled"),
        )
    elif not reading:
        chosen = ",".join(column.name for column in columns)
        raise UsageError(
            "Label texts would change nothing",
            "only emms reads them, and it was not asked for",
            f"--scores {chosen},emms",
            options=("label_texts", "scores"),
        )
