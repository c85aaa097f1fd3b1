import io

import pytest

from hubscore.errors import CandidateError, HubError, HubscoreError, StorageError
from hubscore.extract.messages import pack_error, read_message, unpack_error, write_message


def test_a_message_is_one_line_whatever_is_in_it():
    stream = io.BytesIO()
    write_message(stream, {"say": "done", "text": "a\nb\u2028ü"})
    assert stream.getvalue().count(b"\n") == 1
    assert read_message(stream.getvalue()) == {"say": "done", "text": "a\nb\u2028ü"}


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"Loading weights 100 %\n", b"[1]\n", b'{"a": 1}\n', b'{"say": 1}\n', b"\xff"]
)
def test_what_libraries_print_is_no_message(line):
    assert read_message(line) is None


@pytest.mark.parametrize("kind", [CandidateError, HubError, StorageError, HubscoreError])
def test_an_error_keeps_its_class_its_words_its_code_and_its_plain_details(kind):
    error = kind("What", "why", "fix", code="gated", subject="org/net", status=503, response=object())
    again = unpack_error(pack_error(error))
    assert type(again) is kind and str(again) == str(error) and again.code == "gated"
    assert again.details == {"subject": "org/net", "status": 503}


def test_an_error_of_another_class_is_a_plain_one():
    packed = {**pack_error(StorageError("What", "why")), "class": "ErrorCode"}
    assert type(unpack_error(packed)) is HubscoreError
