import pytest
from hubfixture import USERS
from publishscene import CARD

from hubscore.errors import PublishError
from hubscore.localhub import serve
from hubscore.publish.cards.publish import publish_cards
from hubscore.publish.retract import retract_cards, retract_results
from hubscore.results import run_id


@pytest.fixture(scope="module")
def hub(hub, tmp_path_factory):
    """A Hub of this file's own: all cards of bob's are read here."""
    with serve(tmp_path_factory.mktemp("hub"), users=USERS) as own:
        yield own


def publish(scene, api, **options):
    publish_cards(scene.ranking, yes=True, results_repo=scene.results, section=True, api=api, **options)


def mine(scene, done):
    return [one for one in done if one.repo_id in scene.models]


def test_entry_and_section_go_and_the_card_is_as_it_was(scene, as_user):
    bob, own = as_user("bob"), scene.models[1]
    publish(scene, bob)
    full = scene.card(bob, own)
    assert full != CARD and "hubscore:begin" in full
    (planned,) = retract_cards(model=own, api=bob)
    assert planned.outcome == "would take out" and "-  - task:" in planned.diff and scene.card(bob, own) == full
    (done,) = retract_cards(model=own, yes=True, api=bob)
    assert (done.outcome, scene.card(bob, own)) == ("taken out", CARD)
    assert [one.outcome for one in retract_cards(model=own, yes=True, api=bob)] == ["unchanged"]


def test_all_means_every_own_card_that_links_to_an_own_run_or_one_that_is_gone(scene, as_user):
    bob, own = as_user("bob"), scene.models[1]
    publish(scene, bob)
    assert [one.repo_id for one in mine(scene, retract_cards(api=bob))] == [own]
    assert mine(scene, retract_cards(run="2020-01-01T00-00-00Z-00000000", api=bob)) == []
    retract_results(run_id(scene.ranking), repo=scene.results, yes=True, api=bob)
    done = mine(scene, retract_cards(run=run_id(scene.ranking), yes=True, api=bob))
    assert [one.outcome for one in done] == ["taken out"] and scene.card(bob, own) == CARD


def test_anothers_run_is_left_alone_and_their_card_refused(scene, as_user):
    alice, best = as_user("alice"), scene.models[0]
    publish(scene, alice)  # alice may write to lab/, and the run is bob's
    full = scene.card(alice, best)
    (left,) = mine(scene, retract_cards(yes=True, api=alice))
    assert left.outcome == "skipped" and "@bob" in left.reason and scene.card(alice, best) == full
    (reader,) = mine(scene, retract_cards(api=as_user("bob")))  # a member who may only read
    assert (reader.repo_id, reader.outcome) == (best, "skipped")
    with pytest.raises(PublishError, match="is not yours"):
        retract_cards(model=best, yes=True, api=as_user("bob"))
    assert retract_cards(model=best, yes=True, api=alice)[0].outcome == "taken out"


def test_others_commit_first_and_the_answer_is_lost(scene, as_user):
    bob, own = as_user("bob"), scene.models[1]
    publish(scene, bob)
    path = f"{own}/commit/"
    scene.hub.faults.add(method="POST", path=path, status=412, times=None)
    assert [one.outcome for one in retract_cards(model=own, yes=True, api=bob)] == ["failed"]
    scene.hub.faults.clear()
    scene.hub.faults.add(method="POST", path=path, status=412)
    scene.hub.faults.cut(method="POST", path=path, after=3)
    assert [one.outcome for one in retract_cards(model=own, yes=True, api=bob)] == ["taken out"]
    titles = [commit.title for commit in bob.list_repo_commits(own)]
    assert scene.card(bob, own) == CARD and titles.count("Take out hubscore transferability estimates") == 1
