import json
from dataclasses import replace

from huggingface_hub import CommitOperationAdd, ModelCard, metadata_update
from publishscene import on_other_data, outcomes, run, sent

from hubscore.publish.cards.publish import publish_cards
from hubscore.publish.retract import retract_cards


def test_a_preview_shows_a_diff_for_every_repo_and_sends_nothing(scene, as_user):
    bob = as_user("bob")
    scene.hub.log.clear()
    done, refused = run(scene, bob)
    assert outcomes(done) == ["would open", "would write", "would open", "would open", "would open"] and refused == ()
    for repo, publication in done.items():
        assert f"+++ b/{repo}/README.md" in publication.diff and "+  - task:" in publication.diff
        assert not [line for line in publication.diff.splitlines()[2:] if line.startswith("-")]
    assert sent(scene) == []
    assert all(scene.pulls(bob, model) == [] for model in scene.models)


def test_yes_writes_where_the_user_may_write_and_nowhere_else(scene, as_user):
    bob = as_user("bob")
    done, _ = run(scene, bob, yes=True)
    assert [repo for repo, one in done.items() if one.outcome == "written"] == [scene.models[1]]
    assert {one.outcome for one in done.values()} == {"written", "skipped"}
    assert "--open-prs" in done[scene.models[0]].reason
    assert "hubscore" in scene.card(bob, scene.models[1]) and "hubscore" not in scene.card(bob, scene.models[0])
    assert all(scene.pulls(bob, model) == [] for model in scene.models)
    again, _ = run(scene, bob, yes=True)
    assert again[scene.models[1]].outcome == "unchanged" and again[scene.models[1]].diff == ""


def test_a_member_of_an_organisation_who_may_write_writes(scene, as_user):
    alice = as_user("alice")
    done, _ = run(scene, alice, yes=True)
    assert done[scene.models[0]].outcome == "written" and done[scene.models[1]].outcome == "skipped"


def test_every_repo_is_listed_before_the_first_is_touched(scene, as_user):
    bob, seen = as_user("bob"), []

    def listed(targets):
        seen.extend((target.repo, target.way) for target in targets)
        assert scene.pulls(bob, scene.models[0]) == []

    run(scene, bob, yes=True, open_prs=True, top=2, listed=listed)
    assert seen == [(scene.models[0], "pull request"), (scene.models[1], "commit")]
    assert len(scene.pulls(bob, scene.models[0])) == 1


def test_pull_requests_go_to_the_first_k_only_and_say_who_what_and_how_to_decline(scene, as_user):
    bob = as_user("bob")
    done, _ = run(scene, bob, yes=True, open_prs=True, top=3)
    assert outcomes(done) == ["opened", "written", "opened"]
    assert "name: hubscore" in scene.card(bob, scene.models[0], "refs/pr/1")
    pull = bob.get_discussion_details(scene.models[0], 1)
    words = pull.events[0].content
    first = words.splitlines()[0]
    assert (pull.author, pull.status, done[scene.models[0]].pull_request) == ("bob", "open", pull.url)
    assert "automated" in first and "@bob" in first and "decline" in first and "hubscore: opt-out" in first
    assert (
        "relative to the pool" in words
        and "**Consensus percentile of transferability scores" in words
        and "percentile 95.8, rank 1 of 12 candidates (1 to 3)**" in words
        and "not the accuracy of the model" in words
        and "without fine-tuning" in words
    )
    assert f"/datasets/{scene.results}/blob/main/runs/" in words
    assert (
        "<!-- hubscore:pull-request " in words
        and pull.title == f"Add hubscore transferability estimate for {scene.dataset}"
    )
    assert all(scene.pulls(bob, model) == [] for model in scene.models[3:])


