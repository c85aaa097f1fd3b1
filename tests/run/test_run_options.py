import pytest

from hubscore.errors import UsageError
from hubscore.run.run_options import RunOptions, read_seconds


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("1.5h", 5400), (" 2M ", 120), ("7", 7), (0.5, 0.5)])
def test_a_time_is_read_with_its_unit(text, seconds):
    assert read_seconds(text, "--timeout-per-model") == seconds
    assert RunOptions(timeout_per_model=text).timeout_per_model == seconds


@pytest.mark.parametrize("text", ["", "m", "0", "-1m", "soon", "inf", "nan", "1d"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(UsageError, match="Cannot read --timeout-per-model"):
        RunOptions(timeout_per_model=text)


def test_isolation_is_as_asked_or_as_the_environment_says_or_automatic(monkeypatch):
    monkeypatch.setenv("HUBSCORE_ISOLATE", "never")
    assert RunOptions().isolation == "never" and RunOptions(isolate="always").isolation == "always"
    monkeypatch.delenv("HUBSCORE_ISOLATE")
    assert RunOptions().isolation == "auto"
    monkeypatch.setenv("HUBSCORE_ISOLATE", "perhaps")
    with pytest.raises(UsageError, match="HUBSCORE_ISOLATE is auto, always, never"):
        _ = RunOptions().isolation
    with pytest.raises(UsageError, match="--isolate"):
        RunOptions(isolate="sometimes")


def test_a_precision_that_there_is_not_is_refused_with_a_near_one():
    assert RunOptions(precision="bf16").precision == "bf16"
    with pytest.raises(UsageError, match=r"precisions are float32, tf32, bf16, fp16\nTry: --precision bf16"):
        RunOptions(precision="bf61")


def test_a_pooling_that_there_is_not_is_refused_with_a_near_one():
    assert RunOptions(pooling="mean", hidden_layers="best").pooling == "mean"
    with pytest.raises(UsageError, match="--pooling mean"):
        RunOptions(pooling="mena")
    with pytest.raises(UsageError, match="--hidden-layers last"):
        RunOptions(hidden_layers="lats")
    with pytest.raises(UsageError, match="There is no --hidden-layers each") as caught:
        RunOptions(hidden_layers="each")
    assert caught.value.fix == "hubscore layers MODEL DATASET"
