"""What goes wrong on the way: other people's commits, refusals, rate limits, broken lines; never two pull requests."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hubfixture import USERS, add_dataset, add_model
from huggingface_hub import CommitOperationAdd, HfApi

from hubscore.localhub import serve
from hubscore.publish.cards.pr_history import MOST_PER_DAY, MOST_PER_RUN
from hubscore.publish.cards.publish import publish_cards

PROPOSE = {"yes": True, "open_prs": True, "top": 1}
OTHER = b"---\nlicense: mit\n---\n# A model\n\nOther words.\n"


def run(scene, api, ranking=None, **options):
    """Publish the scene's ranking; return the publications by repo."""
    done = publish_cards(ranking or scene.ranking, api=api, results_repo=scene.results, **options)
    return {publication.repo_id: publication for publication in done.publications}


class Interrupted(HfApi):
    """A client that lets something happen right before each of its commits."""

    def __init__(self, api, before):
        super().__init__(endpoint=api.endpoint, token=api.token)
        self.before, self.commits = before, 0

    def create_commit(self, *args, **options):
        self.commits += 1
        self.before(self)
        return super().create_commit(*args, **options)


@pytest.mark.parametrize("fault", ["cut", "cut at once", "503", "504", "429"])
def test_after_an_answer_that_was_lost_we_look_before_we_try_again(scene, as_user, fault, own_memory):
    bob, best = as_user("bob"), scene.models[0]
    path = rf"/api/models/{best}/commit/"
    if fault.startswith("cut"):
        scene.hub.faults.cut(method="POST", path=path, after=0 if "once" in fault else 20)
    else:
        headers = (
            {"RateLimit": '"api";r=0;t=1', "RateLimit-Policy": '"fixed window";"api";q=1000;w=300'}
            if fault == "429"
            else {}
        )
        scene.hub.faults.add(method="POST", path=path, status=int(fault), headers=headers)
    done = run(scene, bob, **PROPOSE)[best]
    assert (done.outcome, done.reason, scene.pulls(bob, best)) == ("opened", "", [(1, "open", "bob")])
    assert done.diff and done.pull_request.endswith("/discussions/1")
    remembered = [(entry["repo"], entry["number"]) for entry in json.loads(own_memory.read_text())["opened"]]
    assert remembered == [(best, 1)]


def test_a_commit_of_our_own_whose_answer_was_lost_counts_as_written(scene, as_user):
    bob, mine = as_user("bob"), scene.models[1]
    scene.hub.faults.cut(method="POST", path=rf"/api/models/{mine}/commit/", after=10)
    before = len(bob.list_repo_commits(mine))
    done = run(scene, bob, yes=True)[mine]
    assert done.outcome == "written" and done.diff and len(bob.list_repo_commits(mine)) == before + 1


def test_an_update_whose_answer_was_lost_counts_as_updated(scene, as_user):
    bob, best = as_user("bob"), scene.models[0]
    run(scene, bob, **PROPOSE)
    newer = scene.changed()
    scene.publish_record(bob, newer)
    scene.hub.faults.cut(method="POST", path=rf"/api/models/{best}/commit/", after=10)
    assert run(scene, bob, newer, **PROPOSE)[best].outcome == "updated"
    assert [event.type for event in bob.get_discussion_details(best, 1).events] == ["comment", "commit", "commit"]


@pytest.mark.parametrize(
    "path", ["/discussions$", r"/resolve/", r"/api/models/[^/]+/[^/]+$", "/preupload/", "/validate-yaml"]
)
def test_a_hub_in_trouble_elsewhere_is_asked_again(scene, as_user, path):
    bob, best = as_user("bob"), scene.models[0]
    run(scene, bob)  # the results are in the client's cache
    scene.hub.faults.add(method="*", path=path, status=502)
    assert run(scene, bob, **PROPOSE)[best].outcome == "opened" and len(scene.pulls(bob, best)) == 1