def test_open_unchanged_updated_merged_outdated_declined(scene, as_user):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    assert run(scene, bob, **options)[0][best].outcome == "opened"
    assert run(scene, bob, **options)[0][best].outcome == "unchanged"
    newer = scene.changed()
    scene.publish_record(bob, newer)
    assert run(scene, bob, newer)[0][best].outcome == "would update"
    updated = run(scene, bob, newer, **options)[0][best]
    assert updated.outcome == "updated" and scene.pulls(bob, best) == [(1, "open", "bob")]
    for told in (scene.card(bob, best, "refs/pr/1"), bob.get_discussion_details(best, 1).events[0].content):
        assert "percentile 47.9," in told and "percentile 95.8," not in told
    alice.merge_pull_request(best, 1)
    assert run(scene, bob, newer, **options)[0][best].outcome == "unchanged"
    newest = replace(scene.ranking, record=replace(scene.ranking.record, date="2026-11-22T12:00:00+00:00"))
    scene.publish_record(bob, newest)
    assert run(scene, bob, newest, **options)[0][best].outcome == "opened"
    assert scene.pulls(bob, best) == [(1, "merged", "bob"), (2, "open", "bob")]
    alice.change_discussion_status(best, 2, "closed", comment="no, thank you")
    declined = run(scene, bob, newest, **options)[0][best]
    assert (declined.outcome, declined.reason) == ("declined", "your pull request was closed there by @alice (#2)")
    assert len(scene.pulls(bob, best)) == 2


def test_a_no_is_remembered_even_when_the_hub_forgets_it_and_for_other_data_too(scene, as_user, own_memory):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    alice.change_discussion_status(best, 1, "closed")
    assert run(scene, bob, **options)[0][best].outcome == "declined"
    own_memory.unlink()
    assert run(scene, bob, **options)[0][best].outcome == "declined"  # found again on the Hub
    scene.hub.log.clear()
    other = replace(
        scene.ranking,
        probe=replace(scene.ranking.probe, split="test"),
        record=replace(scene.ranking.record, date="2026-11-22T00:00:00+00:00"),
    )
    scene.publish_record(bob, other)
    assert run(scene, bob, other, **options)[0][best].outcome == "declined"
    assert not [
        path for _, path, *_ in scene.hub.log if path.startswith(f"/api/models/{best}/discussions")
    ]  # remembered: not even asked


def test_one_pull_request_at_a_time_waits_on_a_repo_and_one_entry_is_merged(scene, as_user):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    assert run(scene, bob, **options)[0][best].outcome == "opened"
    other = on_other_data(scene, bob)
    waiting = run(scene, bob, other, **options)[0][best]
    assert waiting.outcome == "skipped" and "#1, for other data, waits" in waiting.reason
    assert waiting.pull_request.endswith("/1") and run(scene, bob, **options)[0][best].outcome == "unchanged"
    alice.merge_pull_request(best, 1)
    preview, done = (run(scene, bob, other, **more)[0][best] for more in ({}, options))
    assert (preview.outcome, done.outcome) == ("would open", "opened")
    why = f"takes the place of the entry for {scene.dataset} over 120 rows"
    assert preview.reason == done.reason == why and "-    dataset: {" in preview.diff
    assert why[6:] in bob.get_discussion_details(best, 2).events[0].content.replace("hubscore's entry", "the entry")
    alice.merge_pull_request(best, 2)
    assert scene.card(bob, best).count("name: hubscore") == 1 and "split: test" in scene.card(bob, best)
    back = run(scene, bob, **options)[0][best]
    assert back.outcome == "skipped" and "stays, which is newer" in back.reason


