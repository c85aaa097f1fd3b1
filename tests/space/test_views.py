import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from data import Folder, Results
from page import Pages
from scipy.stats import kendalltau
from spacedata import EVIL, evil_ranking, example_ranking, foreseen
from state import VIEWS, State
from views import add, agreement, compare, datasets, method, modelmap, ranking, recommend, size, summary

from hubscore.publish.results import write_results

RENDER = {
    "datasets": datasets.render,
    "summary": summary.render,
    "ranking": ranking.render,
    "recommend": recommend.render,
    "size": size.render,
    "compare": compare.render,
    "map": modelmap.render,
    "agreement": agreement.render,
    "method": method.render,
    "add": add.render,
}
MODELS = tuple(row.model for row in example_ranking().rows[:3])


class Reader(HTMLParser):
    """Collects tags, attributes and text; complains about tags that do not match."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.said = [], [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag not in ("img", "br", "input", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.said).split())


def html(folder, view, **asked):
    return RENDER[view](Pages(Results(Folder(folder))).open(State(view=view, **asked)))


def drawn(folder, view, **asked):
    return Reader(html(folder, view, **asked))


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_well_formed_and_says_that_it_estimates(example, view):
    read = drawn(example, view, models=MODELS)
    assert "estimate" in read.text.lower()
    assert not any(name.startswith("on") for _, name, _ in read.attributes)


@pytest.mark.parametrize("view", VIEWS)
def test_headings_leave_no_level_out_and_no_header_is_empty(example, tmp_path, view):
    for told in (html(example, view, models=MODELS), html(tmp_path, view)):
        levels = [1, *(int(level) for level in re.findall(r"<h([1-6])", told))]  # the page itself has the h1
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels
        assert not re.search(r"<th[^>]*>\s*</th>", told)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_something_to_say_without_results(tmp_path, view):
    told = drawn(tmp_path, view).text
    assert "How to read this" in told if view == "method" else "hubscore" in told


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_strings_stay_text(tmp_path, view):
    write_results(tmp_path, [evil_ranking()])
    names = tuple(Results(Folder(tmp_path)).snapshot().table["model"][:2])
    read = drawn(tmp_path, view, models=names, search="", sort=EVIL)
    assert "script" not in read.tags and "img" not in read.tags
    assert not any(name.startswith("on") for _, name, _ in read.attributes)
    assert not any(
        str(value).lower().startswith(("javascript:", "data:text"))
        for _, name, value in read.attributes
        if name in ("href", "src")
    )
    assert view == "add" or "<img src=x" in read.text


def test_the_table_shows_ranks_ties_scores_and_baselines(example):
    read = drawn(example, "ranking")
    for told in (
        "1=",
        "consensus",
        "logme",
        "downloads",
        "apache-2.0",
        "24 models",
        "Download these as CSV",
        "Is it more than a rule of thumb?",
    ):
        assert told in read.text
    pressed = [value for _, name, value in read.attributes if name == "data-sort"]
    assert {"rank", "logme", "parameters", "license", "size"} <= set(pressed) and "consensus" in pressed


def test_the_column_it_is_sorted_by_is_marked_and_comes_first(example):
    read = drawn(example, "ranking", sort="knn")
    assert ("th", "aria-sort", "descending") in read.attributes
    assert [value for _, name, value in read.attributes if name == "data-sort"][12] == "knn"


def test_an_order_that_size_gives_too_is_warned_of(example):
    assert "nearly the order by size" in drawn(example, "ranking", data="user/leaves").text
    assert "nearly the order" not in drawn(example, "ranking").text


@pytest.mark.parametrize(("models", "warned"), [(3, False), (7, False), (8, True)])
def test_the_order_of_a_few_models_is_no_reason_to_warn(tmp_path, models, warned):
    write_results(tmp_path, [example_ranking(models=models)])
    frame = pd.read_parquet(tmp_path / "leaderboard.parquet")
    frame.assign(tau_random=-1.0).to_parquet(tmp_path / "leaderboard.parquet")
    told = html(tmp_path, "ranking")
    assert ("nearly the reverse of the order by chance" in told) == warned == ('class="tau near"' in told)


def test_filters_that_nothing_passes_say_so(example):
    assert "No model passes these filters" in drawn(example, "ranking", search="nothing like it").text
    assert "No model has both values" in drawn(example, "size", search="nothing like it").text


def test_pages_hold_fifty_lines(tmp_path):
    write_results(tmp_path, [example_ranking(models=120)])
    first, last, beyond = (drawn(tmp_path, "ranking", page=number) for number in (1, 3, 99))
    assert "1 to 50 of 120" in first.text and first.tags.count("tr") == 52
    assert "101 to 120 of 120" in last.text and last.text == beyond.text


def test_the_front_holds_what_nothing_smaller_beats(example):
    page = Pages(Results(Folder(example))).open(State())
    rows = page.chosen.shown
    for column, lower in (("score_logme", False), ("score_pactran_gauss", True)):
        front = size.pareto(rows, "parameters", column, lower=lower)
        sign = -1 if lower else 1
        for _, row in rows.iterrows():
            better = rows[(rows["parameters"] <= row["parameters"]) & (sign * rows[column] >= sign * row[column])]
            assert (row["model"] in set(front["model"])) == (len(better) == 1)


def test_of_tied_models_only_the_smallest_is_on_the_front_of_the_consensus(example):
    rows = Pages(Results(Folder(example))).open(State()).chosen.shown
    groups = [
        group
        for group in rows["tie_group"].unique()
        if rows[rows["tie_group"] == group]["parameters"].min()
        < rows[rows["tie_group"] < group]["parameters"].min(skipna=True)
        or group == rows["tie_group"].min()
    ]
    expected = [rows[rows["tie_group"] == group].nsmallest(1, "parameters")["model"].iloc[0] for group in groups]
    table = drawn(example, "size").text.partition("The front, smallest first")[2]
    assert all(model in table.replace(" ", "") for model in expected) and table.count("/") == len(expected)


def test_sizes_are_called_the_same_everywhere(example):
    for view in ("ranking", "recommend", "compare", "size"):
        read = drawn(example, view, models=MODELS)
        assert re.search(r"\bsize\b", read.text) and not re.search(r"\b(params|parameters)\b", read.text), view
    tips = [value for _, name, value in drawn(example, "size", x="bytes").attributes if name == "data-tip"]
    assert all(re.search(r"size on disk [\d.]+[MG]B, rank", tip) for tip in tips)


def test_size_against_score_names_the_front_and_what_is_not_drawn(example):
    read = drawn(example, "size", y="leep")
    assert (
        "leep (estimate" in read.text
        and "models are not drawn" in read.text
        and "The front, smallest first" in read.text
    )
    assert any(name == "data-tip" and "(estimate)" in value for _, name, value in read.attributes)


def test_comparing_shows_reasons_intervals_ranks_elsewhere_and_maps(example):
    headless = next(row.model for row in example_ranking().rows if row.undefined)
    read = drawn(example, "compare", models=(*MODELS[:2], headless))
    assert "undefined: the checkpoint has no source head" in read.text and "Ranks by data set" in read.text
    assert re.search(r"\d\.\d{3} to \d\.\d{3}", read.text)
    assert sum(tag == "img" for tag in read.tags) >= 8 and all(
        value.startswith("data:image/png;base64,")
        for tag, name, value in read.attributes
        if (tag, name) == ("img", "src")
    )


def test_what_an_interval_cannot_tell_from_the_best_is_marked_too():
    nan = float("nan")
    assert compare.best([1.0, 0.9, 0.2, nan], [(0.8, 1.2), (0.7, 1.1), (0.0, 0.4), None], 1) == [
        True,
        True,
        False,
        False,
    ]
    assert compare.best([1.0, 0.9, 0.2], [(0.8, 1.2), (0.7, 1.1), (0.0, 0.4)], -1) == [False, False, True]
    assert compare.best([1.0, 0.99999, 0.9], [(1.0, 1.0), (0.99999, 0.99999), None], 1) == [
        True,
        True,
        False,
    ]  # both read 1.000
    assert compare.best([1.0, 0.9], [None, (0.7, 1.1)], 1) == [True, False] and compare.best([nan], [None], 1) == [
        False
    ]


def test_maps_of_different_images_never_stand_together(example, tmp_path):
    folder = shutil.copytree(example, tmp_path / "copy")
    content = json.loads((folder / "maps/birds.json").read_text())
    pictures = content["attributions"]
    first, *others = [name for name in MODELS if name in pictures]
    content |= {"attributions": {name: pictures[name] for name in others}}
    (folder / "maps/birds.json").write_text(json.dumps(content))
    other = {**content, "title": "saliency on other/rows", "fingerprint": "x", "attributions": {first: pictures[first]}}
    (folder / "maps/another.json").write_text(json.dumps(other))
    read = drawn(folder, "compare", models=MODELS)
    assert (
        "attribution distance on user/birds" in read.text and "other/rows" not in read.text and "no maps" in read.text
    )


def test_an_older_table_without_counts_is_compared_without_them(example, tmp_path):
    frame = pd.read_parquet(example / "leaderboard.parquet").drop(
        columns=["candidates", "tie_group", "bytes", "seconds"]
    )
    frame.to_parquet(tmp_path / "leaderboard.parquet")
    for view in VIEWS:
        assert not re.search(r"\bnan\b", drawn(tmp_path, view, models=MODELS).text), view


def test_an_address_of_what_is_not_here_says_so(example):
    assert (
        "There are no results for nobody/knows here; this is user/birds"
        in drawn(example, "ranking", data="nobody/knows~12345678").text
    )
    assert "There are no results" not in drawn(example, "ranking", data="user/leaves~gone1234").text
    assert "is not here any more" in drawn(example, "size", run="gone").text


def test_a_size_that_cannot_be_read_is_said_to_filter_nothing(example):
    for view in ("ranking", "size"):
        assert "'25 apples' cannot be read as a size" in drawn(example, view, largest="25 apples").text
        assert "cannot be read" not in drawn(example, view, largest="25M").text
    assert "There is no column 'banana' here" in drawn(example, "ranking", sort="banana").text
    assert "There is no column" not in drawn(example, "ranking", sort="knn").text


def test_comparing_one_model_asks_for_another_and_names_the_missing(example):
    read = drawn(example, "compare", models=(MODELS[0], "gone/model"))
    assert "Nothing to compare yet" in read.text and "gone/model" in read.text


def test_models_of_one_tie_group_are_said_to_be_equal(example):
    tied = [row.model for row in example_ranking().rows if row.tie_group == 1]
    assert "cannot be told apart" in drawn(example, "compare", models=tuple(tied[:2])).text


def test_pictures_that_are_no_pictures_are_left_out(example, tmp_path):
    folder = shutil.copytree(example, tmp_path / "copy")
    content = json.loads((folder / "maps/birds.json").read_text())
    content["attributions"] = {
        MODELS[0]: ["data:text/html,<b>", "https://x/y.png", 'data:image/png;base64,AA"onerror="x'],
        MODELS[1]: "no list",
    }
    (folder / "maps/birds.json").write_text(json.dumps(content))
    read = drawn(folder, "compare", models=MODELS)
    assert "img" not in read.tags and "No attribution maps" in read.text


def test_the_map_draws_tree_heat_map_and_plane(example):
    read = drawn(example, "map")
    assert all(told in read.text for told in ("attribution distance on user/birds", "Tree", "Heat map", "Plane"))
    assert "No model map was published for these rows" in drawn(example, "map", data="lab/minerals").text
    elsewhere = drawn(example, "map", data="lab/minerals", map="maps/birds.json").text
    assert "Tree" in elsewhere and "made with other rows" in elsewhere and "made with other rows" not in read.text


@pytest.mark.parametrize(
    "broken",
    [
        {"models": "abc"},
        {"matrix": [[1]]},
        {"matrix": None},
        {"models": []},
        {"linkage": [[0, 0, 1, 2]], "keeps": True},
        {"linkage": "x", "keeps": True},
        {"coordinates": [["x", "y"]], "keeps": True},
        {"families": 5, "probe": 3, "keeps": True},
    ],
)
def test_a_broken_map_is_left_out_or_drawn_without_the_broken_part(example, broken):
    content = {**json.loads((example / "maps/birds.json").read_text()), **broken}
    found = modelmap.read_map(content)
    assert (found is not None) == broken.get("keeps", False)


def test_neighbours_of_the_tree_stand_together(example):
    found = modelmap.read_map(json.loads((example / "maps/birds.json").read_text()))
    order = modelmap.leaves(found)
    assert sorted(order) == list(range(len(found.models)))
    first = {int(found.linkage[0][0]), int(found.linkage[0][1])}
    places = sorted(order.index(leaf) for leaf in first)
    assert places[1] - places[0] == 1


def test_a_pair_without_a_value_leaves_a_gap(example):
    content = json.loads((example / "maps/birds.json").read_text())
    content["matrix"][0][1] = None
    found = modelmap.read_map(content)
    assert found is not None and np.isnan(found.matrix[0][1])


def test_agreement_is_the_runs_own_or_the_same_from_the_table(example, tmp_path):
    recorded = drawn(example, "agreement")
    folder = shutil.copytree(example, tmp_path / "copy")
    shutil.rmtree(folder / "runs")
    counted = drawn(folder, "agreement")
    assert recorded.text == counted.text and "Where they disagree on the first five" in counted.text


def test_equal_values_share_a_place_among_the_first_five():
    rows = pd.DataFrame({"model": list("gfedcba"), "score_x": [1.0, 1.0, 0.9, 0.9, 0.1, 0.0, float("nan")]})
    assert agreement.first_five(rows, "score_x", lower=False) == {"f": "1=", "g": "1=", "d": "3=", "e": "3=", "c": "5"}
    assert list(agreement.first_five(rows, "score_x", lower=True).items())[:2] == [("b", "1"), ("c", "2")]


def test_kendall_is_scipys():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 5, 40).astype(float), rng.integers(0, 5, 40).astype(float)
    second[3] = np.nan
    keep = ~np.isnan(second)
    assert agreement.kendall(first, second) == pytest.approx(kendalltau(first[keep], second[keep]).statistic)
    assert agreement.kendall(np.ones(3), np.arange(3.0)) is None


def test_the_method_comes_from_the_results(example):
    read = drawn(example, "method")
    described = json.loads((example / "scores.json").read_text())
    assert all(" ".join(facts["plain_words"]["measures"].split()) in read.text for facts in described.values())


def test_the_method_says_how_the_run_itself_was_made(example, tmp_path):
    folder = shutil.copytree(example, tmp_path / "copy")
    page = Pages(Results(Folder(folder))).open(State())
    path = folder / "runs" / f"{page.chosen.run}.json"
    content = json.loads(path.read_text())
    content["record"]["recipe"] = {"text": "Percentiles <b>are averaged."}
    path.write_text(json.dumps(content))
    read = drawn(folder, "method")
    assert "How this run made its consensus" in read.text and "Percentiles <b>are averaged." in read.text
    assert "How this run" not in drawn(example, "method").text


def test_the_method_explains_scores_in_the_words_of_the_run_itself(example, tmp_path):
    folder = shutil.copytree(example, tmp_path / "copy")
    page = Pages(Results(Folder(folder))).open(State())
    path = folder / "runs" / f"{page.chosen.run}.json"
    content = json.loads(path.read_text())
    content["scores"] = {"logme": {"plain_words": {"measures": "Of <i>texts."}}, "knn": {"plain_words": 3}, "parc": 7}
    path.write_text(json.dumps(content))
    read = drawn(folder, "method")
    assert "Of <i>texts." in read.text and "Of <i>texts." not in drawn(example, "method").text


def test_the_command_to_add_names_the_results(example):
    page = Pages(Results(Folder(example))).open(State(view="add"))
    assert "hubscore rank user/birds" in add.render(page) and "--results-repo" not in add.render(page)

    class Shared(Folder):
        name = "ann/results"

    assert "--results-repo ann/results" in add.render(Pages(Results(Shared(example))).open(State(view="add")))
    queue = add.render(page, [{"dataset": EVIL, "user": "ann", "date": "2026-01-01", "status": "pending"}])
    assert "pending" in queue and "<img" not in queue and "Requests" not in add.render(page)


def test_what_is_the_label_stands_above_the_board(tmp_path):
    made = example_ranking(models=3)
    probe = replace(made.probe, label_column="species", label_source="a column of 3 strings, as asked for")
    write_results(tmp_path, [replace(made, probe=probe)])
    assert "label: species (a column of 3 strings, as asked for)" in drawn(tmp_path, "ranking").text


@pytest.fixture(scope="module")
def with_accuracies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("expected")
    write_results(folder, [foreseen(example_ranking())])
    return folder


def test_expected_accuracies_come_first_with_their_shortlist(with_accuracies):
    read = drawn(with_accuracies, "ranking")
    assert "Fine-tune these 4 (*): the best of 23 is among them with 90 %, by an estimate." in read.text
    assert "if fine-tuned on about 300 images as in docs/truth.md" in read.text
    assert "50 rows: the interval is wider." in read.text
    assert "expected accuracy" in read.text and "90 %" in read.text and "P(best)" in read.text and "50 %" in read.text
    assert ("button", "data-sort", "expected") in read.attributes
    names = [value for tag, name, value in read.attributes if name == "data-pick"]
    sorted_again = drawn(with_accuracies, "ranking", sort="expected")
    assert [value for _, name, value in sorted_again.attributes if name == "data-pick"] == names


def test_the_picture_of_sizes_shows_expected_accuracies_or_the_consensus(with_accuracies, example):
    assert "expected accuracy (estimate)" in drawn(with_accuracies, "size").text
    assert "consensus (estimate)" in drawn(with_accuracies, "size", y="consensus").text
    assert "consensus (estimate)" in drawn(example, "size").text
    front = drawn(with_accuracies, "size").text.partition("The front, smallest first")[2]
    assert example_ranking().best.model in front.replace(" ", ""), "the best is never beaten by a smaller one"


def test_the_comparison_and_the_method_tell_expected_accuracies(with_accuracies, example):
    read = drawn(with_accuracies, "compare", models=MODELS[:2])
    assert "expected accuracy (estimate)" in read.text and "P(best) (estimate)" in read.text
    assert "expected accuracy (estimate)" not in drawn(example, "compare", models=MODELS[:2]).text
    assert "How they are made." in drawn(with_accuracies, "method").text


def test_results_without_expected_accuracies_are_shown_as_before(example):
    read = drawn(example, "ranking")
    assert "Fine-tune" not in read.text and "expected accuracy" not in read.text and "95 % interval" in read.text
