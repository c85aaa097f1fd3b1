"""The Space with example results on a port of this machine, and the system's Chromium where there is one."""

import pytest
from spacedata import write_example
from spaceserver import chromium, opened_browser, served
from spacevisit import moved, opened


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
    """A real browser; it ends with the file, since other tests could run no event loop of their own beside it."""
    pytest.importorskip("playwright.sync_api")
    if chromium() is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with opened_browser() as running:
        yield running


@pytest.fixture(scope="module")
def context(browser):
    """One profile for all tests, so that Gradio's own files are loaded once."""
    made = browser.new_context(accept_downloads=True, viewport={"width": 1440, "height": 900})
    made.set_default_timeout(60_000)  # a loaded machine is no failure
    yield made
    made.close()


@pytest.fixture(scope="module")
def loaded(context, url):
    """Two visitors, each with a page that was loaded once, which takes longer than most that they do there."""
    return opened(context.new_page(), url), opened(context.new_page(), url)


@pytest.fixture
def page(loaded):
    """A page at the plain address, every control as it is when somebody comes."""
    return moved(loaded[0])


@pytest.fixture
def friend(loaded):
    """The page of somebody else, to whom an address is sent."""
    return moved(loaded[1])


@pytest.fixture
def fresh(context):
    """A page that nothing was loaded into."""
    opened = context.new_page()
    yield opened
    opened.close()
