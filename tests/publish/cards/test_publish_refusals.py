"""What is not published to cards, for whom, and with what words."""

from dataclasses import replace

import pytest
from hubfixture import add_dataset, add_model
from huggingface_hub import HfApi
from publishscene import outcomes, run, sent

from hubscore.errors import HubError, PublishError, UsageError


def test_owners_opt_out_by_list_or_card(scene, as_user):
    bob = as_user("bob")
    listed = f"# nobody else\n{scene.owner.upper()}\n{scene.models[1]}  # mine too\n"
    bob.upload_file(
        repo_id=scene.results, repo_type="dataset", path_in_repo="optout.txt", path_or_fileobj=listed.encode()
    )
    as_user("alice").upload_file(
        repo_id=scene.models[0], path_in_repo="README.md", path_or_fileobj=b"---\nhubscore: opt-out\n---\n# A\n"
    )
    done, _ = run(scene, bob, yes=True, open_prs=True)
    assert set(outcomes(done)) == {"opted out"}
    assert "opt-out" in done[scene.models[0]].reason and "optout.txt" in done[scene.models[2]].reason
    assert sent(scene)[-1][1].startswith(f"/api/models/{scene.models[0]}")  # alice's own commit was the last


def test_an_owner_who_opts_out_while_our_pull_request_is_open_is_heard(scene, as_user):
    bob, best = as_user("bob"), scene.models[0]
    run(scene, bob, yes=True, open_prs=True, top=1)
    as_user("alice").upload_file(
        repo_id=best, path_in_repo="README.md", path_or_fileobj=b"---\nhubscore: opt-out\n---\n# A\n"
    )
    newer = scene.changed()
    scene.publish_record(bob, newer)
    assert run(scene, bob, newer, yes=True, open_prs=True, top=1)[0][best].outcome == "opted out"
    assert scene.pulls(bob, best) == [(1, "open", "bob")]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda ranking: replace(ranking, rows=ranking.rows[:9]), "pool of candidates is too small"),
        (
            lambda ranking: replace(ranking, rows=tuple(replace(row, tie_group=1, rank=1) for row in ranking.rows)),
            "does not tell who is best",
        ),
        (
            lambda ranking: replace(ranking, record=replace(ranking.record, date="2020-01-01T00:00:00+00:00")),
            "record of this run is not published",
        ),
    ],
)
def test_what_says_too_little_is_not_offered_to_others(scene, as_user, change, what):
    bob, ranking = as_user("bob"), change(scene.ranking)
    scene.hub.log.clear()
    with pytest.raises(PublishError, match=what) as refused:
        run(scene, bob, ranking, yes=True, open_prs=True)
    assert refused.value.why and refused.value.fix and sent(scene) == []
    done, refusals = run(scene, bob, ranking)
    assert any(what in str(refusal) for refusal in refusals) and set(outcomes(done)) == {"would open", "would write"}


def test_a_private_record_is_no_source_for_others(scene, as_user):
    bob = as_user("bob")
    bob.update_repo_settings(scene.results, repo_type="dataset", private=True)
    with pytest.raises(PublishError, match="record of this run is not public"):
        run(scene, bob, yes=True, open_prs=True)
    assert run(scene, bob, yes=True)[0][scene.models[1]].outcome == "written"


def test_a_private_data_set_is_named_only_on_request_and_only_in_own_repos(scene, as_user):
    bob, name = as_user("bob"), f"bob/ward-{scene.id}"
    add_dataset(scene.hub.root, name, {"train/a/1.png": b"x"})
    bob.update_repo_settings(name, repo_type="dataset", private=True)
    ranking = replace(
        scene.ranking,
        probe=replace(scene.ranking.probe, dataset=name),
        record=replace(scene.ranking.record, date="2026-11-23T00:00:00+00:00"),
    )
    for options in ({}, {"yes": True}, {"yes": True, "open_prs": True}):
        with pytest.raises(PublishError, match=r"(?s)not public on the Hub.*Try: --allow-private-dataset-name"):
            run(scene, bob, ranking, **options)
    scene.publish_record(bob, ranking)
    with pytest.raises(PublishError, match="could not check the estimate"):
        run(scene, bob, ranking, yes=True, open_prs=True, allow_private_dataset_name=True)
    done, _ = run(scene, bob, ranking, yes=True, allow_private_dataset_name=True)
    assert done[scene.models[1]].outcome == "written" and name in scene.card(bob, scene.models[1])


