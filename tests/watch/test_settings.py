from dataclasses import replace

import pytest
from publishscene import made_up

from hubscore.types import RunRecord
from hubscore.watch.settings import Settings, unsupported_options


def ranking(*, samples=500, seed=0, scores="all", input_size=None, **record):
    """A ranking that says how it was made."""
    made = made_up(["a/b"])
    options = {
        "scores": scores,
        "reduce": None,
        "capacity": False,
        "subsamples": 20,
        "probes": 1,
        "seed": seed,
        "resample": [],
    }
    known = {"samples": samples, "input_size": input_size, "seeds": {"ranking": seed}}
    known |= {"options": options | record.pop("options", {})} | record
    return replace(made, record=RunRecord.from_json({**made.record.to_json(), **known}))


def test_the_same_options_are_the_same_however_they_are_written():
    assert Settings().missing(ranking()) == ""
    assert Settings(scores="knn, logme").missing(ranking(scores=["logme", "knn"])) == ""
    assert Settings(config="default", split="train").missing(ranking()) == ""
    assert list(unsupported_options(ranking())) == []


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"samples": 200, "seed": 3}, "--seed 3 --samples 200"),
        ({"scores": ["logme", "knn"]}, "--scores logme,knn"),
        ({"input_size": 224}, "--input-size 224"),
    ],
)
def test_what_to_type_is_how_it_was_made(made, told):
    assert Settings().missing(ranking(**made)) == told


def test_an_option_too_many_is_told():
    assert Settings(input_size=224).missing(ranking()) == "without --input-size"
    assert Settings(split="test").missing(ranking()) == "--split train"


def test_a_ranking_that_does_not_say_how_it_was_made_is_taken_as_it_is():
    assert Settings(samples=7, seed=7).missing(made_up(["a/b"])) == ""


def test_options_that_a_watch_does_not_have():
    odd = ranking(options={"reduce": 64, "capacity": True, "label_texts": [[4, 6]]}, reference={"model": "a/b"})
    assert list(unsupported_options(odd)) == ["--reduce", "--capacity", "--label-texts", "--reference"]
    assert list(unsupported_options(ranking(finetuning={"models": ["a/b"]}))) == ["--finetune-top"]
    assert list(unsupported_options(ranking(transform="whole"))) == ["--transform"]
    plain = ranking()
    told = replace(plain, rows=tuple(replace(row, history=0.5) for row in plain))
    assert list(unsupported_options(told)) == ["--history"]
    assert list(unsupported_options(ranking(input_sizes={"a/b": 96}))) == ["input_size in the list of --models"]
