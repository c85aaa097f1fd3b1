import json

import pytest

from hubscore.cli.main import main
from hubscore.scores.info import SCORES


@pytest.fixture
def scores(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(["scores", *words])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return run


def test_lists_every_registered_score(scores):
    code, out, err = scores("--format", "json")
    assert not code and [row["name"] for row in json.loads(out)] == list(SCORES.names())
    assert "hubscore scores NAME" in err
    assert scores("-q")[1].split() == list(SCORES.names())
    assert "NAME" in scores("--format", "human")[1]


def test_explains_one_in_plain_words(scores):
    code, out, _ = scores("logme", "--format", "human")
    assert not code
    for part in ("measures: ", "misleads: ", "reading: ", "higher is better", "You"):
        assert part in out


def test_an_unknown_score_has_a_near_name(scores):
    code, out, err = scores("logmee")
    assert code == 2 and out == "" and "Unknown score 'logmee'" in err and "logme" in err


def test_two_forms_at_once_are_refused(scores):
    code, _, err = scores("--json", "-q")
    assert code == 2 and "--json and --quiet exclude each other" in err