def test_of_a_local_folder_only_the_last_name_is_told(scene, as_user):
    bob = as_user("bob")
    probe = replace(scene.ranking.probe, dataset="/home/bob/clients/acme/photos", revision=None)
    ranking = replace(
        scene.ranking, probe=probe, record=replace(scene.ranking.record, date="2026-11-24T00:00:00+00:00")
    )
    scene.publish_record(bob, ranking)
    run(scene, bob, ranking, yes=True, allow_private_dataset_name=True)
    card = scene.card(bob, scene.models[1])
    assert (
        "type: photos" in card
        and "acme" not in card
        and "albatross" not in card
        and "7001" not in card
        and "secret-plan" not in card
    )


def test_an_own_repo_without_a_record_is_refused_because_the_entry_needs_its_source(scene, as_user):
    ranking = replace(scene.ranking, record=replace(scene.ranking.record, date="2020-01-01T00:00:00+00:00"))
    with pytest.raises(PublishError, match=f"--to results --results-repo {scene.results} --yes"):
        run(scene, as_user("bob"), ranking, yes=True)


def test_who_is_not_logged_in_or_may_only_read_sends_nothing(scene, as_user):
    stranger = HfApi(endpoint=scene.hub.url, token=False)
    done, _ = run(scene, stranger)
    assert set(outcomes(done)) == {"would open"}
    with pytest.raises(HubError, match="Nobody is logged in"):
        run(scene, stranger, yes=True)
    with pytest.raises(HubError, match="may only read"):
        run(scene, as_user("reader"), yes=True)
    with pytest.raises(HubError, match="refused the token") as told:
        run(scene, HfApi(endpoint=scene.hub.url, token="hf_wrongwrongwrong"), yes=True)
    assert "wrongwrong" not in str(told.value)


def test_what_cannot_be_changed_is_skipped_with_its_reason_and_the_rest_goes_on(scene, as_user, ranking_of):
    bob, owner = as_user("bob"), f"odd{scene.id}"
    cards = {
        "flow": b"---\nmodel-index: [{name: x, results: []}]\n---\n",
        "latin": "---\na: é\n---\n".encode("latin-1"),
        "fine": b"# A\n",
    }
    for name, card in cards.items():
        add_model(scene.hub.root, f"{owner}/{name}", {"README.md": card})
    add_model(scene.hub.root, f"{owner}/bare", {"config.json": "{}"})
    models = [*(f"{owner}/{name}" for name in (*cards, "bare", "gone")), *scene.models[2:8]]
    ranking = ranking_of(models, dataset=scene.dataset)
    scene.publish_record(bob, ranking)
    done, _ = run(scene, bob, ranking, yes=True, open_prs=True)
    told = {repo.rpartition("/")[2]: (one.outcome, one.reason) for repo, one in done.items()}
    assert told["fine"] == ("opened", "")
    for name, why in {
        "flow": "flow style",
        "latin": "not UTF-8",
        "bare": "it has no card",
        "gone": "does not exist",
    }.items():
        assert told[name][0] == "skipped" and why in told[name][1]


def test_gated_repos_of_others_are_left_alone(scene, as_user):
    as_user("alice").update_repo_settings(scene.models[0], gated="auto")
    done, _ = run(scene, as_user("bob"), yes=True, open_prs=True, top=1)
    assert (done[scene.models[0]].outcome, done[scene.models[0]].reason) == ("skipped", "it is gated")


def test_local_checkpoints_are_named_and_skipped(scene, as_user):
    rows = (replace(scene.ranking.rows[0], model="./mine", revision="local-0123"), *scene.ranking.rows[1:])
    done, _ = run(scene, as_user("bob"), replace(scene.ranking, rows=rows))
    assert done["./mine"].outcome == "skipped" and "local folder" in done["./mine"].reason


def test_the_section_comes_stays_current_and_goes(scene, as_user):
    bob, mine = as_user("bob"), scene.models[1]
    before = scene.card(bob, mine)
    run(scene, bob, yes=True, section=True)
    with_section = scene.card(bob, mine)
    assert with_section.count("<!-- hubscore:begin") == 1 and "**percentile 87.5, rank 2 of 12" in with_section
    newer = scene.changed()
    scene.publish_record(bob, newer)
    run(scene, bob, newer, yes=True)
    assert "**percentile 43.8, rank 2 of 12" in scene.card(bob, mine)
    run(scene, bob, newer, yes=True, section=False)
    after = scene.card(bob, mine)
    assert "hubscore:begin" not in after and after.endswith(before.partition("license: mit\n")[2].partition("---\n")[2])


def test_there_must_be_a_first_model(scene, as_user):
    with pytest.raises(UsageError, match="first 0 models"):
        run(scene, as_user("bob"), top=0)
