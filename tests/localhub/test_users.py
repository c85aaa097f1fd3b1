import json
from pathlib import Path
from textwrap import dedent

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

from hubscore.errors import UsageError
from hubscore.localhub import serve

FILE = """
users:
  ann: {token: hf_ann, orgs: {lab: write}}
  ben: {token: hf_ben, orgs: {lab: read}}
  cat: {token: hf_cat}
repos:
  models/lab/secret: {private: true, access: [cat]}
  models/lab/gated: {gated: manual, access: [cat]}
  datasets/lab/quiet: {discussions: false}
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    root, users = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("users") / "users.yaml"
    users.write_text(FILE)
    for name in ("secret", "gated"):
        add_model(root, f"lab/{name}", {"README.md": f"# {name}\n", "config.json": "{}"})
    add_dataset(root, "lab/quiet", {"README.md": "# Quiet\n"})
    with serve(root, users=users) as hub:
        yield hub


def client(hub, name: str | None) -> HfApi:
    return HfApi(endpoint=hub.url, token=f"hf_{name}" if name else False)


def test_private_repos_are_hidden_from_all_but_members_and_guests(lab):
    for name, status in ((None, 401), ("stranger", 401)):
        with pytest.raises(HfHubHTTPError) as failure:
            client(lab, name).model_info("lab/secret")
        assert failure.value.response.status_code == status
    assert [it.id for it in client(lab, None).list_models()] == ["lab/gated"]
    for name in ("ann", "ben", "cat"):
        assert client(lab, name).model_info("lab/secret").private
        assert len(list(client(lab, name).list_models())) == 2


def test_a_private_repo_is_not_found_by_people_with_a_token_of_no_access(tmp_path):
    add_model(tmp_path, "lab/secret", {"README.md": "x"})
    rules = {"users": {"ann": {}, "dan": {}}, "repos": {"models/lab/secret": {"private": True}}}
    with serve(tmp_path, users=rules) as hub, pytest.raises(RepositoryNotFoundError) as failure:
        client(hub, "dan").model_info("lab/secret")
    assert failure.value.response.status_code == 404


def test_gated_files_need_access_but_the_page_is_public(lab, tmp_path):
    dan = HfApi(endpoint=lab.url, token=False)
    assert dan.model_info("lab/gated").gated == "manual"
    with pytest.raises(GatedRepoError) as failure:
        dan.hf_hub_download("lab/gated", "config.json", cache_dir=tmp_path)
    assert failure.value.response.status_code == 401
    with pytest.raises(GatedRepoError):
        dan.auth_check("lab/gated")
    assert client(lab, "cat").hf_hub_download("lab/gated", "config.json", cache_dir=tmp_path)
    assert [it.id for it in dan.list_models(gated=True)] == ["lab/gated"]


def test_gated_files_are_forbidden_to_people_without_access(tmp_path):
    add_model(tmp_path, "lab/gated", {"config.json": "{}"})
    rules = {"users": {"dan": {}}, "repos": {"models/lab/gated": {"gated": "auto"}}}
    with serve(tmp_path, users=rules) as hub, pytest.raises(GatedRepoError) as failure:
        client(hub, "dan").hf_hub_download("lab/gated", "config.json", cache_dir=tmp_path / "cache")
    assert failure.value.response.status_code == 403


def test_where_discussions_are_disabled_no_pull_request_is_taken(lab):
    cat = client(lab, "cat")
    for attempt in (
        lambda: cat.upload_file(
            repo_id="lab/quiet", repo_type="dataset", path_or_fileobj=b"x", path_in_repo="x", create_pr=True
        ),
        lambda: cat.create_discussion("lab/quiet", "Hello there", repo_type="dataset"),
        lambda: list(cat.get_repo_discussions("lab/quiet", repo_type="dataset")),
    ):
        with pytest.raises(HfHubHTTPError, match="Discussions are disabled for this repo") as failure:
            attempt()
        assert failure.value.response.status_code == 403


def test_an_unknown_token_is_refused_everywhere(lab):
    with pytest.raises(HfHubHTTPError, match="Invalid credentials in Authorization header"):
        client(lab, "nobody").model_info("lab/gated")


def test_the_default_user_owns_one_namespace(tmp_path):
    add_model(tmp_path, "other/model", {"README.md": "x"})
    with serve(tmp_path) as hub:
        local = client(hub, "local")
        assert local.whoami()["name"] == "local"
        local.create_repo("local/new")
        with pytest.raises(HfHubHTTPError, match="403"):
            local.upload_file(repo_id="other/model", path_or_fileobj=b"x", path_in_repo="x.txt")


def test_without_anonymous_reading_strangers_see_nothing(tmp_path):
    add_model(tmp_path, "lab/open", {"README.md": "x"})
    with serve(tmp_path, users={"anonymous": "none", "users": {"ann": {}}}) as hub:
        assert list(client(hub, None).list_models()) == []
        assert client(hub, "ann").model_info("lab/open").id == "lab/open"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"people": {}}, "unknown key 'people'"),
        ({"users": {"a": {"token": "t"}, "b": {"token": "t"}}}, "two users have the same token"),
        ({"users": {"a": {"role": "king"}}}, "role 'king'"),
        ({"users": {"a": {"colour": 1}}}, "unknown key 'colour' in user a"),
        ({"repos": {"lab/x": {}}}, "names no repo"),
        ({"repos": {"models/lab/x": {"gated": "maybe"}}}, "gated: 'maybe'"),
        ({"anonymous": "write"}, "anonymous must be read or none"),
    ],
)
def test_mistakes_in_the_users_file_are_named(tmp_path, content, words):
    with pytest.raises(UsageError, match=words):
        serve(tmp_path, users=content)


def test_the_example_in_the_documentation_is_valid(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "localhub.md").read_text(encoding="utf-8")
    block = page[page.index("    # users.yaml") : page.index("People write in")]
    (tmp_path / "users.yaml").write_text(dedent(block))
    with serve(tmp_path, users=tmp_path / "users.yaml") as hub:
        assert client(hub, "ben").whoami()["orgs"][0]["name"] == "lab"


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.yaml cannot be read"):
        serve(tmp_path, users=tmp_path / "none.yaml")
    (tmp_path / "list.json").write_text(json.dumps([1]))
    with pytest.raises(UsageError, match="it must hold a mapping"):
        serve(tmp_path, users=tmp_path / "list.json")
