from hubscore.publish.cards.publish import publish_cards
from hubscore.publish.retract import retract_pull_requests, retract_results
from hubscore.results import run_id


def offer(scene, api):
    done = publish_cards(scene.ranking, yes=True, open_prs=True, top=1, results_repo=scene.results, api=api)
    return done.publications[0].outcome


def test_own_pull_requests_are_closed_and_that_is_not_remembered_as_a_no(scene, as_user):
    bob, best = as_user("bob"), scene.models[0]
    assert offer(scene, bob) == "opened"
    (planned,) = retract_pull_requests(api=bob)
    assert (planned.repo_id, planned.outcome) == (best, "would close")
    assert planned.pull_request and scene.pulls(bob, best) == [(1, "open", "bob")]
    assert [one.outcome for one in retract_pull_requests(yes=True, api=bob)] == ["closed"]
    assert scene.pulls(bob, best) == [(1, "closed", "bob")] and retract_pull_requests(yes=True, api=bob) == []
    assert offer(scene, bob) == "opened"


def test_a_model_or_a_run_chooses_and_those_of_others_stay(scene, as_user):
    bob, best = as_user("bob"), scene.models[0]
    assert offer(scene, bob) == "opened"
    assert retract_pull_requests(model=best, yes=True, api=as_user("alice")) == []
    assert retract_pull_requests(model=scene.models[2], api=bob) == []
    assert [one.outcome for one in retract_pull_requests(model="no/such", api=bob)] == ["skipped"]
    assert retract_pull_requests(run="2020-01-01T00-00-00Z-00000000", repo=scene.results, api=bob) == []
    run = run_id(scene.ranking)
    assert [one.repo_id for one in retract_pull_requests(run=run, repo=scene.results, api=bob)] == [best]
    retract_results(run, repo=scene.results, yes=True, api=bob)  # the record is not needed where we remember
    assert [one.outcome for one in retract_pull_requests(run=run, repo=scene.results, yes=True, api=bob)] == ["closed"]
