"""Shared by every test; the import of hubfixture must stay first, because it sets what the Hugging Face libraries
read at import.

Every error that hubscore builds while the tests run is recorded; when all have run, what these errors advise is
checked, and a piece of advice that cannot be followed fails the session.
"""

import gc
import json
import signal

import pytest
import warmpython
from hubfixture import hub, tiny_repos

from advicerecord import Record  # isort: skip

__all__ = ["hub", "tiny_repos"]

LONG = """
space/test_visits.py e2e/test_rank.py demo/test_steps.py publish/cards/test_publish.py e2e/test_advice_works.py
bench/test_zoo.py attribution/test_architectures.py examples/test_notebook.py ranking/test_build.py cli/test_publish.py
space/test_views.py publish/space/test_static.py e2e/test_bad_input.py extract/test_extract_all.py test_site.py
watch/test_rounds.py e2e/test_accelerate.py publish/cards/test_send.py modalities/test_toy.py bench/test_compare.py
extract/test_supervisor.py examples/test_examples.py cli/test_map.py report/test_map_files.py e2e/test_killed.py
space/test_elsewhere.py space/test_access.py
""".split()
"""Files that take longest. Several processes begin with them, or one would be left with such a file at the end."""

RECORD = Record()
PROBLEMS: list[str] = []


@pytest.fixture(scope="session")
def warm_python():
    """An executable that runs what ``python`` runs, in a fork that need not import what takes seconds."""
    with warmpython.started() as executable:
        yield executable


def pytest_configure(config):
    # A shell lets what it runs in the background, or under nohup, ignore Ctrl-C, and every process that a test starts
    # inherits that; the tests are about one that does not.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()  # a million objects come by collecting tests, and stay: nobody need look through them again and again
    RECORD.start()
    if hasattr(config.option, "loadscopereorder"):  # xdist would begin with the files of most tests
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        places = {f"tests/{name}": place for place, name in enumerate(LONG)}
        items.sort(key=lambda item: places.get(item.location[0], len(LONG)))


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
    gc.enable()


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
