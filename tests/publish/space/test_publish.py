import pytest
from huggingface_hub import HfApi, hf_hub_download
from spacedata import example_ranking

from hubscore.errors import DatasetError, HubError
from hubscore.install import REQUIREMENT
from hubscore.publish.results import publish_results
from hubscore.publish.space import publish_space

RESULTS = "lab/board-results"


@pytest.fixture(scope="module")
def api(hub):
    return HfApi(endpoint=hub.url, token="hf_alice")


@pytest.fixture(scope="module")
def results(api, tmp_path_factory):
    path = tmp_path_factory.mktemp("rankings") / "ranking.json"
    example_ranking(models=6).save(str(path))
    publish_results(str(path), repo=RESULTS, yes=True, allow_private_dataset_name=True, api=api)
    return RESULTS


def publish(repo, **asked):
    return publish_space(RESULTS, repo=repo, token="hf_alice", **asked)


def content(api, repo, name):
    path = hf_hub_download(
        repo, name, repo_type="space", endpoint=api.endpoint, token="hf_alice", revision=api.space_info(repo).sha
    )
    with open(path, encoding="utf-8") as file:
        return file.read()


def test_without_yes_nothing_is_made(api, results):
    told = publish_space(results, token="hf_alice")
    assert told.repo_id == "lab/hubscore-leaderboard" and told.outcome == "planned" and told.kind == "space"
    assert (
        "+ a new public Space" in told.diff
        and "+ app.py" in told.diff
        and f"+ variable RESULTS_REPO = {RESULTS}" in told.diff
    )
    assert not api.repo_exists(told.repo_id, repo_type="space")


def test_a_new_space_has_the_app_its_card_and_its_variable(api, results):
    told = publish("lab/board", yes=True)
    assert told.outcome == "published"
    info = api.space_info("lab/board")
    names = {file.rfilename for file in info.siblings}
    assert {"app.py", "data.py", "style.css", "page.js", "requirements.txt", "views/ranking.py", "README.md"} <= names
    assert info.sdk == "gradio" and not any("test" in name or "__pycache__" in name for name in names)
    assert api.get_space_variables("lab/board")["RESULTS_REPO"].value == RESULTS
    card = content(api, "lab/board", "README.md")
    assert f"datasets:\n- {RESULTS}\n---\n" in card and "sdk_version:" in card
    assert "torch" not in content(api, "lab/board", "requirements.txt")


def test_a_proxy_is_an_option_that_stays_and_can_be_taken_off(api, results):
    told = publish("lab/eye", proxy="clip", yes=True)
    assert told.outcome == "published" and "+ variable HUBSCORE_PROXY = openai/clip-vit-base-patch32" in told.diff
    assert api.get_space_variables("lab/eye")["HUBSCORE_PROXY"].value == "openai/clip-vit-base-patch32"
    assert content(api, "lab/eye", "requirements.txt").endswith(f"\n{REQUIREMENT}\n")
    assert publish("lab/eye", yes=True).outcome == "unchanged"
    assert "- variable HUBSCORE_PROXY" in publish("lab/eye", proxy="none", yes=True).diff
    assert "HUBSCORE_PROXY" not in api.get_space_variables("lab/eye")
    assert "hubscore" not in content(api, "lab/eye", "requirements.txt")
    assert publish("lab/eye", yes=True).outcome == "unchanged"


def test_publishing_again_changes_nothing_and_only_what_differs_is_sent(api, results, hub):
    publish("lab/board", yes=True)
    before = api.space_info("lab/board").sha
    assert publish("lab/board", yes=True).outcome == "unchanged" and api.space_info("lab/board").sha == before
    api.upload_file(path_or_fileobj=b"old", path_in_repo="style.css", repo_id="lab/board", repo_type="space")
    assert publish("lab/board").diff.splitlines() == [
        line for line in publish("lab/board").diff.splitlines() if line.startswith("~ style.css")
    ]
    assert publish("lab/board", yes=True).outcome == "published" and content(api, "lab/board", "style.css") != "old"


def test_an_owners_card_stays_except_for_the_version(api, results):
    publish("lab/board", yes=True)
    mine = (
        content(api, "lab/board", "README.md")
        .replace("title: hubscore leaderboard", "title: Our birds")
        .replace("sdk_version: 6", "sdk_version: 5")
    )
    api.upload_file(path_or_fileobj=mine.encode(), path_in_repo="README.md", repo_id="lab/board", repo_type="space")
    publish("lab/board", yes=True)
    assert content(api, "lab/board", "README.md") == mine.replace("sdk_version: 5", "sdk_version: 6")


def test_a_space_that_shows_other_results_is_turned_round(api, results):
    publish("lab/board", yes=True)
    api.add_space_variable("lab/board", "RESULTS_REPO", "alice/other")
    assert f"~ variable RESULTS_REPO = {RESULTS}" in publish("lab/board").diff
    publish("lab/board", yes=True)
    assert api.get_space_variables("lab/board")["RESULTS_REPO"].value == RESULTS


def test_without_a_paid_plan_it_is_a_static_page(api, results, hub):
    hub.faults.add(method="POST", path="repos/create", status=402)
    told = publish("lab/free-board", yes=True)
    assert (
        told.outcome == "published as a static page" and "paid plan (402)" in told.reason and "index.html" in told.diff
    )
    info = api.space_info("lab/free-board")
    assert info.sdk == "static" and {file.rfilename for file in info.siblings} == {
        ".gitattributes",
        "README.md",
        "index.html",
    }
    page = content(api, "lab/free-board", "index.html")
    assert "timm/resnet" in page and "@DATA@" not in page and 'src="http' not in page and "<link" not in page
    assert "app_file: index.html" in content(api, "lab/free-board", "README.md")
    assert publish("lab/free-board", yes=True).outcome == "unchanged"


def test_a_private_results_data_set_gets_a_private_space(api, results, tmp_path):
    path = tmp_path / "ranking.json"
    example_ranking(models=3, seed=4).save(str(path))
    publish_results(
        str(path), repo="lab/hidden-results", private=True, yes=True, allow_private_dataset_name=True, api=api
    )
    told = publish_space("lab/hidden-results", repo="lab/hidden-board", token="hf_alice", yes=True)
    assert "a new private Space" in told.diff and "secret HF_TOKEN" in told.diff
    assert api.space_info("lab/hidden-board").private


def test_what_cannot_be_done_says_why(results, hub):
    with pytest.raises(DatasetError, match="was not found"):
        publish_space("lab/no-results", token="hf_alice")
    with pytest.raises(HubError, match="could not be published") as raised:
        publish_space(results, repo="alice/board-of-bob", token="hf_bob", yes=True)
    assert "a Space of your own" in raised.value.fix
