import csv
import io
import json
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from spacedata import EVIL, evil_ranking, example_ranking, foreseen
from spaceserver import chromium, opened_browser

from hubscore.publish.results import write_results
from hubscore.publish.space.static import board_key, page_data, static_page
from hubscore.results import read_results
from hubscore.scores.info import SCORES
from hubscore.types import Measured

HUB = "https://huggingface.co"


def write_page(folder, *rankings):
    folder.mkdir(exist_ok=True)
    page = folder / "index.html"
    page.write_bytes(static_page(write_results(folder / "results", rankings), HUB))
    return page


def data_of(page):
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)[1]
    )


def measured(ranking):
    """The ranking, its first model measured and its second known to have seen the data."""
    told = Measured(accuracy=0.8, images=120, epochs=2, seconds=3.0, train_images=300)
    first, second, *others = ranking.rows
    rows = (replace(first, measured=told, combined=0.82), replace(second, declares_this_data=True), *others)
    return replace(ranking, rows=rows)


def test_it_is_one_file_that_holds_the_data(tmp_path):
    page = write_page(tmp_path, example_ranking(models=5))
    data = data_of(page)
    assert data["runs"][0]["count"] == 5 and data["columns"].count("model") == 1 and "logme" in data["scores"]
    assert "default-src 'none'" in page.read_text() and not re.search(r"(?:src|href)=[\"']?https?:", page.read_text())


def test_what_all_lines_of_a_run_share_stands_once(tmp_path):
    run = page_data(write_results(tmp_path, [example_ranking(models=5)]), HUB)["runs"][0]
    assert run["same"]["dataset"] == "user/birds" and "config" not in run["same"]
    assert len(run["columns"]["model"]) == 5 and run["columns"]["library"]["of"] == ["timm", "transformers"]
    assert all(value == float(f"{value:.6g}") for value in run["columns"]["score_logme"])


def test_runs_over_the_same_rows_stand_together_first_and_alone(tmp_path):
    runs = [example_ranking(models=many, date=f"2026-11-{many}T08:00:00+00:00") for many in (12, 18)]
    data = page_data(write_results(tmp_path, runs), HUB)
    told = {run["id"]: run["count"] for run in data["runs"]}
    assert sorted(told.values()) == [12, 18, told["all"]] and len({run["key"] for run in data["runs"]}) == 1
    places = next(run for run in data["runs"] if run["id"] == "all")["columns"]["rank"]
    assert told["all"] >= 18 and max(places) <= told["all"]


def test_where_texts_and_images_stand_together_each_is_told_in_its_own_words(tmp_path):
    images = example_ranking("user/birds", 5)
    texts = example_ranking("user/tweets", 5, seed=3)
    texts = replace(texts, probe=replace(texts.probe, modality="text"))
    page = write_page(tmp_path, images, texts)
    data = data_of(page)
    (run,) = data["modalities"]  # images need no mention
    assert data["modalities"][run] == "text" and run in {one["id"] for one in data["runs"]}
    assert "for each image" in data["scores"]["leep"]["measures"]
    assert (
        "for each text" in data["worded"]["text"]["leep"]["measures"] and "paper" not in data["worded"]["text"]["leep"]
    )
    assert data_of(write_page(tmp_path / "alone", images))["worded"] == {}


def test_an_address_of_the_gradio_space_names_the_same_rows(tmp_path):
    from boards import boards_of
    from data import Folder, Results

    folder = write_results(tmp_path, [example_ranking(), example_ranking("user/le\u202eaves", 4, seed=3)])
    known = [board.key for board in boards_of(Results(Folder(tmp_path)).snapshot())]
    assert sorted(known) == sorted(run["key"] for run in page_data(folder, HUB)["runs"])
    assert board_key(("a/b", None, None, None, None)).startswith("a/b~")


