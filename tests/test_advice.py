"""The check of all advice, on advice that is known to be right or wrong."""

import pytest
from advicecheck import problems, wrong
from advicerecord import Advised, Record

from hubscore.errors import Undefined, UsageError
from hubscore.install import WITH_SPACE
from hubscore.run.options import DataOptions


@pytest.mark.parametrize(
    "fix",
    [
        "hubscore rank DATASET --models a/b",
        "hubscore map DATASET --models ... --save DIR makes one",
        "hubscore layers MODEL --list",
        "rank --exclude-contaminated=all, or --limit 20",
        WITH_SPACE,
        "subsamples=20, or 0 for none",
        "HF_HUB_DOWNLOAD_TIMEOUT=60",
        "hf auth login, with a token that may write",
    ],
)
def test_what_can_be_followed(fix):
    assert list(wrong(fix)) == []


@pytest.mark.parametrize(
    ("fix", "told"),
    [
        ("hubscore rnk DATASET", "cannot be read"),
        ("hubscore rank DATASET --limits 3", "cannot be read"),
        ("hubscore rank DATASET --limit few", "cannot be read"),
        ("use --subsample 20", "no verb has --subsample"),
        ("pip install hubscore-space", "nobody knows the package 'hubscore-space'"),
        ("sub_samples=20", "no function takes sub_samples="),
    ],
)
def test_what_cannot(fix, told):
    assert any(told in problem for problem in wrong(fix))
    assert len(problems([Advised("run/x.py:1", "UsageError", "usage", "It fails", "", fix, "tests/x.py::y")])) == 1


def test_only_what_hubscore_itself_builds_is_recorded_and_workers_hand_it_over():
    record, before = Record(), UsageError.__mro__[1].__init__
    record.start()
    try:
        UsageError("made up", "", "--no-such-option")
        Undefined("made up", "because", "--no-such-option")
        for _ in range(2):
            with pytest.raises(UsageError):
                DataOptions(target="clasification")
    finally:
        UsageError.__mro__[1].__init__ = before
    ((one,), other) = record.advised(), Record()
    assert one.fix == "--target classification" and one.where.startswith("run/options.py:")
    other.merge(record.plain())
    other.merge(record.plain())
    assert other.advised() == [one]
