"""What must hold before anybody is asked: whole tie groups, and a record that says the same."""

from dataclasses import replace

import pytest

from hubscore.errors import PublishError
from hubscore.publish.cards.publish import publish_cards


def run(scene, api, ranking=None, **options):
    """Publish the scene's ranking; return outcomes by the repo's name, and what is refused."""
    done = publish_cards(ranking or scene.ranking, api=api, **{"results_repo": scene.results, **options})
    return {publication.repo_id: publication for publication in done.publications}, done.refused


def test_a_tie_group_that_the_cut_would_split_is_left_out_but_for_own_repos(scene, as_user):
    bob = as_user("bob")
    groups = [1, 2, 2, 3, 4, 4, 4, 4, 5, 6, 7, 8]
    rows = tuple(
        replace(row, tie_group=group, rank=1 + groups.index(group))
        for row, group in zip(scene.ranking.rows, groups, strict=True)
    )
    ranking = replace(scene.ranking, rows=rows, record=replace(scene.ranking.record, date="2026-11-22T00:00:00+00:00"))
    scene.publish_record(bob, ranking)
    for top, told in (
        (6, ["opened", "written", "opened", "opened", "skipped", "skipped"]),
        (2, ["unchanged", "unchanged"]),
    ):
        done, _ = run(scene, bob, ranking, yes=True, open_prs=True, top=top)
        assert [one.outcome for one in done.values()] == told
    assert all(
        "cannot be told apart from models behind the first 6; --top 8 takes all of its tie group" in one.reason
        for one in list(run(scene, bob, ranking, top=6)[0].values())[4:]
    )
    assert [one.outcome for one in run(scene, bob, ranking, top=8)[0].values()][4:] == ["would open"] * 4
    assert all(scene.pulls(bob, model) == [] for model in scene.models[4:])


@pytest.mark.parametrize(
    "edit",
    [
        lambda ranking: replace(ranking, rows=(replace(ranking.rows[0], consensus=1.0), *ranking.rows[1:])),
        lambda ranking: replace(
            ranking, rows=(replace(ranking.rows[0], model=ranking.rows[3].model), *ranking.rows[1:])
        ),
        lambda ranking: replace(ranking, probe=replace(ranking.probe, split="test")),
    ],
)
def test_an_edited_ranking_does_not_pass_as_published(scene, as_user, edit):
    bob, edited = as_user("bob"), edit(scene.ranking)
    for options in ({}, {"open_prs": True}):
        with pytest.raises(PublishError, match=r"published record of this run says something else.*edited since"):
            run(scene, bob, edited, yes=True, **options)
    done, refused = run(scene, bob, edited)
    assert any("says something else" in str(refusal) for refusal in refused) and done


def test_the_leaderboard_is_not_downloaded_to_look_up_one_record(scene, as_user):
    scene.hub.log.clear()
    run(scene, as_user("bob"))
    asked = [path for _, path, *_ in scene.hub.log]
    assert any("/runs/" in path for path in asked) and any("optout.txt" in path for path in asked)
    assert not [path for path in asked if "leaderboard" in path]
