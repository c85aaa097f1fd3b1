from dataclasses import replace

import spaceserver  # noqa: F401 - makes the Space's modules importable
from controls import address_of, map_choice
from data import Folder, Results
from page import Pages
from spacedata import example_ranking
from state import State, parse, query

from hubscore.publish.results import write_results


def test_a_plain_visit_has_a_plain_address(example):
    assert query(address_of(Pages(Results(Folder(example))).open(State()))) == ""


def test_an_address_shows_the_same_data_set_after_newer_results_came(tmp_path):
    write_results(tmp_path, [example_ranking("user/birds", 8)])
    pages = Pages(Results(Folder(tmp_path), check_seconds=0))
    asked = State(licenses=("mit",), sort="knn")
    shared, shown = query(address_of(pages.open(asked))), pages.open(asked).chosen.shown
    write_results(tmp_path, [example_ranking("user/newer", 8, seed=4, date="2027-01-01T00:00:00+00:00")])
    assert pages.open(State()).chosen.board.dataset == "user/newer"
    again = pages.open(parse(shared))
    assert (
        again.chosen.board.dataset == "user/birds" and again.chosen.shown["model"].tolist() == shown["model"].tolist()
    )


def test_maps_are_read_only_where_one_is_shown(example):
    class Watched(Folder):
        read_maps = 0

        def read(self, path, revision):
            self.read_maps += path.startswith("maps/")
            return super().read(path, revision)

    source = Watched(example)
    page = Pages(Results(source)).open(State(map="maps/birds.json"))
    assert map_choice(page).value == "maps/birds.json" and not source.read_maps
    assert map_choice(replace(page, state=State(view="map"))).value == "maps/birds.json" and source.read_maps == 1