def test_four_data_sets_take_less_than_300_kilobytes(tmp_path):
    names = [info.name for info in SCORES]
    rankings = []
    for seed in range(4):
        plain = foreseen(example_ranking(f"user/data-{seed}", 30, seed=seed))
        described = plain.scores["logme"]
        rows = [
            replace(row, scores={name: (1 + i) / (7.3 + len(name)) for name in names}) for i, row in enumerate(plain)
        ]
        rankings.append(replace(plain, rows=tuple(rows), scores=dict.fromkeys(names, described)))
    assert len(write_page(tmp_path, *rankings).read_bytes()) < 300_000


def test_hostile_strings_cannot_leave_the_data(tmp_path):
    page = write_page(tmp_path, evil_ranking())
    told = [*data_of(page)["runs"][0]["same"].values(), *data_of(page)["scores"]]
    assert page.read_text().count("<script") == 2 and any(EVIL in str(value) for value in told)


def test_no_results_are_a_page_too(tmp_path):
    (tmp_path / "empty").mkdir()
    assert b"There are no results yet" in static_page(read_results(tmp_path / "empty"), HUB)


@pytest.fixture(scope="module")
def browser():
    pytest.importorskip("playwright.sync_api")
    if chromium() is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with opened_browser() as running:
        yield running


@pytest.fixture
def phone(browser):
    """A page 375 pixels wide that must not fail; nothing is fetched for it."""
    page = browser.new_page(viewport={"width": 375, "height": 812})
    problems = []
    page.on("pageerror", lambda error: problems.append(error))
    page.on("request", lambda request: None if request.url.startswith("file:") else problems.append(request.url))
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.close()
    assert not problems


def names(page):
    return page.locator("tbody th.model span > a").all_inner_texts()


def asked(page):
    return {name: value for name, value in parse_qs(urlsplit(page.url).query).items() if name != "hs_data"}


_SORTED_IN_SIGHT = """() => {
  const box = document.querySelector('#view-ranking .scroll').getBoundingClientRect();
  const cell = document.querySelector('#view-ranking th[aria-sort]').getBoundingClientRect();
  return cell.width > 0 && cell.right <= box.right + 1 && cell.left >= box.left;
}"""


def test_a_visit(phone, tmp_path):
    birds = example_ranking(models=60)
    leaves = example_ranking("user/leaves", 12, seed=3, date="2026-10-02T08:00:00+00:00", by_size=True)
    leaves = replace(leaves, probe=replace(leaves.probe, modality="text"))
    address = write_page(tmp_path, birds, leaves).as_uri()
    phone.goto(address)
    first = sorted(row.model for row in birds.rows if row.rank == 1)
    assert len(names(phone)) == 50 and names(phone)[: len(first)] == first
    phone.get_by_role("button", name="Next", exact=True).click()
    assert len(names(phone)) == 10 and asked(phone) == {"hs_page": ["2"]}
    phone.locator("#filters > summary").click()
    phone.locator("#f-license").click()
    phone.get_by_role("checkbox", name="commercial use").check()
    assert {"apache-2.0", "mit"} == set(phone.locator("tbody td:nth-child(7)").all_inner_texts())
    phone.get_by_role("checkbox", name="commercial use").uncheck()
    phone.get_by_role("checkbox", name="mit").check()
    phone.keyboard.press("Escape")
    phone.get_by_label("Size at most").fill("50M")
    expected = {row.model: row.scores["knn"] for row in birds.rows if row.license == "mit" and row.parameters <= 5e7}
    phone.locator("thead [data-sort=knn]").click()
    order = sorted(expected, key=lambda name: -expected[name])
    assert names(phone) == order
    assert phone.locator("thead th[aria-sort=descending]").inner_text().startswith("knn")
    assert asked(phone) == {"hs_license": ["mit"], "hs_max": ["50M"], "hs_sort": ["knn"]}
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Download these as CSV").click()
    lines = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [line["model"] for line in lines] == order and lines[0]["dataset"] == "user/birds"
    phone.reload()
    assert phone.evaluate(_SORTED_IN_SIGHT)
    assert names(phone) == order and phone.get_by_label("Size at most").input_value() == "50M"
    phone.locator("thead [data-sort=knn]").press("Enter")
    assert phone.evaluate("document.activeElement.dataset.sort") == "knn" and asked(phone)["hs_reverse"] == ["1"]
    phone.get_by_label("Size at most").fill("25 apples")
    assert phone.get_by_text("'25 apples' cannot be read as a size").count() == 1
    phone.get_by_label("Data set").select_option(label="user/leaves, train")
    assert phone.get_by_text("nearly the order by size").count() == 1
    phone.go_back()
    assert phone.get_by_label("Data set").locator("option:checked").inner_text() == "user/birds, train"
    phone.get_by_role("tab", name="Method").click()
    assert "for each image" in phone.locator("#view-method").text_content()
    phone.get_by_label("Data set").select_option(label="user/leaves, train")
    assert "for each text" in phone.locator("#view-method").text_content()


