from dataclasses import replace

import pytest
from fakes import fake_candidate, fake_pool, fake_probe

from hubscore.ranking.build import build_ranking
from hubscore.ranking.contamination import declares_this_data, hub_name, same_classes


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


def test_what_was_looked_up_of_a_base_model_counts_unless_it_is_a_candidate():
    tuned = replace(fake_candidate("lab/tuned", 1), base_model="lab/base", base_datasets=("org/birds",))
    assert declares_this_data(tuned, "org/birds")
    assert not declares_this_data(tuned, "org/birds", {"lab/base": fake_candidate("lab/base", 0)})


@pytest.mark.parametrize(
    ("names", "classes", "same"),
    [
        (["Cat", "dog"], ["dog", "cat"], True),
        (["golden_retriever", "tabby-cat"], ["Tabby cat", "golden  retriever"], True),
        (["cat", "dog", "fox"], ["cat", "dog"], False),
        (["cat"], ["cat", "dog"], False),
        (["cat", "cat", "dog"], ["cat", "dog"], False),
        (["LABEL_0", "LABEL_1"], ["label 0", "label 1"], False),
        (["0", "1", "2"], ["0", "1", "2"], False),
        (["class1", "class-2"], ["class1", "class 2"], False),
        (["1", "2", "none"], ["1", "2", "none"], True),
        (["one"], ["one"], False),
        ([], [], False),
    ],
)
def test_classes_of_the_same_names(names, classes, same):
    assert same_classes(names, classes) is same


def test_data_on_this_machine_has_no_name_that_a_card_could_give():
    probe = replace(fake_probe(), dataset="birds")
    assert hub_name(probe) == "birds" and hub_name(replace(probe, revision=None)) == ""


def test_a_hint_changes_no_order_and_is_not_in_the_record():
    probe = fake_probe()
    candidates, extractions = fake_pool(probe)
    named = [replace(one, label_names=probe.classes) for one in candidates]
    plain, made = (build_ranking(pool, extractions, probe, scores=("logme", "knn")) for pool in (candidates, named))
    assert all(row.same_classes for row in made) and not any(row.same_classes for row in plain)
    assert [replace(row, same_classes=False) for row in made] == list(
        plain
    ) and made.record.warnings == plain.record.warnings


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
