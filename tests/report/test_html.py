import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import pytest

from hubscore.report.html import fragment, page
from hubscore.report.html_table import interval_picture
from hubscore.types import Saturation

VOID = {"meta", "br", "hr", "img", "link", "wbr"}


class Reader(HTMLParser):
    """Collects text, tags and attributes, and fails on tags that do not close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words, self.attributes = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(self.words)


@pytest.mark.parametrize("render", [fragment, page])
def test_it_is_well_formed_and_holds_every_model(ranking, render):
    reader = Reader(render(ranking))
    assert all(row.model in reader.text for row in ranking)
    assert "not accuracies" in reader.text and "nearly the order by size" in reader.text and "lab/evil" in reader.text


def test_a_notebook_shows_the_fragment(ranking):
    assert ranking._repr_html_() == fragment(ranking) and "<html" not in fragment(ranking)
    assert type(fragment(ranking)) is type(page(ranking)) is str  # not markup, to which text could no longer be added


@pytest.mark.parametrize("render", [fragment, page])
def test_hostile_strings_stay_text(evil_ranking, render):
    text = render(evil_ranking)
    reader = Reader(text)
    assert "script" not in reader.tags and "\x1b" not in text and "\u202e" not in text
    assert 'alert("x")' in reader.text
    assert not any(name.startswith("on") or "javascript:" in (value or "") for name, value in reader.attributes)


def test_nothing_is_loaded_from_elsewhere(ranking):
    text = page(ranking)
    assert "default-src 'none'" in text and "<script" not in text
    assert not re.search(
        r"(src|@import|url\()", text.replace("default-src", "").replace("style-src", "").replace("img-src", "")
    )


def test_light_and_dark_are_both_styled(ranking):
    assert "prefers-color-scheme: dark" in fragment(ranking) and "color-scheme: light dark" in page(ranking)


def test_a_name_leads_to_the_revision_on_its_hub(ranking):
    row, revision = ranking.best, ranking.best.revision
    linked = replace(ranking, record=replace(ranking.record, endpoint="http://127.0.0.1:8090/"))
    assert f'href="http://127.0.0.1:8090/lab/best/tree/{revision}"' in page(linked)
    local = replace(ranking, rows=(replace(row, model="./my vit", revision="local-abc"),))
    assert "href" not in fragment(local)


def test_a_dash_has_its_reason_behind_it(ranking):
    poor = next(row for row in ranking if row.model == "lab/poor")
    assert f'title="{escape(poor.undefined["leep"])}">-</td>' in page(ranking)


def test_lower_is_better_is_marked_and_shaded_the_other_way(ranking):
    assert 'pactran_dirichlet <span title="lower is better">&darr;</span>' in page(ranking)


def test_an_interval_is_a_picture_with_words():
    picture = interval_picture(0.5, (0.25, 0.75))
    assert (
        'aria-label="0.50, 95 % interval 0.25 to 0.75"' in picture
        and 'x="39.5"' in picture
        and 'width="71.0"' in picture
    )
    assert interval_picture(None, None) == "" and "band" not in interval_picture(0.5, None)


def test_the_page_explains_every_score_and_its_sections(ranking):
    text = Reader(page(ranking)).text
    for heading in (
        "How to read it",
        "Is it more than a rule of thumb?",
        "Do the scores agree?",
        "Skipped",
        "What the scores measure",
        "The probe",
        "How to repeat it",
    ):
        assert heading in text
    assert all(score.words["measures"] in text for score in ranking.scores.values())
    assert "undefined for every model" in text and ranking.probe.fingerprint in text


def test_as_many_scores_are_counted_as_the_table_shows(ranking):
    shown = [name for name in ranking.scores if any(name in row.scores for row in ranking.rows)]
    assert f"<li>scores <b>{len(shown)}</b></li>" in page(ranking) and "emms" not in shown


def test_a_bare_ranking_of_one_model_has_a_page_too(ranking):
    from hubscore.types import Ranking, Row

    bare = Ranking((Row(1, "a/b", "main", "timm"),), ())
    assert "a/b" in Reader(page(bare)).text and "a/b" in Reader(fragment(bare)).text


def test_a_baseline_without_a_value_has_its_reason_on_the_dash(ranking):
    titles = [value for name, value in Reader(fragment(ranking)).attributes if name == "title"]
    assert titles.count("the card does not say how many images the source set has") == len(ranking)


def test_models_at_the_end_of_a_scale_are_told_of(ranking):
    assert "tied on it, which is not equal quality" not in page(ranking)
    described = ranking.scores | {"knn": replace(ranking.scores["knn"], saturated=Saturation(1.0, 3))}
    told = Reader(page(replace(ranking, scores=described))).text
    assert "3 models are at 1.0, the end of the range: tied on it, which is not equal quality" in told
