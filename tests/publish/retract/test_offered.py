from hubscore.publish.cards.publish import publish_cards
from hubscore.publish.retract import retract_pull_requests, retract_results
from hubscore.publish.retract.offered import models_in, offered
from hubscore.results import run_id


def test_those_that_another_machine_opened_are_found_by_the_models_of_ones_runs(scene, as_user, own_memory):
    bob, best = as_user("bob"), scene.models[0]
    publish_cards(scene.ranking, yes=True, open_prs=True, top=1, results_repo=scene.results, api=bob)
    own_memory.unlink()  # as on another machine
    told = []
    scene.hub.log.clear()
    (found,) = retract_pull_requests(repo=scene.results, told=told.append, api=bob)
    assert (found.repo_id, found.outcome) == (best, "would close")
    asked = [path for _, path, *_ in scene.hub.log if path.endswith("/discussions")]
    assert len(asked) == len(scene.models) + 1  # each once, and the one where something waits in full
    where, not_where = told
    assert "0 repos on which this machine opened any, and at 12 models of 1 run of yours in" in where
    assert "--results-repo ID" in not_where and "hubscore retract ORG/NAME --from prs" in not_where
    assert offered(as_user("alice"), "alice", [scene.results, "no/such"], ()).repos == ()
    retract_results(run_id(scene.ranking), repo=scene.results, yes=True, api=bob)
    assert retract_pull_requests(repo=scene.results, api=bob) == []  # nobody knows its models any more,
    chosen = {"run": run_id(scene.ranking), "repo": scene.results, "api": bob, "yes": True}
    assert retract_pull_requests(**chosen) == []
    (closed,) = retract_pull_requests(**chosen, models=scene.models)  # but whoever has the saved ranking
    assert (closed.repo_id, closed.outcome) == (best, "closed")


def test_folders_and_nameless_models_have_no_pull_requests():
    rows = [("a/b@main", "c" * 40), ("private-1", "d" * 40), ("me/net", "local-0123"), ("/home/me/net", None)]
    assert models_in(rows) == ["a/b"]
