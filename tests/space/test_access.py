"""The Space by keyboard, on a phone and for screen readers, in a real browser; skipped where there is no Chromium."""

from itertools import pairwise

import pytest
from spacedata import example_ranking
from spacevisit import TABLE, VIEWS, asked, opened, until


def test_the_keyboard_is_enough(page):
    button = page.locator(f"{TABLE} [data-sort=logme]")
    button.focus()
    page.keyboard.press("Enter")
    until(page, "by logme")
    page.wait_for_function("() => document.activeElement?.dataset.sort === 'logme'")
    page.keyboard.press("Enter")
    until(page, "the other way round")
    assert asked(page) == {"sort": ["logme"], "reverse": ["1"]} and page.locator("#reverse input").is_checked()
    for tab, mark in (("Ranking", "#view-recommend table"), ("Recommend", "#view-size .plot")):
        page.get_by_role("tab", name=tab).focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(mark)
    reached = page.locator("#view-size path.dot[tabindex='0']")
    reached.focus()
    assert reached.count() == 1 and "(estimate)" in page.locator("#view-size .tip").inner_text()
    dots = page.locator("#view-size path.dot").count()
    seen = set()
    for _ in range(dots):
        seen.add(page.evaluate("() => document.activeElement.dataset.dot"))
        page.keyboard.press("ArrowRight")
    assert len(seen) == dots == 24
    last = page.evaluate("() => document.activeElement.dataset.dot")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'#view-size .name.kept.put[data-of="{last}"]')
    page.wait_for_function("(name) => document.activeElement?.dataset.dot === name", arg=last)
    assert asked(page)["pin"] == [last]
    assert page.evaluate(_COVERED) == 0 and page.locator("#view-size .name.put").count() > 2


_COVERED = """() => {
  const names = [...document.querySelectorAll('#view-size .name.put')].map((one) => one.getBoundingClientRect());
  const dots = [...document.querySelectorAll('#view-size path.dot')].map((one) => one.getBoundingClientRect());
  const over = (box, x, y) => box.left < x && x < box.right && box.top < y && y < box.bottom;
  const twice = (one, other) => one !== other && one.left < other.right && other.left < one.right
    && one.top < other.bottom && other.top < one.bottom;
  const hides = (box) => dots.some((dot) => over(box, dot.left, dot.top)) || names.some((one) => twice(one, box));
  return names.filter(hides).length;
}"""


def test_a_phone_has_targets_for_a_thumb_and_axe_finds_nothing_serious_on_any_view_light_and_dark(fresh, url):
    axe = pytest.importorskip("axe_playwright_python.base")
    names = [row.model for row in example_ranking("user/leaves", 12, seed=3, by_size=True).rows[:2]]
    chosen = "&".join(f"hs_model={name}&hs_pin={name}" for name in names)
    fresh.set_viewport_size({"width": 375, "height": 812})
    opened(fresh, f"{url}?hs_data=user/leaves&hs_map=maps/birds.json&{chosen}")
    assert not fresh.locator("#search").is_visible()  # the filters wait behind one press
    for title, mark in VIEWS.items():
        fresh.get_by_role("tab", name=title).click()
        fresh.wait_for_selector(mark)
        assert fresh.evaluate("document.documentElement.scrollWidth") <= 375, title
        assert fresh.evaluate(_SMALL) == [], title
        levels = fresh.evaluate(_HEADINGS)
        assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels)), (title, levels)
    fresh.get_by_role("tab", name="Ranking").click()  # with it the filters
    fresh.wait_for_selector("#filters", state="visible")
    fresh.add_style_tag(content=_AT_ONCE)
    assert all(fresh.locator(mark).first.is_visible() for mark in VIEWS.values())
    fresh.evaluate(axe.AXE_SCRIPT)
    # the other two pairs: screenshots.py looks at all four
    assert fresh.evaluate(FAULTS, [True, ["color-contrast", "scrollable-region-focusable"]]) == [], "375 pixels, dark"
    fresh.set_viewport_size({"width": 1440, "height": 900})
    assert fresh.evaluate(FAULTS, [False, None]) == [], "1440 pixels, light"


_AT_ONCE = """.tabitem { display: flex !important }
* { transition: none !important }"""
"""All views below each other, since axe takes as long for one as for ten; colours on their way to others are none of
ours.
"""
_SMALL = """() => [...document.querySelectorAll('button, input, summary, [role=button], .hs .tally a')]
  .filter((one) => one.checkVisibility())
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width && Math.min(box.width, box.height) < 24).map(([one]) => one)
  .map((one) => one.outerHTML)"""
_HEADINGS = """() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]
  .filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"""
FAULTS = """async ([dark, rules]) => {
  document.body.classList.toggle('dark', dark);
  const alike = 'tbody tr:nth-child(n+4), tr > :nth-child(n+10), ol li:nth-child(n+4), details:nth-child(n+4)';
  document.querySelectorAll(alike).forEach((one) => one.remove()); // made by the same lines, and axe takes its time
  const {violations} = await axe.run('html', {resultTypes: ['violations'], ...(rules ? {runOnly: rules} : {})});
  const told = (node) => node.html.slice(0, 160) + ' ' + node.failureSummary;
  return violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => one.id + ': ' + one.nodes.slice(0, 3).map(told).join(' | '));
}"""