def test_models_are_compared_and_plotted_by_keyboard_and_the_address_says_so(phone, tmp_path):
    ranking = measured(foreseen(example_ranking(models=12)))
    address = write_page(tmp_path, ranking, example_ranking("user/leaves", 6, seed=3)).as_uri()
    key = board_key(("user/birds", None, "train", ranking.probe.revision, ranking.probe.fingerprint))
    phone.goto(f"{address}?{urlencode({'hs_data': key})}")
    assert phone.locator("tbody td .span").first.get_attribute("aria-label").startswith("0.90, 90 % interval 0.80 to")
    assert "80 % of 120" in phone.locator("tbody tr").first.inner_text()
    flagged = phone.locator("tbody tr", has_text="declares this data")
    assert flagged.locator("[data-pick]").get_attribute("data-pick") == ranking.rows[1].model
    assert "one of these" not in phone.inner_text("main") and "1 model was fine-tuned briefly" in phone.inner_text(
        "main"
    )
    picked = [row.model for row in ranking.rows[:5]]
    for name in picked:
        phone.locator(f'[data-pick="{name}"]').press("Enter")
    assert phone.locator("#said").inner_text().startswith("4 models are compared at most")
    phone.get_by_role("button", name="Compare these 4").click()
    assert phone.locator("table.compare").first.locator("thead a").all_inner_texts() == picked[:4]
    assert asked(phone) == {"hs_view": ["compare"], "hs_model": picked[:4]}
    assert "80 % of 120" in phone.locator("tr", has_text="measured accuracy").inner_text()
    phone.reload()
    assert phone.locator("table.compare").first.locator("thead a").all_inner_texts() == picked[:4]
    phone.locator("#tab-compare").press("ArrowLeft")
    dots = phone.locator("#view-size .dot")
    assert dots.count() == 11 and asked(phone)["hs_view"] == ["size"]
    phone.locator("#view-size .dot[tabindex='0']").press("ArrowLeft")
    assert (
        "expected accuracy" in phone.locator(".tip").inner_text() and "(estimate)" in phone.locator(".tip").inner_text()
    )
    phone.go_back()
    assert phone.locator("table.compare").first.is_visible()


def test_axe_finds_nothing_serious(browser, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    ranking = measured(foreseen(example_ranking(models=3)))
    address = write_page(tmp_path, ranking, example_ranking("user/leaves", 6, seed=3)).as_uri()
    models = [("hs_model", row.model) for row in ranking.rows[:3]]
    page = browser.new_page(viewport={"width": 375, "height": 900}, color_scheme="dark")
    page.goto(f"{address}?{urlencode([('hs_data', 'user/birds'), *models])}")
    page.evaluate(axe.axe_script)
    found = page.evaluate("async () => (await axe.run({resultTypes: ['violations']})).violations")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
    page.close()


def test_hostile_strings_stay_text_in_a_browser(phone, tmp_path):
    phone.goto(write_page(tmp_path, evil_ranking()).as_uri())
    for view in ("Size against score", "Compare", "Method", "Ranking"):
        phone.get_by_role("tab", name=view).click()
    assert phone.locator("#view-ranking tbody tr").count() == 8
    assert phone.evaluate("window.hurt") is None and not phone.locator("img").count()
