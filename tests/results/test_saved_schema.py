import copy
import json

import pytest

from hubscore.results.saved_schema import SchemaError, check_ranking


@pytest.fixture
def data(ranking):
    return copy.deepcopy(json.loads(json.dumps(ranking.to_json())))


def put(data, path, value):
    """Set what lies at a path of keys and places."""
    *way, last = path
    for key in way:
        data = data[key]
    data[last] = value


def test_what_hubscore_saves_passes_even_when_its_words_are_hostile(data, evil_ranking):
    check_ranking(data)
    evil = json.loads(json.dumps(evil_ranking.to_json()))
    with pytest.raises(SchemaError, match=r"record\.date"):
        check_ranking(evil)
    evil["record"]["date"] = None
    check_ranking(evil)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("rows",), {}, "rows is an object, and must be a list"),
        (("rows", 0), None, r"rows\[0\] is null, and must be an object"),
        (("rows", 0, "revision"), None, r"rows\[0\]\.revision is null"),
        (("rows", 0, "model"), " ", r"rows\[0\]\.model is empty"),
        (("rows", 0, "rank"), "1", r"rows\[0\]\.rank is '1', and must be a whole number"),
        (("rows", 0, "rank"), True, "rank is True"),
        (("rows", 0, "rank"), 0, "places begin at 1"),
        (("rows", 0, "consensus"), 80, "must lie between 0 and 1"),
        (("rows", 0, "expected"), 83.0, r"rows\[0\]\.expected is 83.0, and must lie between 0 and 1"),
        (("rows", 0, "expected_ci"), [0.1], r"rows\[0\]\.expected_ci must hold two numbers"),
        (("rows", 0, "p_best"), "likely", r"rows\[0\]\.p_best is 'likely'"),
        (("rows", 0, "shortlist"), 1, r"rows\[0\]\.shortlist is 1, and must be true or false"),
        (("rows", 0, "notes"), "x", r"rows\[0\]\.notes is 'x', and must be a list"),
        (("rows", 0, "rank_ci"), [1], "must hold two numbers, not 1"),
        (("rows", 0, "rank_ci"), [1, "2"], r"rank_ci\[1\] is '2'"),
        (("rows", 0, "scores"), [], r"rows\[0\]\.scores is a list"),
        (("rows", 0, "scores", "logme"), None, r"scores\.logme is null"),
        (("rows", 0, "scores", "logme"), float("inf"), r"scores\.logme is inf, not a number"),
        (("rows", 0, "baselines", "size"), "x" * 99, r"baselines\.size is 'x{38}\u2026"),
        (("agreement", "deep"), {"er": [float("nan")]}, r"agreement\.deep\.er\[0\] is nan"),
        (("skipped",), [{"model": "a/b"}], r"skipped\[0\]\.reason is missing"),
        (("probe", "samples"), "120", "probe.samples is '120'"),
        (("scores", "logme"), "LogME", "scores.logme is 'LogME', and must be an object"),
        (("record", "date"), "yesterday", "record.date is 'yesterday', and must be a date like"),
        (("record", "ordered_by"), 3, "record.ordered_by is 3, and must be text"),
        (("record", "expected"), [], "record.expected is a list"),
        (("record", "options"), None, "record.options is null"),
    ],
)
def test_the_key_that_is_wrong_is_named(data, path, value, told):
    put(data, path, value)
    with pytest.raises(SchemaError, match=told):
        check_ranking(data)


@pytest.mark.parametrize("key", ["rows", "skipped", "probe", "agreement", "scores", "record"])
def test_the_key_that_is_missing_is_named(data, key):
    del data[key]
    with pytest.raises(SchemaError, match=f"^{key} is missing$"):
        check_ranking(data)
