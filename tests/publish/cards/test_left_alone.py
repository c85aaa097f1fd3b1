import json
from types import SimpleNamespace

import pytest

from hubscore.publish.cards.left_alone import LeftAlone, readable, status_code


def test_a_repo_that_is_left_alone_says_why():
    left = LeftAlone("declined", "its owner said no")
    assert (left.outcome, left.reason, left.pull, str(left)) == (
        "declined",
        "its owner said no",
        None,
        "its owner said no",
    )


def test_an_answer_that_is_not_json_can_be_tried_again():
    assert readable(lambda: 5) == 5
    with pytest.raises(TimeoutError, match="could not be read"):
        readable(lambda: json.loads("<html>502</html>"))


def test_errors_have_the_status_of_the_answer_they_came_with():
    error = OSError()
    assert status_code(error) is None
    error.response = SimpleNamespace(status_code=403)
    assert status_code(error) == 403
