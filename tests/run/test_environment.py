import pytest

from hubscore.run.environment import command_line, endpoint, environment, hardware, versions


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["/opt/bin/hubscore", "rank", "my data"], "hubscore rank 'my data'"),
        (["hubscore", "rank", "beans", "--token", "abc", "--yes"], "hubscore rank beans --token *** --yes"),
        (["hubscore", "rank", "beans", "--hf-token=abc"], "hubscore rank beans --hf-token=***"),
        (["hubscore", "rank", "hf_abcdefghijKLMN"], "hubscore rank ***"),
        ([], ""),
    ],
)
def test_a_command_can_be_pasted_and_holds_no_token(argv, told):
    assert command_line(argv) == told


def test_an_endpoint_holds_no_password():
    assert endpoint("https://me:secret@hub.example.org/") == "https://hub.example.org"


def test_versions_name_what_is_not_installed(monkeypatch):
    monkeypatch.setattr("hubscore.run.environment.PACKAGES", ("numpy", "no-such-package"))
    found = versions()
    assert found["numpy"] and found["python"] and found["no-such-package"] is None


def test_the_machine_is_described():
    machine = hardware()
    assert machine["cpu"] and machine["cores"] >= 1 and machine["memory_gb"] > 0


def test_an_environment_says_when_and_where():
    facts = environment()
    assert facts["date"].endswith("+00:00") and set(facts) == {"versions", "hardware", "command", "endpoint", "date"}
