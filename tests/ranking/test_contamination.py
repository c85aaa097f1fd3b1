from dataclasses import replace

import pytest
from fakes import fake_candidate, fake_pool, fake_probe

from hubscore.ranking.build import build_ranking
from hubscore.ranking.contamination import declares_this_data


@pytest.mark.parametrize(
    ("named", "dataset", "declared"),
    [
        ("org/birds", "org/birds", True),
        ("Org/Birds", "org/birds@v1", True),
        ("birds", "org/birds", True),
        ("https://huggingface.co/datasets/org/birds", "org/birds", True),
        ("other/birds", "org/birds", False),
        ("org/birds-2", "org/birds", False),
        ("birds", "./birds", False),
    ],
)
def test_names_of_data_sets(named, dataset, declared):
    assert declares_this_data(replace(fake_candidate("lab/net", 0), datasets=(named,)), dataset) is declared


def test_a_base_model_that_is_a_candidate_counts():
    base = replace(fake_candidate("lab/base", 0), datasets=("org/birds",))
    tuned = replace(fake_candidate("lab/tuned", 1), base_model="lab/base")
    assert declares_this_data(tuned, "org/birds", {"lab/base": base}) and not declares_this_data(tuned, "org/birds")


def ranked(*trained):
    probe = replace(fake_probe(), dataset="org/birds")
    candidates, extractions = fake_pool(probe)
    marked = [replace(one, datasets=("org/birds",)) if one.repo_id in trained else one for one in candidates]
    return build_ranking(marked, extractions, probe, scores=("logme", "knn"))


def test_what_was_trained_on_the_data_does_not_come_first():
    plain = ranked()
    first, second, *rest = (row.model for row in plain)
    made = ranked(first)
    assert [row.model for row in made] == [second, first, *rest] and made[0].rank == 1 and made[1].rank > 1
    assert [row.model for row in made if row.declares_this_data] == [first]
    assert any(first in line and "declares org/birds as training data" in line for line in made.record.warnings)
    assert [replace(row, declares_this_data=False) for row in ranked(rest[-1])] == list(plain)


def test_where_all_were_the_order_stays_and_is_said_to_say_nothing():
    names = [row.model for row in ranked()]
    made = ranked(*names)
    assert [row.model for row in made] == names
    assert any("all do, so the order says nothing" in line for line in made.record.warnings)
