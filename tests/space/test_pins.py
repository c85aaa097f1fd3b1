import re

import pandas as pd
import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from api import flat
from data import Folder, Results
from page import Pages
from pins import absent
from spacedata import example_ranking
from state import MOST_PINS, State, parse
from views import ranking, size

from hubscore.publish.results import write_results


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    write_results(folder, [example_ranking(models=120)])
    return Pages(Results(Folder(folder)))


def names(told):
    return re.findall(r'data-pin="([^"]+)"', told)


def test_pinned_models_stand_on_top_of_every_page_and_once(many):
    every = many.open(State()).chosen.shown["model"].tolist()
    pins = (every[70], every[3])
    first, second = (names(ranking.render(many.open(State(pins=pins, page=page)))) for page in (1, 2))
    rest = [name for name in every if name not in pins]
    assert first == [every[3], every[70], *rest[:50]] and second == [every[3], every[70], *rest[50:100]]


def test_pinned_models_pass_every_filter_and_stand_in_the_file_too(many):
    pin = many.open(State()).chosen.shown["model"].iloc[-1]
    page = many.open(State(pins=(pin,), search="nothing like it"))
    assert names(ranking.render(page)) == [pin] and "0 of 120 models, 1 pinned on top" in ranking.render(page)
    assert flat(page)["model"].tolist() == [pin]
    assert f'data-of="{pin}"' in size.render(many.open(State(pins=(pin,), smallest="1B")))


def test_pins_of_other_runs_stay_and_are_said(many):
    page = many.open(State(pins=("gone/model",)))
    assert absent(page) == ("gone/model",) and "Not in this run: the pinned model gone/model." in ranking.render(page)


def test_a_pin_changes_no_order(many):
    pin = many.open(State()).chosen.shown["model"].iloc[5]
    told = flat(many.open(State(pins=(pin,))))
    pd.testing.assert_frame_equal(
        told.sort_values("model", ignore_index=True), flat(many.open(State())).sort_values("model", ignore_index=True)
    )


def test_an_address_holds_twelve_pins():
    assert len(parse("&".join(f"hs_pin=a/{i}" for i in range(20))).pins) == MOST_PINS
