import io

import pytest

from hubscore.cli.arguments import exit_code, require_dataset
from hubscore.cli.output import Output
from hubscore.errors import UsageError
from hubscore.types import Skipped


def test_a_data_set_that_was_swallowed_by_models_is_asked_for():
    assert require_dataset("birds", "rank") == "birds"
    with pytest.raises(UsageError) as caught:
        require_dataset(None, "plan", ["a/b", "my birds"])
    assert caught.value.fix == "hubscore plan 'my birds' --models a/b" and "--models takes" in caught.value.why
    with pytest.raises(UsageError) as caught:
        require_dataset(None, "plan", ["a/b"])
    assert caught.value.fix == "hubscore plan DATASET --models a/b"


def test_where_no_models_are_named_nobody_speaks_of_them():
    with pytest.raises(UsageError) as caught:
        require_dataset(None, "rank")
    assert "--models" not in str(caught.value) and caught.value.fix.startswith("hubscore rank DATASET")


@pytest.mark.parametrize(("skipped", "strict", "code"), [(0, True, 0), (2, False, 0), (2, True, 1)])
def test_a_skipped_candidate_fails_a_strict_run_alone(skipped, strict, code):
    said = io.StringIO()
    output = Output("human", stderr=said)
    assert exit_code(output, [Skipped("a/b", "gone")] * skipped, strict=strict) == code
    assert ("2 of the candidates cannot be ranked" in said.getvalue()) == bool(code)
