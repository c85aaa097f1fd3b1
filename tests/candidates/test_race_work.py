import json

from hubscore.candidates.race_work import RaceWork


def test_bounds_hold_the_pass_for_the_kernels_of_layers_too():
    race = RaceWork(100, 500, (50, 125, 312), least=6, layers=True)
    assert race.most == 2 * 100 * 500
    assert race.fewest == 100 * 50 + 6 * (450 + 500)


def test_as_many_candidates_as_are_never_stopped_all_run_to_the_end():
    race = RaceWork(6, 500, (50,), least=9)
    assert race.fewest == race.most == 3000


def test_it_says_its_stages_and_bounds():
    told = json.loads(json.dumps(RaceWork(60, 60, (40,), least=6).to_json()))
    assert told == {"stages": [40], "fewest_forward_rows": 60 * 40 + 6 * 20, "most_forward_rows": 3600}
