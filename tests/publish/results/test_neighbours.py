from resultscene import by_the_old_rule, first_models, made

from hubscore.publish.results.neighbours import neighbours
from hubscore.results.leaderboard import build_leaderboard, empty, merge_leaderboards, with_publishers
from hubscore.results.runs import as_run

LATER = "2030-01-01T00:00:00Z"


def told(ranking, old, new, user="bob"):
    run = as_run(new)
    after = merge_leaderboards(old, table(new, who=user))
    scores = {name: facts.to_json() for name, facts in ranking.scores.items()}
    return neighbours(old, old, after, {run.id}, scores, user)


def table(ranking, who=None):
    run = as_run(ranking)
    return build_leaderboard([(run.id, run.date, run.data)], {run.id: who})


def test_rows_of_others_are_counted(ranking):
    lines = told(ranking, table(ranking, "alice"), first_models(ranking, 3, LATER))
    assert lines[0] == "# every row says who published it: @bob"
    assert lines[1] == "# others on the same rows: 1 run with 6 rows (@alice): 0 of these dropped or replaced"
    assert (
        lines[2].startswith("# together these rows show 9 rows of 2 runs: ")
        and "of others change their rank" in lines[2]
    )


def test_own_newer_values_are_counted(ranking):
    lines = told(ranking, table(ranking, "bob"), first_models(ranking, 3, LATER))
    assert "3 earlier rows of yours give way to newer values there; each run stays whole" in lines[1]
    assert "others" not in "".join(lines)


def test_on_other_rows_there_is_nobody(ranking):
    lines = told(ranking, table(ranking, "alice"), made(ranking, LATER, fingerprint="e" * 64))
    assert lines == ("# every row says who published it: @bob",)
    assert told(ranking, empty(), ranking, user=None) == ()


def test_a_loss_would_be_said(ranking):
    old, new = table(ranking, "alice"), first_models(ranking, 3, LATER)
    run = as_run(new)
    lines = neighbours(old, old, merge_leaderboards(old.slice(2), table(new, "bob")), {run.id}, {}, "bob")
    assert "2 of these dropped or replaced" in lines[1]


def test_rows_that_come_back_are_counted(ranking):
    whole = merge_leaderboards(table(ranking), table(first_models(ranking, 3, LATER)))
    lines = neighbours(by_the_old_rule(whole), whole, whole, set(), {}, "bob")
    assert lines[0] == "# 3 rows that an older hubscore had taken out of earlier runs come back"
    assert with_publishers(whole, {}) is whole
