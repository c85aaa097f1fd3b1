import pytest
from resultscene import first_models, made

from hubscore.results.leaderboard import build_leaderboard, empty, records, with_publishers
from hubscore.results.runs import as_run
from hubscore.results.together import boards, together

LATER = "2030-01-01T00:00:00Z"


def table(*rankings):
    runs = [as_run(ranking) for ranking in rankings]
    return build_leaderboard((run.id, run.date, run.data) for run in runs)


def described(ranking):
    return {name: facts.to_json() for name, facts in ranking.scores.items()}


def test_a_run_with_rows_of_its_own_stays_as_it_is(ranking):
    alone = table(ranking, made(ranking, LATER, fingerprint="e" * 64))
    assert together(alone, described(ranking)).equals(alone) and together(empty(), {}).equals(empty())


def test_the_consensus_of_a_union_is_that_of_a_ranking_of_all(ranking):
    parts = table(ranking, first_models(ranking, 3, LATER))
    made_of_all = {line["model"]: line for line in records(together(parts, described(ranking)))}
    assert len(made_of_all) == 6
    for row in ranking.rows:
        line = made_of_all[row.model]
        assert line["consensus"] == pytest.approx(row.consensus, abs=1e-9) and line["candidates"] == 6
        assert (line["run"] == as_run(ranking).id) == (row not in ranking.rows[:3])
    assert together(parts, described(ranking)).schema.equals(parts.schema)


def test_both_publishers_stand(ranking):
    other = first_models(ranking, 3, LATER)
    named = with_publishers(table(ranking, other), {as_run(ranking).id: "alice", as_run(other).id: "bob"})
    lines = records(together(named, described(ranking)))
    assert len(lines) == 9 and {line["candidates"] for line in lines} == {9}
    assert sorted(line["publisher"] for line in lines) == ["alice"] * 6 + ["bob"] * 3


def test_boards_are_the_rows_that_were_looked_at(ranking):
    places = boards(table(ranking, made(ranking, LATER, fingerprint="e" * 64), first_models(ranking, 2, LATER)))
    assert sorted(map(len, places.values())) == [6, 8]
