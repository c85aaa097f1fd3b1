import pytest

from hubscore.errors import UsageError
from hubscore.run.race_rules import FROM, check_race, races
from hubscore.run.rank_options import RankOptions


def test_a_race_is_the_default_above_fifty_candidates_only():
    assert not races(RankOptions(), FROM) and races(RankOptions(), FROM + 1)
    assert races(RankOptions(race=True), 2) and not races(RankOptions(race=False), 900)
    assert races(RankOptions(budget="30m"), 2) and not races(RankOptions(probes=3), 900)


@pytest.mark.parametrize("options", [{"reference": "org/net"}, {"probes": 2}, {"history": "history.csv"}])
def test_what_a_race_cannot_do_is_refused(options):
    for asked in ({"race": True}, {"budget": 60}):
        with pytest.raises(UsageError, match=f"--{next(iter(options))} exclude each other"):
            check_race(RankOptions(**asked, **options))
    check_race(RankOptions(**options))
    with pytest.raises(UsageError, match="--budget and --no-race exclude each other"):
        check_race(RankOptions(race=False, budget="2h"))


def test_processes_of_a_launcher_which_wait_for_each_other_have_no_budget(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    check_race(RankOptions(race=True))
    with pytest.raises(UsageError, match="--budget does not go with several processes"):
        check_race(RankOptions(budget="2h"))


def test_a_budget_is_a_time():
    assert RankOptions(budget="30m").budget == 1800
    with pytest.raises(UsageError, match="Cannot read --budget"):
        RankOptions(budget="soon")
