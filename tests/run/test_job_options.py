import pytest

from hubscore.errors import UsageError
from hubscore.run.job_options import JobOptions


def test_nothing_is_hired_by_default():
    assert JobOptions().on is None and JobOptions(on="cpu-basic", job_timeout="90m").seconds == 5400


@pytest.mark.parametrize("wrong", [{"jobs": 0}, {"job_timeout": "soon"}])
def test_what_is_no_job(wrong):
    with pytest.raises(UsageError):
        JobOptions(on="cpu-basic", **wrong)
