"""Real data sets on disk: which rows are trained on, which are measured on, and that none is both."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import fake_probe
from hubfixture import write_files
from run.test_finetune_top import blots

from hubscore.errors import DatasetError, UsageError
from hubscore.run.options import DataOptions
from hubscore.run.session import Session
from hubscore.run.short_split import ShortSplit, check_single_classes, draw_short_split, planned_work


def pixels(split: ShortSplit) -> list[list[bytes]]:
    return [[image.tobytes() for image in part.items] for part in (split.train, split.validation)]


def split_of(folder: Path, each: int, samples: int, *, seed: int = 0) -> tuple[ShortSplit, list[bytes]]:
    """Draw from a folder of two classes; return the split and the probe's pixels."""
    write_files(folder, blots("train", each, 0))
    session = Session(DataOptions(samples=samples, seed=seed))
    probe = session.draw_probe(folder, labels_required=True)
    return draw_short_split(session, folder, probe), [image.tobytes() for image in probe.items]


def test_the_probe_is_trained_on_and_rows_outside_it_are_measured_on(tmp_path: Path) -> None:
    split, probe = split_of(tmp_path, each=40, samples=40)
    train, validation = pixels(split)
    assert (len(train), len(validation)) == (60, 20)  # all of the 80: three quarters, one quarter
    assert not set(validation) & set(probe) and not set(validation) & set(train) and set(probe) <= set(train)
    assert sorted(np.bincount(split.validation.labels)) == [10, 10]
    assert split.text == "fine-tuned on 60 images, measured on 20 others that no network had run over"


def test_where_the_split_has_no_more_the_probe_gives_what_is_missing_and_says_so(tmp_path: Path) -> None:
    split, _ = split_of(tmp_path, each=12, samples=22)
    train, validation = pixels(split)
    assert (len(train), len(validation)) == (18, 6) and not set(train) & set(validation)
    assert "measured on 6 others: 4 of them are of the probe, because the data set has no more" in split.text


def test_a_copy_of_a_training_image_is_not_measured_on(tmp_path: Path) -> None:
    files = blots("train", 10, 0)
    copies = {path.replace("/0", "/copy0"): content for path, content in files.items()}
    write_files(tmp_path, files | copies)
    session = Session(DataOptions(samples=12))
    split = draw_short_split(session, tmp_path, session.draw_probe(tmp_path, labels_required=True))
    train, validation = pixels(split)
    assert not set(train) & set(validation)


def test_a_probe_that_was_drawn_before_is_divided(tmp_path: Path) -> None:
    write_files(tmp_path, blots("train", 10, 0))
    session = Session(DataOptions(samples=16))
    probe = session.draw_probe(tmp_path, labels_required=True)
    split = draw_short_split(session, probe, probe)
    assert (len(split.train.labels), len(split.validation.labels)) == (12, 4)
    assert "all of them are of the probe" in split.text


def test_the_fingerprint_knows_the_rows_and_nothing_else(tmp_path: Path) -> None:
    one, _ = split_of(tmp_path / "a", each=10, samples=12)
    same, _ = split_of(tmp_path / "b", each=10, samples=12)
    other, _ = split_of(tmp_path / "a", each=10, samples=12, seed=1)
    assert one.fingerprint == same.fingerprint != other.fingerprint


def test_labels_keep_the_numbers_of_the_probes_classes(tmp_path: Path) -> None:
    split, _ = split_of(tmp_path, each=10, samples=12)
    for part in (split.train, split.validation):
        assert all((np.asarray(image).mean() > 100) == bool(label) for image, label in zip(*part, strict=True))


@pytest.mark.parametrize(("target", "words"), [("regression", "for regression"), (None, "without labels")])
def test_only_single_classes_are_supported(target: str | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_single_classes(replace(fake_probe(), target=target))


def test_a_handful_of_rows_is_too_few() -> None:
    few = replace(fake_probe(classes=2, each=2), items=[None] * 4)
    with pytest.raises(DatasetError, match="Cannot fine-tune on 4 rows: 8 are the least"):
        draw_short_split(Session(), few, few)


def test_the_plan_knows_the_usual_sizes() -> None:
    assert planned_work(3, None)[:3] == planned_work(3, 5000)[:3] == (3, 300, 100)
    assert planned_work(2, 200) == (2, 150, 50, 2, "all")
