import io
from dataclasses import replace

import numpy as np
import pytest
from fakes import fake_probe

from hubscore.cli.advice import TYPED, error_text, with_flags
from hubscore.cli.errors import run_guarded
from hubscore.cli.main import main
from hubscore.cli.output import Output
from hubscore.errors import Advice, Undefined, UsageError
from hubscore.ranking.columns import choose, resampled_too
from hubscore.ranking.request import check_label_texts, check_scores
from hubscore.similarity.depara import check_lambda

FEW = Undefined("H-score is undefined", "there are few samples", advice=(Advice.REDUCE, Advice.SAMPLES))


def test_a_reason_says_what_to_type():
    assert with_flags(FEW.reason) == "there are few samples; use --reduce 32, or use more samples (--samples)"
    assert with_flags("nothing is advised") == "nothing is advised"


@pytest.mark.parametrize("advice", TYPED)
def test_what_is_typed_is_an_option_of_the_verb(advice, capsys):
    with pytest.raises(SystemExit):
        main(["rank", "--help"])
    (option,) = (word.strip("()") for word in TYPED[advice].split() if word.strip("(").startswith("--"))
    assert option in capsys.readouterr().out
    assert with_flags(advice.words) == TYPED[advice]


def test_what_no_option_follows_is_said_as_it_is():
    assert {Advice.LAYER, Advice.DEDUPLICATE}.isdisjoint(TYPED)
    assert with_flags(Advice.DEDUPLICATE.words) == "drop duplicated samples"


def said(write):
    output = Output("human", stdout=io.StringIO(), stderr=io.StringIO())
    write(output)
    assert output._stdout.getvalue() == ""
    return output._stderr.getvalue()


@pytest.mark.parametrize("way", ["note", "warning", "error"])
def test_whatever_is_said_on_stderr_says_what_to_type(way):
    assert "use --reduce 32, or use more samples" in said(lambda output: getattr(output, way)(FEW.reason))


def test_data_on_stdout_keeps_the_words_of_the_ranking():
    output = Output("json", stdout=io.StringIO(), stderr=io.StringIO())
    output.rows([{"model": "a", "undefined": FEW.reason}], id_key="model")
    assert FEW.reason in output._stdout.getvalue()


def failing(run):
    output = Output("human", stdout=io.StringIO(), stderr=io.StringIO())
    run_guarded(run, output=output)
    return output._stderr.getvalue()


@pytest.mark.parametrize(
    ("run", "fix"),
    [
        (lambda: choose("knn", reduce=0), "--reduce 32"),
        (lambda: choose("size"), "--scores all"),
        (lambda: choose("parc@x"), "--scores parc@32"),
        (lambda: choose("leep@3"), "--scores leep"),
        (lambda: resampled_too("knn", choose("knn"), subsamples=0), "--subsamples 20"),
        (lambda: resampled_too("knn", choose("parc")), "--scores parc,parc@32,knn"),
        (lambda: check_scores("knn", subsamples=1), "--subsamples 20, or 0 for none"),
        (lambda: check_label_texts([np.eye(2)], replace(fake_probe(), labels=None)), "leave out --label-texts"),
        (lambda: check_lambda(-1), "--lambda 1"),
        (lambda: resampled_too("rsa", choose("knn"), lacking=("reference",)), "leave out --resample rsa"),
    ],
)
def test_where_a_call_is_wrong_the_option_is_told(run, fix):
    assert failing(run).endswith(f"Try: {fix}\n")
    with pytest.raises(UsageError) as caught:
        run()
    assert "--" not in caught.value.fix, "in Python it is the argument"


def test_other_errors_keep_their_fix():
    assert error_text(UsageError("No", "why", "wait")) == "No: why\nTry: wait"
    assert error_text(FEW) == str(FEW)
