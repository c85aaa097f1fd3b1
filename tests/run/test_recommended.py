from dataclasses import replace

import pytest
from candidates.conftest import shelf, shelf_hub  # noqa: F401 - fixtures
from candidates.repos import popular, timm_repo
from fakes import fake_probe

from hubscore.errors import CandidateError, UsageError
from hubscore.run import recommended
from hubscore.run.observer import RunObserver
from hubscore.run.options import CandidateOptions
from hubscore.run.rank_options import RankOptions
from hubscore.run.recommended import check_recommend, find_recommended
from hubscore.run.session import Session
from hubscore.types import Skipped

FAMILIES = ("resnet18", "vgg11", "densenet121", "mobilenetv3_small_100", "efficientnet_b0", "convnext_atto")


class Heard(RunObserver):
    def __init__(self):
        self.text, self.notes = "", ()

    def recommended(self, text, notes):
        self.text, self.notes = text, notes


@pytest.fixture
def history(tmp_path):
    """Accuracies on three data sets: org/net0 worst, org/net3 best; one model is not on the Hub any more."""
    path = tmp_path / "past.csv"
    lines = ["model,target,accuracy,fingerprint"]
    for model, quality in (*((f"org/net{i}", 0.2 + 0.2 * i) for i in range(4)), ("org/gone", 0.9)):
        lines += [f"{model},{task},{quality},{task}-rows" for task in ("birds", "cars", "pets")]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def find(shelf, monkeypatch, history):  # noqa: F811
    """What is found on a Hub with four models that the history knows, and two that it does not."""
    repos = {f"org/net{i}": popular(timm_repo(FAMILIES[i], seed=i), 100 - i) for i in range(4)}
    repos |= {f"new/net{i}": popular(timm_repo(FAMILIES[i], seed=i, license="mit"), 50 - i) for i in (4, 5)}
    hub = shelf(repos)
    from huggingface_hub import HfApi

    monkeypatch.setattr("hubscore.run.recommended.hub_api", lambda token=None: HfApi(endpoint=hub.url, token=False))
    monkeypatch.setattr("hubscore.run.session.hub_api", lambda token=None: HfApi(endpoint=hub.url, token=False))

    def found(candidates=None, probe=None, **options):
        heard = Heard()
        session = Session(candidates=candidates, observer=heard)
        ranking = RankOptions(history=history, **options)
        made = find_recommended(session, ranking, probe or replace(fake_probe(), dataset="me/flowers"))
        return [one.repo_id for one in made.found.candidates], made, heard

    return found


def test_the_best_of_the_history_and_a_share_of_others(find):
    names, made, heard = find(recommend=3)
    assert names == ["org/net3", "org/net2", "new/net4"]
    assert "2 models of the history, best by the plain mean of past standings; 1 explored" in made.text
    assert made.text.endswith(": new/net4.") and heard.text == made.text
    assert made.found.left_out_names["known from the history, but not on the Hub"] == ("org/gone",)
    assert all(one.bytes for one in made.found.candidates)
    assert any("(measured)" in note for note in heard.notes)


def test_what_the_search_for_others_passed_over_is_named_too(find, monkeypatch):
    real = recommended.search_candidates

    def passing_over(*about, **more):
        odd, left = Skipped("new/odd", "not readable"), {"other licence": ("new/net9", "org/net0")}
        return replace(real(*about, **more), skipped=(odd,), left_out_names=left)

    monkeypatch.setattr(recommended, "search_candidates", passing_over)
    found = find(recommend=3)[1].found
    assert found.left_out_names["other licence"] == ("new/net9",)  # what the history knows is said there
    assert [one.model for one in found.skipped] == ["new/odd"]


def test_how_many_are_explored(find):
    assert find(recommend=4, explore=0)[0] == ["org/net3", "org/net2", "org/net1", "org/net0"]
    assert find(recommend=4, explore=0.5)[0] == ["org/net3", "org/net2", "new/net4", "new/net5"]
    assert find(recommend=1)[0] == ["org/net3"]


def test_where_one_side_has_too_few_the_other_fills_its_places(find):
    assert find(recommend=6, explore=0.9)[0] == ["org/net3", "new/net4", "new/net5", "org/net2", "org/net1", "org/net0"]
    assert find(recommend=20, explore=0.1)[0][:4] == ["org/net3", "org/net2", "org/net1", "org/net0"]


def test_filters_hold_for_all(find):
    names, made, _ = find(CandidateOptions(search="net3"), recommend=3)
    assert names == ["org/net3"] and made.text.endswith("none explored.")
    assert find(CandidateOptions(license=["mit"]), recommend=2)[0] == ["new/net4", "new/net5"]
    assert find(CandidateOptions(author="new"), recommend=2)[0] == ["new/net4", "new/net5"]
    with pytest.raises(CandidateError, match="other author"):
        find(CandidateOptions(author="nobody"), recommend=2)


def test_the_data_set_itself_and_its_rows_under_another_name_are_left_out(find):
    _, _, heard = find(probe=replace(fake_probe(), dataset="you/Birds", fingerprint="cars-rows"), recommend=2)
    assert any("birds itself was left out" in note for note in heard.notes)
    assert any("cars was left out: it shares rows" in note for note in heard.notes)


def test_without_it_candidates_are_those_of_the_session(find):
    names, made, heard = find()
    assert names[0] == "org/net0" and len(names) == 6 and made.text == heard.text == ""


@pytest.mark.parametrize(
    ("options", "models", "told"),
    [
        ({"recommend": 3}, None, "needs a history"),
        ({"recommend": 3, "history": "past.csv"}, ["lab/net"], "exclude each other"),
        ({"recommend": 3, "explore": 1.5}, None, "between 0 and 1"),
    ],
)
def test_what_does_not_go_together(options, models, told):
    with pytest.raises(UsageError, match=told):
        check_recommend(RankOptions(**options), CandidateOptions(models=models))
