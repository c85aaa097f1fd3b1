from dataclasses import replace

from hubscore.publish.cards.entry import CardEntry, pool_id


def entry_of(ranking, place=0, **row):
    return CardEntry(
        ranking, replace(ranking.rows[place], **row), "https://hub/datasets/bob/r/blob/main/runs/x.json", "user/shapes"
    )


def test_the_pool_is_the_set_of_checkpoints(ranking):
    assert pool_id(replace(ranking, rows=ranking.rows[::-1])) == pool_id(ranking) == entry_of(ranking).pool
    assert pool_id(replace(ranking, rows=ranking.rows[1:])) != pool_id(ranking)


def test_data_without_a_commit_has_a_revision_all_the_same(ranking):
    local = replace(ranking, probe=replace(ranking.probe, revision=None))
    assert entry_of(local).revision == "probe-" + "f" * 16 and entry_of(ranking).revision == "d" * 40


def test_a_row_that_saw_fewer_rows_than_the_probe_has_says_so(ranking):
    assert entry_of(ranking).samples == 120 and entry_of(ranking, rows=60).samples == 60


def test_a_place_is_by_accuracy_only_where_the_ranking_is(ranking):
    assert not entry_of(ranking).by_accuracy and entry_of(ranking, expected=0.8).by_accuracy
    consensus = replace(ranking, record=replace(ranking.record, ordered_by="consensus"))
    assert not entry_of(consensus, expected=0.8).by_accuracy
