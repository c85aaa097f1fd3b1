import pytest
from hubfixture import add_model
from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

from hubscore.hub.client import hub_api
from hubscore.hub.listing import exists, list_repos, model_json


@pytest.fixture(scope="module")
def names(hub):
    listed = [f"listing/net{number}" for number in range(3)]
    for name in listed:
        add_model(hub.root, name, {"config.json": "{}"})
    return listed


def test_repos_are_listed_as_the_hub_sends_them(names):
    found = list(list_repos(hub_api(), author="listing", expand=["sha"]))
    assert sorted(one["id"] for one in found) == names and all(len(one["sha"]) == 40 for one in found)
    assert len(list(list_repos(hub_api(), author="listing", limit=2))) == 2


@pytest.mark.parametrize("odd", [5, "text", None, {"id": 3}, {}])
def test_what_is_no_repo_is_passed_over(names, monkeypatch, odd):
    monkeypatch.setattr("huggingface_hub.utils.paginate", lambda *args, **kwargs: iter([odd, {"id": "a/b"}]))
    assert [one["id"] for one in list_repos(hub_api())] == ["a/b"]


def test_one_model_with_the_sizes_of_its_files(names):
    answer = model_json(hub_api(), names[0])
    assert answer["id"] == names[0] and answer["siblings"][0]["size"] == 2
    assert model_json(hub_api(), names[0], "main")["sha"] == answer["sha"]
    with pytest.raises(RepositoryNotFoundError):
        model_json(hub_api(), "listing/none")
    with pytest.raises(HFValidationError):
        model_json(hub_api(), "a/b/c")


def test_whether_there_is_such_a_repo(names):
    assert exists(hub_api(), names[0], "model") and not exists(hub_api(), names[0], "dataset")
