import pytest
import spaceserver  # noqa: F401 - makes the Space's modules importable
from about import About
from aboutdata import about
from data import Folder, Results
from finding import Found, domain_choice, every_dataset, found, matches
from page import Pages
from spacedata import example_ranking
from state import State, parse, query
from views import datasets

from hubscore.publish.results import write_results


def page(folder, **asked):
    return Pages(Results(Folder(folder))).open(State(view="datasets", **asked))


def names(folder, **asked):
    return [one.dataset for one in found(page(folder, **asked))]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("", ["user/birds", "lab/minerals", "user/leaves"]),
        ("bird", ["user/birds"]),
        ("BIRDS feeder", ["user/birds"]),
        ("hawthorn", ["user/leaves"]),
        ("botany", ["user/leaves"]),
        ("plants", ["user/leaves"]),
        ("long tailed", ["user/birds"]),
        ("mineral", ["lab/minerals"]),
        ("oak wren", []),
        (".*", []),
    ],
)
def test_words_are_looked_for_in_names_domains_tags_classes_and_cards(example, words, wanted):
    assert names(example, find=words) == wanted


def test_satellite_finds_rsscn7_which_says_so_only_in_its_card(tmp_path):
    told = {"domain": "satellite and aerial", "text": "Satellite scenes of 7 kinds."}
    write_results(tmp_path, [about(example_ranking("user/rsscn7", 6), told), example_ranking("user/other", 6, seed=1)])
    (one,) = found(page(tmp_path, find="satellite"))
    assert one.dataset == "user/rsscn7" and one.where == ("its domain", "its card")


def test_a_name_comes_before_a_card():
    first = Found("user/x", (), About(text="A bird."))
    assert matches(first, ["birds"]) == ("its card",) and matches(first, ["bird", "fish"]) == ()


def test_a_filter_by_domain_knows_those_without(example):
    assert names(example, domains=("plants",)) == ["user/leaves"]
    assert names(example, domains=("plants", "not known")) == ["lab/minerals", "user/leaves"]
    offered = domain_choice(page(example, domains=("food",)))
    assert [value for _, value in offered.choices] == ["animals", "plants", "not known", "food"]
    assert offered.value == ["food"]


def test_the_file_is_read_only_where_it_is_shown(example):
    class Watched(Folder):
        read_about = 0

        def read(self, path, revision):
            self.read_about += path == "dataset_about.json"
            return super().read(path, revision)

    source = Watched(example)
    pages = Pages(Results(source))
    domain_choice(pages.open(State()))
    assert not source.read_about
    domain_choice(pages.open(State(view="summary")))
    assert source.read_about == 1


def test_the_probes_of_a_data_set_are_one_data_set(example):
    birds = every_dataset(page(example))[0]
    assert birds.dataset == "user/birds" and len(birds.boards) == 2 and birds.about.domain == "animals"


def test_a_step_to_the_ranking_keeps_the_filters_of_models_and_leaves_the_words_behind(example):
    told = datasets.render(page(example, find="oak", domains=("plants",), licenses=("mit",), largest="5M"))
    (href,) = {part.split('"')[0] for part in told.split('href="?')[1:]}
    state = parse(href.replace("&amp;", "&"))
    assert state.view == "ranking" and state.data.startswith("user/leaves~") and not state.find and not state.domains
    assert state.licenses == ("mit",) and state.largest == "5M"


def test_addresses_of_what_is_looked_for():
    state = State(view="datasets", find="x-ray images", domains=("medical", "not known"))
    assert parse(query(state)) == state and "hs_find=" in query(state) and query(state).count("hs_domain=") == 2


def test_nothing_found_says_what_to_do(example):
    told = datasets.render(page(example, find="zeppelin"))
    assert "0 of 3 data sets with 'zeppelin'" in told and "hubscore rank" in told
