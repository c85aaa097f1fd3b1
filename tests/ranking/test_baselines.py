from dataclasses import replace

from fakes import fake_candidate, fake_extraction, fake_probe

from hubscore.ranking.baselines import baselines
from hubscore.ranking.score_inputs import ProbeResults


def found(seed=0, target_size=None, **changes):
    probe = fake_probe(classes=2, each=4)
    candidate = replace(fake_candidate("lab/good", 3), **changes)
    extraction = replace(fake_extraction("lab/good", 1.0, probe.labels), layers=18)
    return baselines(
        ProbeResults(probe, {candidate.repo_id: extraction}).inputs(candidate), seed=seed, target_size=target_size
    )


def facts(**changes):
    return found(**changes)[0]


def test_every_baseline_stands_there_under_its_name():
    known = facts()
    assert set(known) == {"size", "downloads", "likes", "capacity", "heuristic", "random"}
    assert (known["size"], known["downloads"], known["likes"], known["capacity"]) == (25_557_032, 3, 0, 18)


def test_what_is_not_known_is_none_and_never_zero():
    known = facts(parameters=None, downloads=None, likes=None)
    assert known["size"] is known["downloads"] is known["likes"] is known["heuristic"] is None


def test_what_is_not_known_has_a_reason_and_nothing_else_has():
    assert set(found(source_size=10)[1]) == set()
    reasons = found(parameters=None, likes=None)[1]
    assert set(reasons) == {"size", "likes", "heuristic"} and reasons["likes"] == "the Hub gives no count"
    assert reasons["heuristic"] == "the card does not say how many images the source set has"


def test_the_heuristic_takes_the_rows_there_are_to_train_on():
    assert facts(source_size=1000, target_size=5000)["heuristic"] > facts(source_size=1000, target_size=50)["heuristic"]


def test_the_random_order_hangs_on_seed_and_name_alone():
    assert facts(seed=1)["random"] == facts(seed=1, downloads=9)["random"] != facts(seed=2)["random"]
