"""A walk: three people publish rankings of the same rows into one data set, one takes hers back, and the owner of the
models merges, declines and opts out.
"""

from collections import Counter
from dataclasses import replace
from threading import Thread

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import CommitOperationAdd, HfApi
from publishscene import CARD, made_up

from hubscore.errors import PublishError
from hubscore.localhub import serve
from hubscore.publish.cards.publish import publish_cards
from hubscore.publish.results import publish_results
from hubscore.publish.retract import retract_pull_requests, retract_results
from hubscore.results import read_results, run_id

PEOPLE = {name: {"token": f"hf_{name}", "orgs": {"team": "write"}} for name in ("ann", "ben", "cleo")}
MODELS = [f"olga/net-{number}" for number in range(12)]
RESULTS = "team/results"


@pytest.fixture
def clients(tmp_path, monkeypatch):
    """The clients of three publishers and of the owner of the models."""
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "cache"))
    add_dataset(tmp_path / "hub", "data/shapes", {"train/a/1.png": b"x"})
    for model in MODELS:
        add_model(tmp_path / "hub", model, {"README.md": CARD, "config.json": "{}"})
    with serve(tmp_path / "hub", users={"users": {**PEOPLE, "olga": {"token": "hf_olga"}}}) as hub:
        yield {name: HfApi(endpoint=hub.url, token=f"hf_{name}") for name in (*PEOPLE, "olga")}


def ranking_of(models, date):
    made = made_up(models, dataset="data/shapes")
    return replace(made, record=replace(made.record, date=date))


def send(ranking, api):
    return publish_results(ranking, repo=RESULTS, yes=True, api=api, wait=0.02, tries=30)


def lines(api):
    return Counter(read_results(RESULTS, api).table["publisher"].to_pylist())


def outcomes(ranking, api, **options):
    done = publish_cards(ranking, results_repo=RESULTS, api=api, **options).publications
    return {one.repo_id: one.outcome for one in done}


def test_three_publishers_and_an_owner(clients, monkeypatch, tmp_path):
    ann, ben, cleo, olga = clients.values()
    large = ranking_of(MODELS, "2026-11-20T12:00:00+00:00")
    small, third = (ranking_of(MODELS[:3], f"2026-11-2{day}T12:00:00+00:00") for day in (1, 2))

    # Two publish at once: neither takes anything of the other.
    at_once = [Thread(target=send, args=pair) for pair in ((large, ann), (small, ben))]
    for thread in at_once:
        thread.start()
    for thread in at_once:
        thread.join()
    assert lines(ann) == {"ann": 12, "ben": 3} and len(read_results(RESULTS, ann).together) == 15

    # The third one sees what she changes for them, publishes, and takes it back; she cannot take back theirs.
    planned = publish_results(third, repo=RESULTS, api=cleo)
    assert "others on the same rows: 2 runs with 15 rows (@ann, @ben): 0 of these dropped or replaced" in planned.diff
    before = read_results(RESULTS, ann).table
    send(third, cleo)
    assert lines(ann) == {"ann": 12, "ben": 3, "cleo": 3}
    with pytest.raises(PublishError, match="is not yours"):
        retract_results(run_id(large), repo=RESULTS, yes=True, api=cleo)
    assert retract_results(None, repo=RESULTS, yes=True, api=cleo).outcome == "retracted"
    assert read_results(RESULTS, ann).table.equals(before)

    # The owner merges one pull request, declines one, and opts out with another model.
    assert outcomes(large, ann, yes=True, open_prs=True, top=3) == dict.fromkeys(MODELS[:3], "opened")
    olga.merge_pull_request(MODELS[0], 1)
    olga.change_discussion_status(MODELS[1], 1, "closed", comment="no, thank you")
    assert "hubscore" in read(olga, MODELS[0]) and "hubscore" not in read(olga, MODELS[1])
    olga.create_commit(
        MODELS[3],
        [CommitOperationAdd("README.md", CARD.replace("license: mit", "license: mit\nhubscore: opt-out").encode())],
        commit_message="No, thank you",
    )
    again = outcomes(large, ann, yes=True, open_prs=True, top=4)
    assert again == dict(zip(MODELS[:4], ("unchanged", "declined", "unchanged", "opted out"), strict=True))

    # A no holds for everybody, and who opened a pull request withdraws it.
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "another machine"))
    send(ranking_of(MODELS, "2026-11-25T12:00:00+00:00"), ben)
    others = outcomes(ranking_of(MODELS, "2026-11-25T12:00:00+00:00"), ben, yes=True, open_prs=True, top=4)
    assert others[MODELS[1]] == "declined" and others[MODELS[3]] == "opted out" and others[MODELS[2]] == "skipped"
    monkeypatch.setenv("HUBSCORE_CACHE", str(tmp_path / "cache"))
    closed = retract_pull_requests(model=MODELS[2], yes=True, api=ann)
    assert [(one.repo_id, one.outcome) for one in closed] == [(MODELS[2], "closed")]
    assert {talk.status for talk in olga.get_repo_discussions(MODELS[2])} == {"closed"}


def read(api, model):
    with open(api.hf_hub_download(model, "README.md", revision=api.model_info(model).sha), encoding="utf-8") as card:
        return card.read()