def test_a_long_wait_is_not_waited_for_and_says_when_to_come_back(scene, as_user, own_memory):
    bob, best = as_user("bob"), scene.models[0]
    scene.hub.faults.add(
        method="POST", path=rf"{best}/commit/", status=429, times=None, headers={"RateLimit": '"api";r=0;t=290'}
    )
    start = time.monotonic()
    done = run(scene, bob, **PROPOSE)
    assert time.monotonic() - start < 10
    assert done[best].outcome == "failed" and "in 290 seconds" in done[best].reason and "429" in done[best].reason
    scene.hub.faults.clear()
    assert run(scene, bob, **PROPOSE)[best].outcome == "opened"
    assert len(scene.pulls(bob, best)) == 1


def test_somebody_elses_commit_in_between_stays(scene, as_user):
    bob, mine = as_user("bob"), scene.models[1]

    def once(api):
        if api.commits == 1:
            bob.create_commit(mine, [CommitOperationAdd("README.md", OTHER)], commit_message="Other words")

    done = run(scene, Interrupted(bob, once), yes=True)[mine]
    card = scene.card(bob, mine)
    assert done.outcome == "written" and "Other words." in card and "name: hubscore" in card


def test_a_card_that_never_rests_is_given_up_in_words(scene, as_user):
    bob, mine = as_user("bob"), scene.models[1]

    def always(api):
        bob.create_commit(mine, [CommitOperationAdd("README.md", OTHER + b"x" * api.commits)], commit_message="Again")

    done = run(scene, Interrupted(bob, always), yes=True)[mine]
    assert done.outcome == "failed" and "6 times in a row" in done.reason
    assert "name: hubscore" not in scene.card(bob, mine)


def test_an_owners_commit_on_our_pull_request_stays(scene, as_user):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    run(scene, bob, **PROPOSE)
    newer = scene.changed()
    scene.publish_record(bob, newer)

    def once(api):
        if api.commits == 1:
            card = scene.card(alice, best, "refs/pr/1") + "\nWords of the owner.\n"
            alice.create_commit(
                best, [CommitOperationAdd("README.md", card.encode())], commit_message="Mine", revision="refs/pr/1"
            )

    assert run(scene, Interrupted(bob, once), newer, **PROPOSE)[best].outcome == "updated"
    card = scene.card(bob, best, "refs/pr/1")
    assert "Words of the owner." in card and "percentile 47.9," in card


def test_two_of_us_at_the_same_moment_leave_one_pull_request(scene, as_user):
    best, together = scene.models[0], threading.Barrier(2)

    def wait(api):
        if api.commits == 1:
            together.wait(timeout=20)

    def publish(_):
        return run(scene, Interrupted(as_user("bob"), wait), **PROPOSE)[best]

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(publish, range(2)))
    pulls = scene.pulls(as_user("bob"), best)
    assert [status for _, status, _ in pulls] == ["open", "closed"]
    assert sorted(one.outcome for one in done) in (["opened", "unchanged"], ["opened", "opened"])
    assert all(one.pull_request.endswith("/discussions/1") for one in done)
    assert run(scene, as_user("bob"), **PROPOSE)[best].outcome == "unchanged"  # the duplicate that we closed is no no


def test_two_writers_of_one_card_keep_both_entries(scene, as_user):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    together = threading.Barrier(2)
    other = scene.changed(probe=replace(scene.ranking.probe, split="test"))
    scene.publish_record(bob, other)

    def wait(api):
        if api.commits == 1:
            together.wait(timeout=20)

    def publish(ranking):
        return run(scene, Interrupted(alice, wait), ranking, yes=True)[best]

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(publish, (scene.ranking, other)))
    card = scene.card(bob, best)
    assert [one.outcome for one in done] == ["written", "written"]
    assert "split: train" in card and "split: test" in card and card.count("name: hubscore") == 2


