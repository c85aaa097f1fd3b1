import pytest

from hubscore.errors import CandidateError, HubError, HubscoreError, Undefined, UsageError, reason_of


def test_an_error_says_what_why_and_what_to_type():
    assert (
        str(UsageError("Unknown score 'x'", "did you mean y?", "hubscore scores"))
        == "Unknown score 'x': did you mean y?\nTry: hubscore scores"
    )
    assert str(HubscoreError("It failed")) == "It failed"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            CandidateError("Cannot load 'org/net'", "its weights are damaged", "download them again"),
            "its weights are damaged; download them again",
        ),
        (CandidateError("Cannot run 'org/net'", "its features are not finite"), "its features are not finite"),
        (
            CandidateError("Cannot explain the representation of 'org/net'", "its gradient is not finite"),
            "its gradient is not finite",
        ),
        (
            CandidateError("Model 'org/net' is gated", "ask its owner", "hf auth login"),
            "is gated: ask its owner; hf auth login",
        ),
        (CandidateError("'org/net' is an adapter"), "is an adapter"),
        (HubError("The Hub failed", "status 500"), "The Hub failed: status 500"),
    ],
)
def test_a_reason_fits_behind_the_name_of_the_model(error, told):
    assert reason_of(error) == told


def test_undefined_carries_reason_and_remedy_on_one_line():
    assert Undefined("LEEP is undefined", "no source head", "use knn").reason == "no source head; use knn"
    assert Undefined("LEEP is undefined", "no source head").reason == "no source head"
