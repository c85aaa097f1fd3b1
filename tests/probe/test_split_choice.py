from pathlib import Path

import pytest

from hubscore.errors import UsageError
from hubscore.probe.source import DataSource
from hubscore.probe.split_choice import choose_split

SOURCE = DataSource("birds", "folder", Path("birds"))


def choose(wanted, *names):
    return choose_split(SOURCE, {name: ["a.png"] for name in names}, wanted, "imagefolder")


def test_train_or_the_only_one_or_the_one_that_is_asked_for():
    assert choose(None, "test", "train") == "train" and choose(None, "dev") == "dev"
    assert choose("test", "test", "train") == "test"


@pytest.mark.parametrize(
    ("wanted", "advice"),
    [
        ("dev", "--split validation"),
        ("VAL", "--split validation"),
        ("Train", "--split train"),
        ("train[:10%]", "--split train --samples N, for a part of it"),
        ("train+validation", "--split train"),
        ("eval data", "--split 'my test'"),
        ("other", "--split 'my test'"),
    ],
)
def test_what_is_meant_is_advised(wanted, advice):
    names = ("my test", "train") if "my" in advice else ("train", "validation")
    with pytest.raises(UsageError) as error:
        choose(wanted, *names)
    assert error.value.fix == advice