def test_closed_doors_are_skipped_with_the_reason(tmp_path, ranking_of):
    rules = {"models/shut/net": {"discussions": False}}
    for name in ("shut/net", *(f"open/net-{number}" for number in range(10))):
        add_model(tmp_path, name, {"README.md": "# A\n"})
    add_dataset(tmp_path, "data/shapes", {"train/a/1.png": b"x"})
    with serve(tmp_path, users={**USERS, "repos": rules}) as hub:
        bob = HfApi(endpoint=hub.url, token="hf_bob")
        ranking = ranking_of(["shut/net", *(f"open/net-{number}" for number in range(10))], dataset="data/shapes")
        from hubscore.publish.results import publish_results

        publish_results(ranking, repo="bob/results", yes=True, api=bob)
        done = publish_cards(ranking, yes=True, open_prs=True, top=2, results_repo="bob/results", api=bob).publications
        assert (done[0].outcome, done[1].outcome) == ("skipped", "opened") and "turned pull requests off" in done[
            0
        ].reason
        hub.faults.add(method="POST", path="/api/models/open/net-1/commit/", status=403, times=None)
        done = publish_cards(ranking, yes=True, open_prs=True, top=3, results_repo="bob/results", api=bob).publications
        assert done[2].outcome == "skipped" and "may not write" in done[2].reason


def test_metadata_that_the_hub_does_not_accept_is_left_alone(scene, as_user):
    bob, mine = as_user("bob"), scene.models[1]
    add_model(scene.hub.root, mine, {"README.md": "---\nlicense: {a: b}\n---\n# A\n"})
    done = run(scene, bob, yes=True)[mine]
    assert done.outcome == "skipped" and "the Hub does not accept its metadata: - license must be a text" in done.reason


def test_five_a_run_and_twenty_a_day(scene, as_user, own_memory):
    bob = as_user("bob")
    done = list(run(scene, bob, yes=True, open_prs=True, top=8).values())
    assert [one.outcome for one in done].count("opened") == MOST_PER_RUN
    late = [one for one in done if one.outcome == "skipped"]
    assert len(late) == 2 and all("for one run" in one.reason for one in late)
    data = json.loads(own_memory.read_text())
    data["opened"] += [{**data["opened"][0], "repo": f"a/b{number}"} for number in range(MOST_PER_DAY - MOST_PER_RUN)]
    own_memory.write_text(json.dumps(data))
    assert "for one day" in list(run(scene, bob, yes=True, open_prs=True, top=8).values())[-1].reason
    for entry in data["opened"]:
        entry["time"] -= 86_401
    own_memory.write_text(json.dumps(data))
    assert list(run(scene, bob, yes=True, open_prs=True, top=8).values())[-1].outcome == "opened"


def test_a_conflicting_pull_request_stays_when_no_new_one_may_be_opened(scene, as_user, own_memory):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    run(scene, bob, **PROPOSE)
    alice.create_commit(
        best, [CommitOperationAdd("README.md", b"---\nlicense: mit\ntags: [a]\n---\n# A model\n")], commit_message="Tag"
    )
    data = json.loads(own_memory.read_text())
    data["opened"] += [{**data["opened"][0], "repo": f"a/b{number}"} for number in range(MOST_PER_DAY)]
    own_memory.write_text(json.dumps(data))
    assert "for one day" in run(scene, bob, **PROPOSE)[best].reason and scene.pulls(bob, best) == [(1, "open", "bob")]


def test_one_that_the_hub_does_not_list_yet_is_not_opened_again(scene, as_user):
    class Slow(HfApi):
        """A Hub whose list of pull requests lags behind."""

        def get_repo_discussions(self, *args, **options):
            return iter(())

    bob, best = as_user("bob"), scene.models[0]
    slow = Slow(endpoint=bob.endpoint, token=bob.token)
    assert run(scene, slow, **PROPOSE)[best].outcome == "opened"
    assert run(scene, slow, **PROPOSE)[best].outcome == "unchanged"
    assert scene.pulls(bob, best) == [(1, "open", "bob")]


def test_a_refused_pull_request_does_not_use_up_the_day(scene, as_user, own_memory):
    scene.hub.faults.add(method="POST", path="/commit/", status=403, times=None)
    assert run(scene, as_user("bob"), **PROPOSE)[scene.models[0]].outcome == "skipped"
    assert json.loads(own_memory.read_text())["opened"] == []
