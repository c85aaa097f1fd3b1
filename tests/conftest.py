"""Shared by every test; the import of hubfixture must stay first, because it sets what the Hugging Face libraries
read at import.

Every error that hubscore builds while the tests run is recorded; when all have run, what these errors advise is
checked, and a piece of advice that cannot be followed fails the session.
"""

import json

import pytest
from hubfixture import hub, tiny_repos

from advicerecord import Record  # isort: skip

__all__ = ["hub", "tiny_repos"]

RECORD = Record()
PROBLEMS: list[str] = []


def pytest_configure(config):
    RECORD.start()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    RECORD.test = item.nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    RECORD.merge(getattr(node, "workeroutput", {}).get("advice", []))


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # one of several processes: the first one checks for all
        session.config.workeroutput["advice"] = RECORD.plain()
        return
    if not RECORD.found:
        return
    from advicecheck import problems

    place = session.config._tmp_path_factory.getbasetemp() / "advice.json"
    place.write_text(json.dumps(RECORD.plain(), indent=1), encoding="utf-8")
    PROBLEMS.extend(problems(RECORD.advised()))
    if PROBLEMS and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if PROBLEMS:
        terminalreporter.section("advice that cannot be followed", red=True)
        terminalreporter.write_line("\n".join(PROBLEMS))