def test_an_own_pull_request_for_other_data_is_turned_into_this_one_with_consent(scene, as_user):
    bob, best = as_user("bob"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    other = on_other_data(scene, bob)
    assert run(scene, bob, other, top=1, replace_prs=True)[0][best].outcome == "would update"
    assert run(scene, bob, other, **options, replace_prs=True)[0][best].outcome == "updated"
    card, talk = scene.card(bob, best, "refs/pr/1"), bob.get_discussion_details(best, 1)
    assert "split: test" in card and "split: train" not in card and scene.pulls(bob, best) == [(1, "open", "bob")]
    assert "percentile 47.9, rank 1" in talk.events[0].content and talk.status == "open"
    assert run(scene, bob, other, **options)[0][best].outcome == "unchanged"
    back = run(scene, bob, **options)[0][best]
    assert back.outcome == "skipped" and "for other data" in back.reason


def test_a_repo_gets_two_pull_requests_a_month_whoever_opens_them(scene, as_user, own_memory):
    bob, local, alice, best = as_user("bob"), as_user("local"), as_user("alice"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    alice.merge_pull_request(best, 1)
    own_memory.unlink()  # local sits at another machine
    other = on_other_data(scene, bob)
    assert run(scene, local, other, **options)[0][best].outcome == "opened"
    alice.merge_pull_request(best, 2)
    third = replace(other, record=replace(other.record, date="2026-11-23T12:00:00+00:00"))
    scene.publish_record(bob, third)
    for asked in ({"top": 1}, options):
        done = run(scene, bob, third, **asked)[0][best]
        assert done.outcome == "skipped" and "2 are the most for one repo, whoever opens them" in done.reason
    assert [status for _, status, _ in scene.pulls(bob, best)] == ["merged", "merged"]


def test_own_cards_behind_the_first_are_left_out_and_named(scene, as_user, ranking_of):
    bob = as_user("bob")
    models = [*scene.models[2:9], scene.models[1], *scene.models[9:]]
    ranking = ranking_of(models, dataset=scene.dataset)
    scene.publish_record(bob, ranking)
    done = publish_cards(ranking, api=bob, results_repo=scene.results, yes=True)
    assert done.left_out == (scene.models[1],) and {one.outcome for one in done.publications} == {"skipped"}
    assert len(done.publications) == 5 and "hubscore" not in scene.card(bob, scene.models[1])
    done = publish_cards(ranking, api=bob, results_repo=scene.results, yes=True, every=True)
    assert done.left_out == () and done.publications[-1].outcome == "written"


def test_the_official_client_rewrites_a_card_and_nobodys_result_is_lost(scene, as_user, monkeypatch):
    bob, mine = as_user("bob"), scene.models[1]
    run(scene, bob, yes=True)
    dataset = {"type": scene.dataset, "name": "Shapes", "config": "default", "split": "train", "revision": "d" * 40}
    metrics = [{"type": "accuracy", "value": 0.91}]
    theirs = {"task": {"type": "image-classification"}, "dataset": dataset, "metrics": metrics}
    theirs["source"] = {"name": "our paper", "url": "https://paper"}
    metadata_update(mine, {"model-index": [{"name": "net", "results": [theirs]}]}, token=bob.token)
    found = ModelCard(scene.card(bob, mine)).data.eval_results
    told = [(one.metric_type, one.source_name, one.dataset_name) for one in found]
    assert told[1] == ("accuracy", "our paper", "Shapes") and told[0][:2] == (
        "hubscore_consensus_percentile",
        "hubscore",
    )
    assert run(scene, bob, yes=True)[0][mine].outcome == "unchanged"
    newer = scene.changed()
    scene.publish_record(bob, newer)
    assert run(scene, bob, newer, yes=True)[0][mine].outcome == "written"
    assert [one.metric_value for one in ModelCard(scene.card(bob, mine)).data.eval_results][1] == 0.91
    assert [one.outcome for one in retract_cards(model=mine, yes=True, api=bob)] == ["taken out"]
    (left,) = ModelCard(scene.card(bob, mine)).data.eval_results
    assert (left.metric_value, left.source_name) == (0.91, "our paper")


def test_an_entry_that_the_owner_took_out_again_is_a_no(scene, as_user):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    alice.merge_pull_request(best, 1)
    alice.create_commit(
        best, [CommitOperationAdd("README.md", b"---\nlicense: mit\n---\n# A model\n")], commit_message="No estimates"
    )
    done = run(scene, bob, **options)[0][best]
    assert done.outcome == "declined" and "took it out" in done.reason


def test_a_renamed_pull_request_with_a_hidden_comment_is_still_ours(scene, as_user):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    alice.rename_discussion(best, 1, "Some bot")
    comment = alice.get_discussion_details(best, 1).events[0]
    alice.hide_discussion_comment(best, 1, comment.id)
    assert run(scene, bob, **options)[0][best].outcome == "unchanged"
    assert len(scene.pulls(bob, best)) == 1


def test_an_older_ranking_does_not_overwrite_a_newer_entry(scene, as_user):
    bob, best, mine = as_user("bob"), *scene.models[:2]
    newer = scene.changed()
    scene.publish_record(bob, newer)
    run(scene, bob, newer, yes=True, open_prs=True, top=2)
    for asked in ({}, {"yes": True, "open_prs": True}):
        done, _ = run(scene, bob, top=2, **asked)
        assert {(one.outcome, one.reason) for one in done.values()} == {
            ("skipped", "a newer run is there, of 2026-11-21 12:00 UTC")
        }
    assert "percentile 47.9," in scene.card(bob, best, "refs/pr/1") and "2026-11-21" in scene.card(bob, mine)
    assert set(outcomes(run(scene, bob, newer, yes=True, open_prs=True, top=2)[0])) == {"unchanged"}


def test_the_preview_knows_the_caps(scene, as_user, own_memory):
    bob = as_user("bob")
    results = f"https://huggingface.co/datasets/{scene.results}/tree/main"
    preview = publish_cards(scene.ranking, api=bob, results_repo=results, top=8)
    told = [one.outcome for one in preview.publications]
    assert told == ["would open", "would write", *["would open"] * 4, "skipped", "skipped"]
    assert "for one run" in preview.publications[-1].reason and preview.publications[-1].diff
    assert preview.outlook == (
        "5 of 7 pull requests would be opened; the cap is 5 a run, 20 a day (20 left today) and 2 a month on each repo,"
        " whoever opens them"
    )
    assert not own_memory.exists()
    sent = publish_cards(scene.ranking, api=bob, results_repo=scene.results, top=8, yes=True, open_prs=True)
    assert [
        one.outcome.replace("opened", "would open").replace("written", "would write") for one in sent.publications
    ] == told
    data = json.loads(own_memory.read_text())
    data["opened"] += [{**data["opened"][0], "repo": f"a/b{number}"} for number in range(14)]
    own_memory.write_text(json.dumps(data))
    again = publish_cards(scene.ranking, api=bob, results_repo=scene.results, top=8)
    assert again.outlook.startswith("1 of 2 pull requests would be opened; the cap is 5 a run, 20 a day (1 left today)")
    assert "for one day" in again.publications[-1].reason


def test_a_conflicting_pull_request_is_replaced_by_one_new_one(scene, as_user):
    bob, alice, best = as_user("bob"), as_user("alice"), scene.models[0]
    options = {"yes": True, "open_prs": True, "top": 1}
    run(scene, bob, **options)
    alice.create_commit(
        best, [CommitOperationAdd("README.md", b"---\nlicense: mit\ntags: [a]\n---\n# A model\n")], commit_message="Tag"
    )
    assert bob.get_discussion_details(best, 1).conflicting_files == ["README.md"]
    assert run(scene, bob, **options)[0][best].outcome == "opened"
    assert scene.pulls(bob, best) == [(1, "closed", "bob"), (2, "open", "bob")]
    assert "same lines" in bob.get_discussion_details(best, 1).events[-2].content
    assert run(scene, bob, **options)[0][best].outcome == "unchanged"  # closed by ourselves is no no
    assert "tags: [a]" in scene.card(bob, best, "refs/pr/2")
