import io

import pytest

from hubscore.cli.piped_models import with_piped_models
from hubscore.errors import UsageError
from hubscore.run.options import CandidateOptions


@pytest.fixture
def piped(monkeypatch):
    def read(text, *models):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return list(with_piped_models(CandidateOptions(models=models)).models)

    return read


def test_ids_and_json(piped):
    assert piped("a/b\n# a remark\n\nc/d@main  # another\n", "-") == ["a/b", "c/d@main"]
    sha = "0123456789" * 4
    assert piped(f'[{{"model": "a/b", "revision": "{sha}"}}, {{"model": "c/d", "revision": null}}]', "-") == [
        f"a/b@{sha}",
        "c/d",
    ]


def test_other_models_stay_and_stdin_is_left_alone(piped):
    assert piped("x/y", "a/b", "c/d") == ["a/b", "c/d"]


@pytest.mark.parametrize("text", ["", "\n# only a remark\n", "[]"])
def test_nothing_is_an_error(piped, text):
    with pytest.raises(UsageError, match="No model came in"):
        piped(text, "-")


def test_broken_json_and_a_second_name(piped):
    with pytest.raises(UsageError, match="not valid JSON"):
        piped("[1,", "-")
    with pytest.raises(UsageError, match="takes all models"):
        piped("a/b", "-", "c/d")
