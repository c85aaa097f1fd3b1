"""What a visitor does, in a real browser; skipped where there is no Chromium."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pandas as pd
from spacedata import example_ranking
from spacevisit import LINES, TABLE, asked, models, moved, opened, pick, until


def test_a_visit(page, fresh):
    assert len(models(page)) == 24 and page.locator(f"{LINES} .rank").first.inner_text() == "1="
    pick(page, "licenses", "mit")
    until(page, "6 of 24 models")
    pick(page, "largest", "50M")
    page.wait_for_function("() => new URL(location).searchParams.get('hs_max') === '50M'")
    shown = models(page)
    expected = [row.model for row in example_ranking().rows if row.license == "mit" and (row.parameters or 0) <= 5e7]
    assert sorted(shown) == sorted(expected)
    page.locator(f"{TABLE} [data-sort=knn]").click()
    until(page, "by knn")
    best = max(
        (row for row in example_ranking().rows if row.model in expected), key=lambda row: row.scores["knn"]
    ).model
    assert models(page)[0] == best and asked(page) == {"license": ["mit"], "max": ["50M"], "sort": ["knn"]}
    with page.expect_download() as download:
        page.get_by_text("Download these as CSV").click()
    frame = pd.read_csv(download.value.path())
    assert (
        frame["model"].tolist() == models(page)
        and download.value.suggested_filename == "hubscore-estimates-user-birds.csv"
    )
    page.locator("#largest input").fill("2.9M")
    page.keyboard.press("Enter")
    until(
        page,
        f"{sum((row.parameters or 0) <= 2.9e6 for row in example_ranking().rows if row.license == 'mit')} of 24 models",
    )
    opened(fresh, page.url)  # what is sent to others is loaded by them
    until(fresh, "by knn")
    assert fresh.evaluate(_SORTED_IN_SIGHT)
    assert models(fresh) == models(page) and fresh.locator("#largest input").input_value() == "2.9M"


_SORTED_IN_SIGHT = """() => {
  const box = document.querySelector('#view-ranking .scroll').getBoundingClientRect();
  const cell = document.querySelector('#view-ranking th[aria-sort]').getBoundingClientRect();
  return cell.width > 0 && cell.right <= box.right && cell.left >= box.left;
}"""


def test_another_data_set(page):
    pick(page, "data", "user/leaves, train")
    page.wait_for_selector("text=nearly the order by size")
    assert len(models(page)) == 12 and urlsplit(page.url).query.startswith("hs_data=user%2Fleaves~")


def test_ones_task_is_found_by_a_word_and_the_summary_is_of_what_was_found(page, friend):
    moved(page, "?hs_license=mit")
    page.get_by_role("tab", name="Data sets").click()
    page.wait_for_selector("#view-datasets .sets img")
    page.wait_for_function("() => [...document.querySelectorAll('.sets img')].some((one) => one.naturalWidth === 96)")
    page.locator("#find input, #find textarea").first.fill("hawthorn")
    page.wait_for_selector("text=1 of 3 data sets with 'hawthorn'")
    page.get_by_role("tab", name="Summary").click()
    page.wait_for_selector("#view-summary .tally >> text=3 of 12 models")
    page.wait_for_selector("#sort", state="hidden")  # this view has an order of its own
    assert page.locator("#view-summary .heat thead .slant").all_inner_texts() == ["leaves"]
    moved(friend, page.url)
    friend.wait_for_selector("#view-summary .tally >> text=3 of 12 models")
    assert friend.locator("#find input, #find textarea").first.input_value() == "hawthorn"
    assert not friend.locator("#data").is_visible()
    page.get_by_role("tab", name="Data sets").click()
    page.locator("#view-datasets h3 a").click()
    until(page, "3 of 12 models")
    page.wait_for_selector("#sort", state="visible")
    told = parse_qs(urlsplit(page.url).query)
    assert told["hs_data"][0].startswith("user/leaves~") and told["hs_license"] == ["mit"] and "hs_find" not in told
    assert page.locator("#data").is_visible() and not page.locator("#find").is_visible()


def test_models_are_recommended_for_data_like_some(page, friend):
    page.get_by_role("tab", name="Recommend").click()
    page.wait_for_selector("#view-recommend table.order")
    names = page.locator("#view-recommend tbody th.model a")
    every = names.count()
    pick(page, "like", "user/leaves, train")
    until(page, "on 1 data set", "recommend")
    assert not page.locator("#sort").is_visible()
    leaves = names.all_inner_texts()
    assert 0 < len(leaves) == 12 < every and "says who was good there" in page.locator("#view-recommend").inner_text()
    pick(page, "licenses", "mit")
    until(page, "of 12 models", "recommend")
    told = parse_qs(urlsplit(page.url).query)
    assert told["hs_view"] == ["recommend"] and told["hs_license"] == ["mit"]
    assert told["hs_like"][0].startswith("user/leaves~")
    moved(friend, page.url)
    until(friend, "of 12 models", "recommend")
    assert friend.locator("#view-recommend tbody th.model a").all_inner_texts() == names.all_inner_texts()


def test_three_models_are_compared_and_the_address_says_so(page, friend):
    names = models(page)[:3]
    for name in names:
        page.locator(f'[data-pick="{name}"]').click()
        page.wait_for_selector(f'[data-pick="{name}"][aria-pressed=true]')
    page.get_by_role("link", name="Compare these 3").click()
    page.wait_for_selector("#view-compare table.compare")
    assert page.locator("#view-compare table.compare").first.locator("thead a").all_inner_texts() == names
    assert asked(page) == {"view": ["compare"], "model": names}
    page.get_by_role("tab", name="Method").click()
    page.wait_for_selector("#view-method details")
    for step, mark, view in ((page.go_back, "#view-compare table.compare", "compare"), (page.go_back, LINES, None)):
        step()
        page.wait_for_selector(mark)
        page.wait_for_function("(view) => new URL(location).searchParams.get('hs_view') === view", arg=view)
        assert asked(page)["model"] == names
    page.go_forward()
    page.wait_for_selector("#view-compare table.compare")
    page.wait_for_function("() => new URL(location).searchParams.get('hs_view') === 'compare'")
    moved(friend, page.url)
    friend.wait_for_selector("#view-compare table.compare")
    assert friend.locator("#view-compare table.compare").first.locator("thead a").all_inner_texts() == names
    assert not friend.locator("#filters").is_visible()


def test_a_fifth_model_is_refused_with_words_that_are_seen(page):
    names = [row.model for row in example_ranking().rows[:4]]
    moved(page, f"?{'&'.join(f'hs_model={name}' for name in names)}")
    page.wait_for_selector(f'[data-pick="{names[3]}"][aria-pressed=true]')
    last = page.locator("[data-pick]").last
    last.click()
    page.wait_for_selector(".said >> text=4 models are compared at most")
    box = page.locator(".said").bounding_box()
    assert 0 <= box["y"] and box["y"] + box["height"] <= 900 and last.get_attribute("aria-pressed") == "false"
    assert asked(page)["model"] == names
    page.locator(f'[data-pick="{names[0]}"]').click()
    page.wait_for_function("() => !document.querySelector('.said')")
    assert asked(page)["model"] == names[1:]


def test_an_address_of_what_is_gone_says_so(page):
    moved(page, "?data=user/gone&sort=knn")
    page.wait_for_selector("text=There are no results for user/gone here; this is user/birds")


class Frame(BaseHTTPRequestHandler):
    """A page that shows the Space as the Hub does, and keeps what it is told."""

    def do_GET(self):
        body = (
            "<script>window.told = []; addEventListener('message', (event) => "
            "{ if (event.data.queryString !== undefined) told.push(event.data.queryString); });</script>"
            f"<iframe src='{self.server.shown}' width=1300 height=800></iframe>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told):
        """Nothing is logged."""


def test_inside_a_frame_the_page_round_it_is_told(fresh, url):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Frame)
    server.shown = f"{url}?sort=parc"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        fresh.goto(f"http://127.0.0.1:{server.server_port}/")
        inside = fresh.frame_locator("iframe")
        inside.get_by_text("by parc").wait_for()
        inside.locator("#search input, #search textarea").first.fill("resnet")
        inside.get_by_text("3 of 24 models").wait_for()
        fresh.wait_for_function("() => /^hs_data=user%2Fbirds~.*&hs_q=resnet&hs_sort=parc$/.test(window.told.at(-1))")
        assert fresh.url.endswith("/") and "?" not in fresh.url
    finally:
        server.shutdown()
