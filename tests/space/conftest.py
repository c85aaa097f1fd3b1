"""The Space with example results on a port of this machine, and the system's Chromium where there is one."""

import pytest
from spacedata import write_example
from spaceserver import chromium, opened_browser, served


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    """A folder with example results."""
    return write_example(tmp_path_factory.mktemp("space") / "results")


@pytest.fixture(scope="session")
def url(example):
    """The address of a Space that shows the example."""
    with served(example) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """A real browser; it ends with the file, since a process cannot hold two of them."""
    pytest.importorskip("playwright.sync_api")
    if chromium() is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with opened_browser() as running:
        yield running


@pytest.fixture(scope="module")
def context(browser):
    """One profile for all tests, so that Gradio's own files are loaded once."""
    made = browser.new_context(accept_downloads=True)
    made.set_default_timeout(60_000)  # a loaded machine is no failure
    yield made
    made.close()


@pytest.fixture
def page(context):
    """A fresh page, 1440 pixels wide."""
    opened = context.new_page()
    opened.set_viewport_size({"width": 1440, "height": 900})
    yield opened
    for page in context.pages:
        page.close()
