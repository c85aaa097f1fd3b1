import pickle
import re

import pytest

from hubscore.errors import Advice, CandidateError, ErrorCode, HubError, HubscoreError, Undefined, UsageError, reason_of


def subclasses(error):
    """Those of hubscore.errors; rooms and plug-ins may have more."""
    return [made for made in error.__subclasses__() if made.__module__ == "hubscore.errors"]


def test_an_error_says_what_why_and_what_to_type():
    assert (
        str(UsageError("Unknown score 'x'", "did you mean y?", "hubscore scores"))
        == "Unknown score 'x': did you mean y?\nTry: hubscore scores"
    )
    assert str(HubscoreError("It failed")) == "It failed"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            CandidateError(
                "Cannot load 'org/net'", "its weights are damaged", "load again", subject="org/net", predicate=""
            ),
            "its weights are damaged; load again",
        ),
        (
            CandidateError(
                "Model 'org/net' is gated", "ask its owner", "hf auth login", subject="org/net", predicate="is gated"
            ),
            "is gated: ask its owner; hf auth login",
        ),
        (CandidateError("'org/net' is an adapter", predicate="is an adapter"), "is an adapter"),
        (CandidateError("'org/net' is an adapter"), "'org/net' is an adapter"),
        (HubError("The Hub failed", "status 500"), "The Hub failed: status 500"),
    ],
)
def test_a_reason_fits_behind_the_name_of_the_model(error, reason):
    assert reason_of(error) == reason


def test_a_sentence_is_never_taken_apart():
    """The subject is a field: words that look like one stay."""
    assert reason_of(CandidateError("Cannot load 'org/net'", "it is damaged")) == "Cannot load 'org/net': it is damaged"


@pytest.mark.parametrize("error", [HubscoreError, *subclasses(HubscoreError)], ids=lambda error: error.__name__)
def test_every_class_has_a_code_of_its_own_in_the_list(error):
    made = error("It failed", "it broke")
    assert made.code == error.default_code and isinstance(made.code, ErrorCode)
    assert sum(other.default_code == made.code for other in (HubscoreError, *subclasses(HubscoreError))) == 1


def test_a_code_is_a_word_of_its_own():
    assert UsageError("It failed", code="my-plugin-failed").code == "my-plugin-failed"
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in ErrorCode)


@pytest.mark.parametrize("error", [HubscoreError, *subclasses(HubscoreError)], ids=lambda error: error.__name__)
def test_an_error_travels_between_processes(error):
    sent = error("It failed", "it broke", "fix it", code=ErrorCode.GATED, subject="org/net", predicate="", status=403)
    got = pickle.loads(pickle.dumps(sent))
    assert type(got) is error and str(got) == str(sent)
    assert got.code == ErrorCode.GATED and got.subject == "org/net" and got.predicate == ""
    assert got.details == {"subject": "org/net", "predicate": "", "status": 403}


def test_undefined_carries_reason_and_remedy_on_one_line():
    assert Undefined("LEEP is undefined", "no source head", "use knn").reason == "no source head; use knn"
    assert Undefined("LEEP is undefined", "no source head").reason == "no source head"


def test_advice_is_a_code_with_words():
    assert Advice("reduce") is Advice.REDUCE == "reduce"
    assert len({advice.words for advice in Advice}) == len(Advice)


def test_what_would_help_is_advice_and_then_the_fix():
    undefined = Undefined("It", "few", "wait", advice=(Advice.REDUCE, Advice.SAMPLES), code="few", subject="net")
    assert undefined.fix == "reduce to 32 dimensions, use more samples, or wait"
    rest = undefined.without(Advice.REDUCE)
    assert rest.reason == "few; use more samples, or wait" and rest.advice == (Advice.SAMPLES,)
    assert (rest.what, rest.code, rest.subject) == ("It", "few", "net")
    assert undefined.without(Advice.LAYER).reason == undefined.reason


def test_where_the_data_have_no_more_rows_only_what_can_be_done_is_said():
    both = Undefined("It", "few", advice=(Advice.REDUCE, Advice.SAMPLES), code="few", subject="net")
    assert both.on_all_rows().reason == "few; reduce to 32 dimensions"
    alone = both.without(Advice.REDUCE).on_all_rows()
    assert alone.reason == "few; the data have no more rows" and (alone.what, alone.code) == ("It", "few")
    assert Undefined("It", "few", "wait").on_all_rows().reason == "few; wait"
    assert Undefined("It", "few").on_all_rows().reason == "few"


def test_advice_survives_a_process_border():
    undefined = pickle.loads(pickle.dumps(Undefined("It", "few", "wait", advice=(Advice.REDUCE,))))
    assert undefined.fix == "reduce to 32 dimensions, or wait" and undefined.without(Advice.REDUCE).fix == "wait"
