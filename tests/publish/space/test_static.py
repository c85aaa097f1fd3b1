import json
import re

import pytest
from spacedata import EVIL, evil_ranking, example_ranking
from spaceserver import chromium, opened_browser

from hubscore.publish.results import write_results
from hubscore.publish.space.static import static_page
from hubscore.results import read_results


def write_page(folder, *rankings):
    page = folder / "index.html"
    page.write_bytes(static_page(write_results(folder / "results", rankings), "https://huggingface.co"))
    return page


def data_of(page):
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)[1]
    )


def test_it_is_one_file_that_holds_the_data(tmp_path):
    page = write_page(tmp_path, example_ranking(models=5))
    data = data_of(page)
    assert len(data["rows"]) == 5 and data["columns"].count("model") == 1 and "logme" in data["scores"]
    assert "default-src 'none'" in page.read_text() and not re.search(r"(?:src|href)=[\"']?https?:", page.read_text())


def test_hostile_strings_cannot_leave_the_data(tmp_path):
    page = write_page(tmp_path, evil_ranking())
    assert page.read_text().count("<script") == 2 and any(
        EVIL in str(value) for row in data_of(page)["rows"] for value in row
    )


def test_no_results_are_a_page_too(tmp_path):
    (tmp_path / "empty").mkdir()
    assert b"There are no results yet" in static_page(read_results(tmp_path / "empty"), "https://huggingface.co")


@pytest.fixture(scope="module")
def browser():
    pytest.importorskip("playwright.sync_api")
    if chromium() is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with opened_browser() as running:
        yield running


def test_it_sorts_and_filters_in_a_browser(browser, tmp_path):
    birds, leaves = (
        example_ranking(models=60),
        example_ranking("user/leaves", 12, seed=3, date="2026-10-02T08:00:00+00:00", by_size=True),
    )
    page = browser.new_page(viewport={"width": 375, "height": 812})
    problems = []
    page.on("pageerror", lambda error: problems.append(error))
    page.goto(write_page(tmp_path, birds, leaves).as_uri())
    names = page.locator("tbody th.model")
    first = sorted(row.model for row in birds.rows if row.rank == 1)
    assert names.count() == 50 and names.all_inner_texts()[: len(first)] == first
    page.get_by_role("button", name="Next").click()
    assert names.count() == 10
    page.get_by_label("Licence").select_option("mit")
    page.get_by_label("Size at most").fill("50M")
    expected = {row.model: row.scores["knn"] for row in birds.rows if row.license == "mit" and row.parameters <= 5e7}
    page.locator("thead button", has_text="knn").click()
    assert names.all_inner_texts() == sorted(expected, key=lambda name: -expected[name])
    assert page.locator("thead th[aria-sort=descending]").inner_text().startswith("knn")
    assert "order of their names" not in page.inner_text("#tally")
    page.locator("thead [data-sort=score_pactran_gauss]").press("Enter")
    assert page.locator("thead th[aria-sort=ascending]").count() == 1
    assert page.evaluate("document.activeElement.dataset.sort") == "score_pactran_gauss"
    page.get_by_label("Size at most").fill("25 apples")
    assert page.get_by_text("'25 apples' cannot be read as a size").count() == 1
    page.get_by_label("Data set").select_option(label="user/leaves, train")
    assert page.get_by_text("nearly the order by size").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 375 and not problems
    page.close()


def test_hostile_strings_stay_text_in_a_browser(browser, tmp_path):
    page = browser.new_page()
    page.goto(write_page(tmp_path, evil_ranking()).as_uri())
    assert (
        page.locator("tbody tr").count() == 8
        and page.evaluate("window.hurt") is None
        and not page.locator("img").count()
    )
    page.close()
