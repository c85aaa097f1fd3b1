"""Pull requests that somebody else opened with hubscore."""

from dataclasses import replace

import pytest
from huggingface_hub import HfApi

from hubscore.publish.cards.publish import publish_cards


def run(scene, api, ranking=None, **options):
    """Publish the scene's ranking; return outcomes by the repo's name, and what is refused."""
    done = publish_cards(ranking or scene.ranking, api=api, **{"results_repo": scene.results, **options})
    return {publication.repo_id: publication for publication in done.publications}, done.refused


WAITS = "a pull request by @bob waits there (#1); one at a time, whoever opened it"


def test_somebody_elses_pull_request_is_waited_for_and_never_touched(scene, as_user):
    bob, local, best = as_user("bob"), as_user("local"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    for asked in ({}, options):
        waits = run(scene, local, **asked)[0][best]
        assert (waits.outcome, waits.reason) == ("skipped", WAITS)
        assert waits.pull_request.endswith("/discussions/1")
    newer = scene.changed()
    scene.publish_record(bob, newer)
    assert run(scene, local, newer, **options)[0][best].outcome == "skipped"  # bob's branch is not ours to update
    assert scene.pulls(bob, best) == [(1, "open", "bob")] and "percentile 95.8," in scene.card(bob, best, "refs/pr/1")
    other = replace(
        scene.ranking,
        probe=replace(scene.ranking.probe, split="test"),
        record=replace(scene.ranking.record, date="2026-11-22T00:00:00+00:00"),
    )
    scene.publish_record(bob, other)
    for more in ({}, {"replace_prs": True}):  # nor with other data
        assert run(scene, local, other, **options, **more)[0][best].reason == WAITS
    assert [author for *_, author in scene.pulls(bob, best)] == ["bob"]


@pytest.mark.parametrize("hidden", [False, True])
def test_somebody_elses_is_known_whatever_its_owner_calls_it(scene, as_user, own_memory, hidden):
    bob, local, alice, best = as_user("bob"), as_user("local"), as_user("alice"), scene.models[0]
    run(scene, bob, yes=True, open_prs=True, top=1)
    own_memory.unlink()  # local sits at another machine
    alice.rename_discussion(best, 1, "Some bot")
    if hidden:
        alice.hide_discussion_comment(best, 1, alice.get_discussion_details(best, 1).events[0].id)
    assert run(scene, local, yes=True, open_prs=True, top=1)[0][best].reason == WAITS


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("alice", "@bob's pull request was closed there by @alice (#1)"),
        ("bob", "@bob closed their own pull request there (#1)"),
    ],
)
def test_anybodys_closed_pull_request_is_a_no_for_everybody(scene, as_user, who, why, own_memory):
    bob, local, best = as_user("bob"), as_user("local"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    as_user(who).change_discussion_status(best, 1, "closed")
    own_memory.unlink()  # local sits at another machine
    for asked in ({}, options):
        declined = run(scene, local, **asked)[0][best]
        assert declined.outcome == "declined" and declined.reason in (
            why,
            "a hubscore pull request was closed there before",
        )
    own_memory.unlink()
    assert run(scene, local, **options)[0][best].reason == why
    assert scene.pulls(bob, best) == [(1, "closed", "bob")]


def test_what_only_looks_like_hubscores_is_no_no(scene, as_user):
    alice, bob, best = as_user("alice"), as_user("bob"), scene.models[0]
    talk = alice.create_discussion(best, "hubscore is mentioned", description="no marker", pull_request=True)
    alice.change_discussion_status(best, talk.num, "closed")
    assert run(scene, bob, yes=True, open_prs=True, top=1)[0][best].outcome == "opened"


@pytest.mark.parametrize("split", ["train", "test"])
def test_of_two_people_at_the_same_moment_the_younger_one_takes_theirs_back(scene, as_user, split):
    bob, local, best = as_user("bob"), as_user("local"), scene.models[0]
    theirs = scene.changed(probe=replace(scene.ranking.probe, split=split))
    scene.publish_record(bob, theirs)

    class Late(HfApi):
        """A client before whose first commit bob opens his."""

        def create_commit(self, *args, **options):
            if not scene.pulls(bob, best):
                run(scene, bob, yes=True, open_prs=True, top=1)
            return super().create_commit(*args, **options)

    late = Late(endpoint=local.endpoint, token=local.token)
    done = run(scene, late, theirs, yes=True, open_prs=True, top=1)[0][best]
    assert done.outcome == "skipped" and done.reason == WAITS
    assert scene.pulls(bob, best) == [(1, "open", "bob"), (2, "closed", "local")]
    assert (
        run(scene, bob, yes=True, open_prs=True, top=1)[0][best].outcome == "unchanged"
    )  # local's own closing is no no
